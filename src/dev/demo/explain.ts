/** Tells a journey and its reason in a few words, from its rows. */
import { wordsIn } from '../../journey/reason';
import { NODE, OPEN, type Waits } from './definition';
import { paymentOf, stepOf } from './expect';
import type { PersonFacts } from './facts';

/** While no worker ran; milliseconds since the epoch. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

const WORDS: Readonly<Record<string, string>> = {
  [`${NODE.pause}:next`]: 'wait',
  [`${NODE.reminder}:next`]: 'mail',
  [`${NODE.reminder}:not_sent`]: 'mail stopped',
  [`${NODE.opened}:received`]: 'opened',
  [`${NODE.opened}:timed_out`]: 'no open',
  [`${NODE.interested}:next`]: 'tag',
  [`${NODE.decide}:next`]: 'wait',
  [`${NODE.vip}:true`]: 'vip',
  [`${NODE.vip}:false`]: 'no vip',
  [`${NODE.offer}:next`]: 'offer',
  [`${NODE.offer}:not_sent`]: 'offer stopped',
  [`${NODE.offerOpened}:received`]: 'opened',
  [`${NODE.offerOpened}:timed_out`]: 'no open',
};

/** The steps that were taken, and where the journey ended. */
export function journeyWords({ steps, enrollment }: PersonFacts): string {
  const taken = steps
    .filter(({ status }) => status === 'completed')
    .map(({ nodeId, port }) => WORDS[`${nodeId}:${port}`] ?? `${nodeId}:${port}`);
  const end = enrollment.status === 'goal_reached' ? ['paid'] : [];
  return [...(taken.length === 0 ? ['wait'] : taken), ...end].join(' › ');
}

/** Why the journey went as it did. */
export function reasonWords(facts: PersonFacts, waits: Waits, outage: Outage | null): string {
  const { status, error, endedAt } = facts.enrollment;
  if (status === 'goal_reached') return paymentWords(facts, waits, outage);
  if (status !== 'completed') return error === null ? status : JSON.stringify(error);
  const paid = paymentOf(facts);
  if (paid && endedAt) return `paid ${seconds(paid.acceptedAt - endedAt.getTime())} after the end`;
  const offer = stepOf(facts, NODE.offerOpened);
  if (offer?.port === 'received') return `opened the offer in ${openedAfter(facts, NODE.offer)}`;
  if (offer) return 'opened neither mail';
  if (stepOf(facts, NODE.opened)?.port === 'received')
    return `opened in ${openedAfter(facts, NODE.reminder)}, did not pay`;
  return `not opened; ${wordsIn(stepOf(facts, NODE.vip)?.reason ?? '')}`;
}

function paymentWords(facts: PersonFacts, waits: Waits, outage: Outage | null): string {
  const paid = paymentOf(facts);
  if (!paid) return 'reached the goal without a payment';
  const during = outage && paid.sentAt > outage.from && paid.acceptedAt < outage.to;
  if (during) return 'paid while no worker ran';
  if (!facts.deliveries.some(({ status }) => status === 'sent')) {
    const due = (stepOf(facts, NODE.pause)?.startedAt.getTime() ?? 0) + waits.pause;
    return due > paid.acceptedAt
      ? `paid ${seconds(due - paid.acceptedAt)} before the mail`
      : 'paid before the mail went out';
  }
  const opened = facts.events.find(({ type }) => type === OPEN)?.occurredAt;
  if (opened) return `paid ${seconds(paid.acceptedAt - opened.getTime())} after opening`;
  const which = facts.deliveries.at(-1)?.nodeId === NODE.offer ? 'offer' : 'mail';
  const sentAt = facts.deliveries.at(-1)?.sentAt?.getTime() ?? paid.acceptedAt;
  return paid.acceptedAt < sentAt
    ? `paid as the ${which} went out`
    : `paid ${seconds(paid.acceptedAt - sentAt)} after the ${which}`;
}

function openedAfter({ deliveries, events }: PersonFacts, node: string): string {
  const { messageId = null, claimedAt = null } =
    deliveries.find(({ nodeId }) => nodeId === node) ?? {};
  const open = events.find((one) => one.type === OPEN && one.messageId === messageId);
  if (!open || !claimedAt) return '?';
  return seconds(open.occurredAt.getTime() - claimedAt.getTime());
}

export function seconds(milliseconds: number): string {
  return `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;
}
