/** Judges what happened: event and step conditions, which ask the contact's past. */
import type { EventCondition, StepCondition } from '../journey/condition';
import { describeDuration } from '../journey/duration';
import type { EventFacts, Facts, Verdict } from '../journey/facts';
import type { Instant } from '../journey/json';
import { judgeSync } from './groups';
import { withChange } from './leaves';
import { type Scope, underTest } from './scope';

const PAGE = 200;
/** Events looked at for one condition; more of one kind in one enrollment is no longer a journey. */
const EVENTS_AT_MOST = 5_000;

/** Whether an event happened as often as asked, in the stretch of time asked for. */
export async function judgeEvent(
  condition: EventCondition,
  facts: Facts,
  scope: Scope,
): Promise<Verdict> {
  const from = await beginning(condition, facts);
  const negated = condition.operator === 'not_occurred';
  if (from === 'never') {
    const node = typeof condition.since === 'object' ? condition.since.node : '';
    return {
      value: negated,
      reason: `${condition.event} cannot count: node ${node} was not visited`,
    };
  }
  const matches = await matchingEvents(condition, from, facts, scope);
  const happened = matches.length >= condition.count;
  const verdict = { value: happened !== negated, reason: explain(condition, matches.length) };
  return happened ? withChange(verdict, leavesAt(condition, matches)) : verdict;
}

/** From when events count: null is ever; `never` means the node it speaks of was not visited. */
async function beginning(
  { since, within }: EventCondition,
  facts: Facts,
): Promise<Instant | null | 'never'> {
  const lookBack = within === undefined ? null : facts.at - within;
  if (since === 'ever') return lookBack;
  const start =
    since === 'enrolled'
      ? facts.enrollment.startedAt
      : ((await facts.lastVisit(since.node))?.startedAt ?? null);
  if (start === null) return 'never';
  return lookBack === null ? start : Math.max(start, lookBack);
}

async function matchingEvents(
  condition: EventCondition,
  from: Instant | null,
  facts: Facts,
  scope: Scope,
): Promise<readonly EventFacts[]> {
  const { event, filter, since, within, count } = condition;
  // The triggering event lies before every visit, also where it has the instant of the first.
  const excluded = new Set(since !== 'ever' && facts.trigger ? [facts.trigger.id] : []);
  const matches: EventFacts[] = [];
  let start = from;
  for (let seen = 0; seen < EVENTS_AT_MOST; ) {
    const page = await facts.findEvents(
      { types: [event], from: start, to: facts.at, excludeIds: [...excluded] },
      PAGE,
    );
    matches.push(
      ...page.filter(
        (found) => filter === undefined || judgeSync(filter, underTest(scope, found)).value,
      ),
    );
    seen += page.length;
    // Without `within` only the number matters; with it, the latest ones tell when the answer changes.
    if (page.length < PAGE || (within === undefined && matches.length >= count)) break;
    for (const found of page) excluded.add(found.id);
    start = page.at(-1)?.occurredAt ?? start;
  }
  return matches;
}

/** With `within`, the answer changes when the count-th latest event is no longer inside. */
function leavesAt(
  { within, count }: EventCondition,
  matches: readonly EventFacts[],
): Instant | undefined {
  const deciding = matches[matches.length - count];
  return within === undefined || deciding === undefined
    ? undefined
    : deciding.occurredAt + within + 1;
}

function explain({ event, count, within, since }: EventCondition, found: number): string {
  const period = within === undefined ? '' : ` within ${describeDuration(within)}`;
  const start =
    since === 'ever'
      ? ''
      : ` since ${since === 'enrolled' ? 'the enrollment' : `node ${since.node}`}`;
  const happened = found >= count;
  if (count === 1) return `${event} ${happened ? 'happened' : 'did not happen'}${period}${start}`;
  return `${event} happened ${happened ? 'at least ' : ''}${happened ? count : found} times${period}${start}, ${count} are asked for`;
}

/** Whether a node was visited, and by which port its latest visit left. */
export async function judgeStep({ node, port }: StepCondition, facts: Facts): Promise<Verdict> {
  const visit = await facts.lastVisit(node);
  if (visit === null) return { value: false, reason: `node ${node} was not visited` };
  if (port === undefined) return { value: true, reason: `node ${node} was visited` };
  const took = visit.port === null ? 'no port yet' : `the port ${visit.port}`;
  return { value: visit.port === port, reason: `node ${node} took ${took}` };
}
