/** Which past event satisfies a wait; one rule for both runtimes. */
import type { EventFacts, Evaluators, EventQuestion, Facts } from './facts';
import type { GraphNode } from './graph';
import type { AwaitedEvent } from './node-type';
import type { EventSearch, FoundEvent } from './runtime';

/** Finds at most so many events, earliest first by (occurredAt, sequence). */
export type EventLookUp = (
  question: EventQuestion,
  limit: number,
) => readonly EventFacts[] | Promise<readonly EventFacts[]>;

/** Events read at once. */
const PAGE = 1_000;
/** So many a look goes through from the beginning; more of one kind in one enrollment is no longer a journey. */
const FROM_THE_BEGINNING = 20_000;

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
  for (const awaited of node.type.awaits?.(node.config, search.memory) ?? []) {
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
  const { filter, types } = awaited;
  const question = { types, from, to, excludeIds, ...(ofMessage ? { deliveryKey } : {}) };
  const accepts =
    filter === undefined
      ? null
      : (event: EventFacts) => evaluators.filter(filter, event, facts).value;
  return earliestEvent(question, accepts, lookUp);
}

/** The earliest event that is accepted, however many others lie before it; null accepts any. */
export async function earliestEvent(
  question: EventQuestion,
  accepts: ((event: EventFacts) => boolean) | null,
  lookUp: EventLookUp,
): Promise<EventFacts | null> {
  if (accepts === null) return (await lookUp(question, 1))[0] ?? null;
  const { excludeIds = [] } = question;
  let { from } = question;
  let passed: readonly string[] = [];
  for (let seen = 0; seen < FROM_THE_BEGINNING; seen += PAGE) {
    const page = await lookUp({ ...question, from, excludeIds: [...excludeIds, ...passed] }, PAGE);
    const found = page.find(accepts);
    const last = page.at(-1);
    if (found !== undefined) return found;
    if (last === undefined || page.length < PAGE) return null;
    // Events of one instant may lie on both sides of a page's end.
    const sameInstant = page.filter(({ occurredAt }) => occurredAt === last.occurredAt);
    passed = [...(last.occurredAt === from ? passed : []), ...sameInstant.map(({ id }) => id)];
    from = last.occurredAt;
  }
  // Whoever rings speaks of one of the latest, so none is overlooked by every look.
  const latest = await lookUp({ ...question, newest: true }, PAGE);
  return latest.find(accepts) ?? null;
}
