/** Answers to questions about the past, out of events that lie in memory. */
import type { EventFacts, EventQuestion } from './facts';

/** An event, and the message that it is about. */
export type PastEvent = EventFacts & { readonly deliveryKey?: string | null };

/** The events that a question asks for, earliest first, `limit` at most. */
export function searchEvents(
  events: readonly PastEvent[],
  { types, from, to, deliveryKey, excludeIds = [], newest = false }: EventQuestion,
  limit: number,
): readonly EventFacts[] {
  const found = events
    .filter(
      (event) =>
        types.includes(event.type) &&
        (from === null || event.occurredAt >= from) &&
        (to === null || event.occurredAt <= to) &&
        (deliveryKey === undefined || event.deliveryKey === deliveryKey) &&
        !excludeIds.includes(event.id),
    )
    .toSorted((a, b) => a.occurredAt - b.occurredAt);
  return newest ? found.slice(-limit) : found.slice(0, limit);
}
