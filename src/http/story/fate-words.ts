/** What became of a mail that was handed over, as far as events tell. */
import type { EventRow } from '../../db/events';
import { isSoftBounce } from '../../journey/suppression';
import { joined } from '../words';

/** "it came back (hard bounce) and she complained about it"; empty where nothing went wrong that is known. */
export function fateWords(reactions: readonly EventRow[]): string {
  const complained = reactions.some(({ type }) => type === 'email.complained');
  const back = bounceWords(reactions);
  return joined([
    ...(back === null ? [] : [`it came back (${back})`]),
    ...(complained ? ['she complained about it'] : []),
  ]);
}

/** A mail that comes back softly may be tried again on its way, and arrive. */
function bounceWords(reactions: readonly EventRow[]): string | null {
  const bounces = reactions.filter(({ type }) => type === 'email.bounced');
  if (bounces.some(({ properties }) => !isSoftBounce(properties))) return 'hard bounce';
  const last = Math.max(...bounces.map(({ occurredAt }) => occurredAt.getTime()));
  const hasArrived = reactions.some(
    ({ type, occurredAt }) => ARRIVED.has(type) && occurredAt.getTime() >= last,
  );
  return bounces.length === 0 || hasArrived ? null : 'soft bounce';
}

const ARRIVED: ReadonlySet<string> = new Set([
  'email.delivered',
  'email.opened',
  'email.clicked',
  'email.replied',
  'email.complained',
]);
