/**
 * Compares what happened with what must have happened.
 *
 * V1. Every send that a journey counts as done is one mail in the inbox; every mail has such a send.
 * V2. No mail was claimed for sending after the API had accepted the payment.
 * V3. Whoever did not pay went the whole way; whoever paid went the same way until then.
 * V4. What the API accepted is stored, once.
 */
import { GOAL, INTERESTED_TAG, NODE, type Waits } from './definition';
import { expectedRoute, expectedStatus, paymentOf } from './expect';
import type { DeliveryFact, PersonFacts } from './facts';
import type { Kill } from './kill';

/** Everything that went differently than it must, in sentences; empty when all is well. */
export function verifyPerson(facts: PersonFacts, waits: Waits): readonly string[] {
  const problems = [
    ...endProblems(facts),
    ...routeProblems(facts, waits),
    ...facts.deliveries.flatMap((delivery) => deliveryProblems(delivery, facts)),
    ...strayMails(facts),
    ...reportProblems(facts),
  ];
  return problems.map((problem) => `${facts.person.name}: ${problem}`);
}

function endProblems(facts: PersonFacts): string[] {
  const { status, goalId, error } = facts.enrollment;
  const allowed = expectedStatus(facts);
  if (!(allowed as readonly string[]).includes(status)) {
    const why = error === null ? '' : `, with the error ${JSON.stringify(error)}`;
    return [`ended as ${status}${why}; expected ${allowed.join(' or ')}`];
  }
  if (status === 'goal_reached' && goalId !== GOAL)
    return [`reached the goal ${goalId}; expected ${GOAL}`];
  return [];
}

function routeProblems(facts: PersonFacts, waits: Waits): string[] {
  const completed = facts.steps.filter(({ status }) => status === 'completed');
  const went = completed.map(({ nodeId, port }) => `${nodeId}:${port}`);
  const stopped = went.at(-1)?.endsWith(':not_sent') ?? false;
  const whole = expectedRoute(facts, waits).map(({ node, port }) => `${node}:${port}`);
  const left = facts.enrollment.status === 'goal_reached';
  // A payment found in the claim of a mail leaves by a port of its own.
  const compared = left && stopped ? went.slice(0, -1) : went;
  const expected = left ? whole.slice(0, compared.length) : whole;
  const problems = sameText(compared, expected)
    ? []
    : [`went ${went.join(' > ')}; expected ${expected.join(' > ')}`];
  const tagged = facts.tags.includes(INTERESTED_TAG);
  const counted = completed.some(({ nodeId }) => nodeId === NODE.interested);
  if (tagged !== counted)
    problems.push(`has ${tagged ? 'the' : 'no'} tag ${INTERESTED_TAG}, against the steps`);
  for (const { nodeId } of completed.filter(
    ({ port, nodeId }) => isSend(nodeId) && port === 'next',
  )) {
    if (!facts.deliveries.some((one) => one.nodeId === nodeId && wentOut(one, facts)))
      problems.push(`the ${nodeId} counts as sent, and there is no such delivery`);
  }
  return problems;
}

const isSend = (node: string): boolean => node === NODE.reminder || node === NODE.offer;
const sameText = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

function deliveryProblems(delivery: DeliveryFact, facts: PersonFacts): string[] {
  const { nodeId, status, messageId, claimedAt } = delivery;
  if (status !== 'blocked' && !wentOut(delivery, facts))
    return [`the ${nodeId} was never settled: it is still ${status}`];
  const problems: string[] = [];
  const arrived = facts.mails?.filter((mail) => mail.messageId === messageId).length ?? null;
  const expected = status === 'sent' ? 1 : 0;
  if (messageId !== null && arrived !== null && arrived !== expected)
    problems.push(
      `the ${nodeId} ${messageId} arrived ${times(arrived)}; expected ${times(expected)}`,
    );
  const paid = paymentOf(facts);
  if (status === 'sent' && paid !== undefined && (claimedAt?.getTime() ?? 0) > paid.acceptedAt)
    problems.push(`the ${nodeId} was sent after the payment had been accepted`);
  return problems;
}

/** A server that nobody can ask leaves a send unknown, and the example goes on without sending it again. */
const wentOut = ({ status }: DeliveryFact, { mails }: PersonFacts): boolean =>
  status === 'sent' || (status === 'unknown' && mails === null);

const times = (count: number): string =>
  count === 0 ? 'never' : count === 1 ? 'once' : `${count} times`;

function strayMails({ mails, deliveries }: PersonFacts): string[] {
  const known = new Set(deliveries.map(({ messageId }) => messageId));
  return (mails ?? [])
    .filter(({ messageId }) => messageId === null || !known.has(messageId))
    .map(({ messageId }) => `a mail arrived that no delivery knows: ${messageId}`);
}

function reportProblems({ reports, events }: PersonFacts): string[] {
  return reports.flatMap(({ type, messageId }) => {
    const stored = events.filter((one) => one.type === type && one.messageId === messageId).length;
    return stored === 1 ? [] : [`the API accepted ${type}, and it is stored ${times(stored)}`];
  });
}

/** The mails that the kill left in doubt: unknown, until they were settled. */
export function inDoubt(
  all: readonly PersonFacts[],
  kill: Kill,
): readonly { readonly facts: PersonFacts; readonly delivery: DeliveryFact }[] {
  return all.flatMap((facts) =>
    facts.deliveries
      .filter(
        ({ messageId, resolution, status }) =>
          (resolution !== null || status === 'unknown') && kill.sending.includes(messageId ?? ''),
      )
      .map((delivery) => ({ facts, delivery })),
  );
}
