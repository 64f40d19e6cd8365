/**
 * How a journey must have gone, told from what is certain: when the API accepted a payment, when an open
 * occurred, when a wait began. Nothing here depends on how fast the machine is.
 */
import type { EndStatus } from '../../db/enrollments';
import { NODE, OPEN, PAYMENT, type Waits } from './definition';
import type { PersonFacts, StepFact } from './facts';
import type { Report } from './script';

/** One node, and the port that it must be left by. */
export interface Leg {
  readonly node: string;
  readonly port: string;
}

export function paymentOf({ reports }: PersonFacts): Report | undefined {
  return reports.find(({ type }) => type === PAYMENT);
}

export function stepOf({ steps }: PersonFacts, node: string): StepFact | undefined {
  return steps.find(({ nodeId }) => nodeId === node);
}

/** The way to the end that this person must take; whoever pays leaves it on the way. */
export function expectedRoute(facts: PersonFacts, waits: Waits): readonly Leg[] {
  const openedIt = openedInTime(facts, NODE.reminder, NODE.opened, waits.opened);
  const start: readonly Leg[] = [
    { node: NODE.pause, port: 'next' },
    { node: NODE.reminder, port: 'next' },
    { node: NODE.opened, port: openedIt ? 'received' : 'timed_out' },
  ];
  if (openedIt)
    return [...start, { node: NODE.interested, port: 'next' }, { node: NODE.decide, port: 'next' }];
  if (!facts.person.vip) return [...start, { node: NODE.vip, port: 'false' }];
  const openedOffer = openedInTime(facts, NODE.offer, NODE.offerOpened, waits.offerOpened);
  return [
    ...start,
    { node: NODE.vip, port: 'true' },
    { node: NODE.offer, port: 'next' },
    { node: NODE.offerOpened, port: openedOffer ? 'received' : 'timed_out' },
  ];
}

/** Whether the mail of `sendNode` was opened before the wait behind it was over. */
function openedInTime(
  facts: PersonFacts,
  sendNode: string,
  waitNode: string,
  waitMs: number,
): boolean {
  const wait = stepOf(facts, waitNode);
  const sent = facts.deliveries.find(({ nodeId }) => nodeId === sendNode);
  if (!wait || !sent) return false;
  const deadline = wait.startedAt.getTime() + waitMs;
  const open = facts.events.find(
    ({ type, messageId }) => type === OPEN && messageId === sent.messageId,
  );
  if (open === undefined || open.occurredAt.getTime() > deadline) return false;
  // Stored while the wait ended: both answers are right.
  const report = facts.reports.find(({ messageId }) => messageId === sent.messageId);
  const inTime = report !== undefined && report.acceptedAt <= deadline;
  return inTime || wait.port === 'received';
}

/** The end states that the facts allow: two where a payment and the end met. */
export function expectedStatus(facts: PersonFacts): readonly EndStatus[] {
  const paid = paymentOf(facts);
  if (paid === undefined || facts.person.script === 'pays when all is over') return ['completed'];
  const { endedAt } = facts.enrollment;
  const before = endedAt !== null && paid.acceptedAt <= endedAt.getTime();
  return before ? ['goal_reached'] : ['goal_reached', 'completed'];
}
