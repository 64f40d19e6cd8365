/** Which past event satisfies a wait or a goal; one rule for both runtimes. */
import type { EventFacts, Evaluators, EventQuestion, Facts } from './facts';
import type { Graph, GraphNode } from './graph';
import type { AwaitedEvent } from './node-type';
import type { EventSearch, FoundEvent, ReachedGoal } from './runtime';

/** Finds events, earliest first by (occurredAt, sequence). */
export type EventLookUp = (
  question: EventQuestion,
) => readonly EventFacts[] | Promise<readonly EventFacts[]>;

const MESSAGE_EVENT = /^(?:email|sms|whatsapp|push|rcs)\./;

/** Whether an event speaks of one message, so that a wait may ask for that message alone. */
export function isMessageEvent(type: string): boolean {
  return MESSAGE_EVENT.test(type);
}

/** The earliest event that one of the node's awaited patterns accepts. */
export async function findAwaited(
  node: GraphNode,
  search: EventSearch,
  facts: Facts,
  evaluators: Evaluators,
  lookUp: EventLookUp,
): Promise<FoundEvent | null> {
  let best: (FoundEvent & { readonly port: string }) | null = null;
  const excludeIds =
    facts.trigger === null ? search.consumed : [...search.consumed, facts.trigger.id];
  for (const awaited of node.type.awaits?.(node.config) ?? []) {
    const found = await earliest(awaited, { ...search, excludeIds }, facts, evaluators, lookUp);
    if (found !== null && (best === null || found.occurredAt < best.occurredAt)) {
      best = { id: found.id, occurredAt: found.occurredAt, port: awaited.port };
    }
  }
  return best;
}

async function earliest(
  awaited: AwaitedEvent,
  search: EventSearch & { readonly excludeIds: readonly string[] },
  facts: Facts,
  evaluators: Evaluators,
  lookUp: EventLookUp,
): Promise<EventFacts | null> {
  const { from, to, excludeIds, deliveryKey } = search;
  const ofMessage = deliveryKey !== null && awaited.types.every(isMessageEvent);
  const events = await lookUp({
    types: awaited.types,
    from,
    to,
    excludeIds,
    ...(ofMessage ? { deliveryKey } : {}),
  });
  const { filter } = awaited;
  if (filter === undefined) return events[0] ?? null;
  return events.find((event) => evaluators.filter(filter, event, facts).value) ?? null;
}

/** The goal reached first since the enrollment began; the triggering event reaches none. */
export async function goalReachedBy(
  graph: Graph,
  facts: Facts,
  evaluators: Evaluators,
  lookUp: EventLookUp,
): Promise<ReachedGoal | null> {
  let best: ReachedGoal | null = null;
  for (const goal of graph.definition.goals) {
    const events = await lookUp({
      types: [goal.event],
      from: facts.enrollment.startedAt,
      // Open: a sender's clock may run ahead of ours, and nobody would ring again.
      to: null,
      excludeIds: facts.trigger === null ? [] : [facts.trigger.id],
    });
    const { condition } = goal;
    const event =
      condition === undefined
        ? events[0]
        : events.find((candidate) => evaluators.filter(condition, candidate, facts).value);
    if (event !== undefined && (best === null || event.occurredAt < best.at)) {
      best = { goalId: goal.id, eventId: event.id, at: event.occurredAt };
    }
  }
  return best;
}
