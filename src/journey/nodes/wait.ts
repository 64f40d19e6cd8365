import { z } from 'zod';
import { conditionGroup, type ConditionGroup } from '../condition';
import { describeDuration, duration, waitDuration } from '../duration';
import type { Evaluators, Facts } from '../facts';
import type { Instant } from '../json';
import { type Answer, type AskedVisit, defineNodeType } from '../node-type';
import { timeOfDay, timeWindow, timeZone, weekdays } from '../window';

const variants = {
  for: z.strictObject({ for: waitDuration.describe('How long to wait, at most 365 days.') }),
  until: z.strictObject({
    until: z
      .union([z.string().min(1).max(500), z.number()])
      .describe(
        'A date, a date-time or a Liquid text such as `{{ contact.trial_ends_at }}`; a date is midnight in her zone.',
      ),
    offset: duration.optional().describe('Added to it; `-2d` is two days before.'),
    ifMissing: z
      .enum(['error', 'continue', 'exit'])
      .default('error')
      .describe('What happens when it names no date.'),
  }),
  untilTime: z.strictObject({
    untilTime: timeOfDay.describe('The next time the clock says this, such as "09:00".'),
    days: weekdays.optional().describe('Only on these weekdays.'),
    timeZone: timeZone.optional(),
  }),
  untilCondition: z.strictObject({
    untilCondition: conditionGroup.describe('Waits until this holds.'),
    maxWait: waitDuration.describe('How long at most.'),
  }),
  window: z.strictObject({ window: timeWindow.describe('Waits until the window is open.') }),
};

const config = z.union([
  variants.for,
  variants.until,
  variants.untilTime,
  variants.untilCondition,
  variants.window,
]);

type Config = z.infer<typeof config>;
type Ports = 'next' | 'met' | 'timed_out';

export const wait = defineNodeType({
  type: 'wait',
  kind: 'flow',
  summary: 'Waits for a length of time, a date, a time of day, a condition or a window.',
  description:
    'Holds the path. Deadlines are computed from the stored start of the visit, so a restart neither lengthens nor repeats the wait. A date that comes from the contact is looked at again whenever she changes; one already past is no wait. `untilTime` is no wait on the first visit while the clock still shows that minute; a later visit waits for the next occurrence.',
  config,
  ports: (data) => ('untilCondition' in data ? ['met', 'timed_out'] : ['next']),
  portNames: '`next`; with `untilCondition`: `met`, `timed_out`',
  examples: [
    { title: 'Wait a day', data: { for: '1 day' }, takes: 'next' },
    { title: 'Wait 90 minutes', data: { for: { amount: 90, unit: 'minutes' } }, takes: 'next' },
    {
      title: 'Two days before the trial ends',
      data: { until: '{{ contact.trialEndsAt }}', offset: '-2d', ifMissing: 'continue' },
      takes: 'next',
    },
    {
      title: 'The next weekday morning',
      data: { untilTime: '09:00', days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] },
      takes: 'next',
    },
    {
      title: 'Until the score is high enough, a week at most',
      data: {
        untilCondition: [{ type: 'score', operator: 'greater_than', value: 50 }],
        maxWait: '1 week',
      },
      takes: 'timed_out',
    },
    {
      title: 'Business hours',
      data: { window: { days: ['monday', 'friday'], from: '09:00', to: '17:30' } },
      takes: 'next',
    },
  ],
  takesTime: (data) => ('for' in data ? data.for > 0 : 'untilTime' in data),
  templates: (data) =>
    'until' in data && typeof data.until === 'string' ? [{ path: 'until', text: data.until }] : [],
  watches: (data) => {
    if ('untilCondition' in data) return [data.untilCondition];
    return 'until' in data && typeof data.until === 'string' && data.until.includes('{{')
      ? 'contact'
      : null;
  },
  waiting: (data, anchor) => ({
    until: 'for' in data ? anchor + data.for : null,
    for: 'untilCondition' in data ? 'a condition' : 'time',
  }),
  label: describe,
  async run(data, { visit, waitUntil, settle }) {
    if (!('for' in data)) return settle();
    await waitUntil(visit.anchor + data.for);
    return { port: 'next', reason: { code: 'wait.elapsed' } };
  },
  ask(data, facts, evaluators, visit) {
    if ('until' in data) return untilDate(data, facts, evaluators);
    if ('untilTime' in data) return untilTime(data, facts, evaluators, visit);
    if ('untilCondition' in data) return untilCondition(data, facts, evaluators, visit);
    if ('window' in data) return untilOpen(data.window, facts, evaluators);
    return until(visit.anchor + data.for, facts.at);
  },
});

function describe(data: Config): string {
  if ('for' in data) return `Wait ${describeDuration(data.for)}`;
  if ('untilTime' in data) return `Wait until ${data.untilTime}`;
  if ('untilCondition' in data)
    return `Wait for a condition, at most ${describeDuration(data.maxWait)}`;
  if ('window' in data) return `Wait until between ${data.window.from} and ${data.window.to}`;
  return `Wait until ${data.offset === undefined ? '' : `${describeDuration(data.offset)} from `}a date`;
}

/** `note` is about the zone that the deadline was read in. */
function until(
  deadline: Instant,
  at: Instant,
  code = 'wait.elapsed',
  note?: string,
): Answer<Ports> {
  return at >= deadline ? { port: 'next', reason: because(code, note) } : { until: deadline };
}

const because = (code: string, note: string | undefined) =>
  note === undefined ? { code } : { code, detail: note };

/** A text that names its own zone. */
const ABSOLUTE = /[T ].*(?:Z|[+-]\d{2}(?::?\d{2})?)$/i;

async function untilDate(
  data: z.infer<typeof variants.until>,
  facts: Facts,
  evaluators: Evaluators,
): Promise<Answer<Ports>> {
  const value = await evaluators.value(data.until, facts);
  const instant = evaluators.instant(value, facts);
  if (instant !== null) {
    const isLocal = typeof value === 'string' && !ABSOLUTE.test(value.trim());
    const note = isLocal ? evaluators.zoneNote(facts) : undefined;
    return until(instant + (data.offset ?? 0), facts.at, 'wait.date_reached', note);
  }
  const detail = `${JSON.stringify(value)} is no date`;
  const reason = { code: 'wait.no_date', detail };
  if (data.ifMissing === 'continue') return { port: 'next', reason };
  return data.ifMissing === 'exit'
    ? { port: null, exits: true, reason }
    : { port: 'error', reason };
}

const MINUTE_MS = 60_000;

function untilTime(
  data: z.infer<typeof variants.untilTime>,
  facts: Facts,
  evaluators: Evaluators,
  { startedAt, number }: AskedVisit,
): Answer<Ports> {
  const { untilTime: time, days, timeZone: zone } = data;
  // What came before took a moment: whole days behind 10:00 it is 10:00 still, and not tomorrow's turn.
  const from = number > 1 ? startedAt + 1 : Math.floor(startedAt / MINUTE_MS) * MINUTE_MS;
  const deadline = evaluators.localTime({ time, days, timeZone: zone }, from, facts);
  return until(deadline, facts.at, 'wait.time_reached', evaluators.zoneNote(facts, zone));
}

async function untilCondition(
  data: { untilCondition: ConditionGroup; maxWait: number },
  facts: Facts,
  evaluators: Evaluators,
  { anchor }: AskedVisit,
): Promise<Answer<Ports>> {
  const deadline = anchor + data.maxWait;
  const { value, reason, changesAt } = await evaluators.condition(data.untilCondition, facts);
  if (value) return { port: 'met', reason: { code: 'wait.met', detail: reason } };
  if (facts.at >= deadline)
    return { port: 'timed_out', reason: { code: 'wait.timed_out', detail: reason } };
  return { until: Math.min(deadline, changesAt ?? deadline) };
}

function untilOpen(
  window: z.infer<typeof timeWindow>,
  facts: Facts,
  evaluators: Evaluators,
): Answer<Ports> {
  const { open, changesAt, note } = evaluators.window(window, facts.at, facts);
  if (open) return { port: 'next', reason: because('wait.window_open', note) };
  if (changesAt !== undefined) return { until: changesAt };
  const detail = 'the window does not open within a year';
  return { port: 'error', reason: { code: 'wait.never_open', detail } };
}
