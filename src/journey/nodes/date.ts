import { z } from 'zod';
import { show } from '../coercion';
import { duration, parseDuration } from '../duration';
import { type Calendar, EvaluationFailed, type Evaluators, type Facts } from '../facts';
import type { Instant, Json } from '../json';
import { defineNodeType } from '../node-type';
import { liquid, templatesIn } from '../value';
import { setsVariable, variableName } from '../variable';
import { timeZone } from '../window';

const dateValue = z.union([z.string().min(1).max(2_000), z.int()]);

const subject = dateValue
  .optional()
  .describe(
    'A date, a date-time, milliseconds, or a Liquid text that gives one; now when absent. A bare date is its midnight.',
  );

const common = {
  timeZone: timeZone.optional().describe("The zone of the calendar; the contact's when absent."),
  variable: variableName,
};

const written = {
  format: z
    .enum(['instant', 'date', 'time', 'date_time'])
    .default('instant')
    .describe(
      'How the result is written: `2026-03-27T08:00:00Z`, or in the zone `2026-03-27`, `09:00`, `2026-03-27T09:00:00+01:00`.',
    ),
  ...common,
};

const count = z.int().min(0).max(10_000).optional();

const shift = z
  .strictObject({
    operation: z.enum(['add', 'subtract']).describe('Forward or back.'),
    value: subject,
    duration: z
      .union([liquid, duration])
      .optional()
      .describe('An exact length of time, or a Liquid text that gives one; a day is 24 hours.'),
    calendar: z
      .strictObject({
        days: count.describe('Days.'),
        weeks: count.describe('Weeks.'),
        months: count.describe('Months; 31 January and one month is the last of February.'),
        years: count.describe('Years.'),
      })
      .optional()
      .describe('Days, weeks, months and years of the calendar; the time of day stays.'),
    ...written,
  })
  .refine(
    (given) => (given.duration === undefined) !== (given.calendar === undefined),
    'Give either "duration" or "calendar".',
  );

const edge = z.strictObject({
  operation: z
    .enum(['start_of', 'end_of'])
    .describe('Its first instant, or its last millisecond; a week begins on Monday.'),
  value: subject,
  unit: z.enum(['hour', 'day', 'week', 'month', 'year']).describe('Of which hour, day, …'),
  ...written,
});

const format = z.strictObject({
  operation: z.literal('format').describe('Writes the date in another way.'),
  value: subject,
  ...written,
});

const part = z.strictObject({
  operation: z.literal('part').describe('Takes one part of the date, by the clock of the zone.'),
  value: subject,
  part: z
    .enum(['year', 'month', 'day', 'weekday', 'hour', 'minute'])
    .describe('Which; `weekday` is a text such as `monday`, the others are numbers.'),
  ...common,
});

const difference = z.strictObject({
  operation: z.literal('difference').describe('Counts the time from one date to another.'),
  from: dateValue.optional().describe('The earlier date; now when absent.'),
  to: dateValue.optional().describe('The later date; now when absent.'),
  unit: z
    .enum(['seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'years'])
    .describe('Whole ones are counted, days and more by the calendar.'),
  ...common,
});

const config = z.discriminatedUnion('operation', [shift, edge, format, part, difference]);

type Config = z.infer<typeof config>;

export const date = defineNodeType({
  type: 'date',
  kind: 'decision',
  summary: 'Calculates with dates and keeps the result in a variable.',
  description:
    "Days, weeks, months and years follow the clock of the contact's zone, across its changes; `duration` is exact. A value that names no date takes the `error` port (`date.no_date`), and so do a text that is no duration (`date.no_duration`) and a result outside the years 1 to 9998 (`date.out_of_range`).",
  config,
  ports: ['next'],
  examples: [
    {
      title: 'A month from now, as a date',
      data: { operation: 'add', calendar: { months: 1 }, format: 'date', variable: 'renewal' },
      takes: 'next',
    },
    {
      title: 'Two days before',
      data: {
        operation: 'subtract',
        value: '2026-05-01T09:00',
        duration: '2 days',
        variable: 'reminder',
      },
      takes: 'next',
    },
    {
      title: 'Days until then',
      data: { operation: 'difference', to: '2026-12-24', unit: 'days', variable: 'sleeps' },
      takes: 'next',
    },
    {
      title: 'The end of the month',
      data: { operation: 'end_of', unit: 'month', variable: 'deadline' },
      takes: 'next',
    },
    {
      title: 'Which weekday is it?',
      data: { operation: 'part', part: 'weekday', variable: 'weekday' },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  label: ({ operation, variable }) => `Calculate ${variable} (${operation})`,
  async decide(data, facts, evaluators) {
    const result = await calculate(data, facts, evaluators);
    if (result === null) {
      throw new EvaluationFailed(
        'date.out_of_range',
        `The result of ${data.operation} is outside the years 1 to 9998.`,
      );
    }
    return setsVariable(data.variable, result, 'date.calculated');
  },
});

async function calculate(data: Config, facts: Facts, evaluators: Evaluators): Promise<Json> {
  const { timeZone: zone } = data;
  const calendar = evaluators.calendar(facts, zone);
  const named = async (name: string, value: string | number | undefined): Promise<Instant> => {
    if (value === undefined) return facts.at;
    const rendered = await evaluators.value(value, facts);
    const instant = evaluators.instant(rendered, facts, zone);
    if (instant !== null) return instant;
    throw new EvaluationFailed('date.no_date', `"${name}" is ${show(rendered)}, which is no date.`);
  };
  if (data.operation === 'difference') {
    const from = await named('from', data.from);
    return calendar.difference(from, await named('to', data.to), data.unit);
  }
  const at = await named('value', data.value);
  switch (data.operation) {
    case 'part':
      return calendar.wallClock(at)?.[data.part] ?? null;
    case 'format':
      return textOf(at, data.format, calendar);
    case 'start_of':
      return textOf(calendar.startOf(at, data.unit), data.format, calendar);
    case 'end_of':
      return textOf(calendar.endOf(at, data.unit), data.format, calendar);
    default:
      return textOf(await shifted(at, data, calendar, facts, evaluators), data.format, calendar);
  }
}

async function shifted(
  at: Instant,
  { operation, duration: length, calendar: by }: z.infer<typeof shift>,
  calendar: Calendar,
  facts: Facts,
  evaluators: Evaluators,
): Promise<Instant | null> {
  const sign = operation === 'add' ? 1 : -1;
  if (length === undefined) {
    const { days = 0, weeks = 0, months = 0, years = 0 } = by ?? {};
    return calendar.shift(at, {
      days: days * sign,
      weeks: weeks * sign,
      months: months * sign,
      years: years * sign,
    });
  }
  if (typeof length === 'number') return at + sign * length;
  const rendered = await evaluators.value(length, facts);
  const milliseconds = typeof rendered === 'string' ? parseDuration(rendered.trim()) : null;
  if (milliseconds !== null) return at + sign * milliseconds;
  throw new EvaluationFailed(
    'date.no_duration',
    `"duration" is ${show(rendered)}; write a length such as "2 days" or "{{ variables.days }} days".`,
  );
}

function textOf(
  at: Instant | null,
  format: z.infer<typeof written.format>,
  calendar: Calendar,
): string | null {
  if (at === null) return null;
  if (format === 'instant') return calendar.text(at);
  const clock = calendar.wallClock(at);
  return clock?.[format === 'date_time' ? 'text' : format] ?? null;
}
