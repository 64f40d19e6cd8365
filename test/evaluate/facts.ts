import { conditionGroup } from '../../src/journey/condition';
import { createEvaluators } from '../../src/evaluate/evaluators';
import type {
  ContactFacts,
  EventFacts,
  EventQuestion,
  Facts,
  Verdict,
  VisitFacts,
} from '../../src/journey/facts';
import type { Instant, JsonObject } from '../../src/journey/json';

/** Noon on a Friday, two days before the clocks change in Europe. */
export const AT = at('2026-03-27T12:00:00Z');

export function at(text: string): Instant {
  return new Date(text).getTime();
}

export interface Given {
  readonly at?: Instant;
  readonly contact?: Partial<ContactFacts>;
  readonly variables?: JsonObject;
  readonly trigger?: EventFacts;
  readonly events?: readonly EventFacts[];
  readonly visits?: ReadonlyMap<string, Instant | VisitFacts>;
  readonly assignments?: ReadonlyMap<string, string>;
  readonly chosen?: Facts['chosen'];
  /** The zone that the definition names. */
  readonly timeZone?: string;
  readonly workspace?: Facts['workspace'];
}

export const ADA: ContactFacts = {
  id: 'c1',
  externalId: null,
  email: 'ada@example.com',
  phone: null,
  firstName: 'Ada',
  lastName: null,
  timeZone: 'Europe/Berlin',
  attributes: {},
  tags: [],
  score: 0,
  lists: [],
  segments: [],
  consent: {},
};

let counted = 0;
export function event(type: string, occurredAt: Instant, properties: JsonObject = {}): EventFacts {
  counted += 1;
  return { id: `e${counted}`, type, occurredAt, properties };
}

export function factsOf(given: Given = {}): Facts {
  const events = [...(given.events ?? [])].sort((a, b) => a.occurredAt - b.occurredAt);
  return {
    at: given.at ?? AT,
    contact: { ...ADA, ...given.contact },
    variables: given.variables ?? {},
    trigger: given.trigger ?? null,
    enrollment: { id: 'n1', workflowKey: 'cart', version: 3, startedAt: AT - 3_600_000 },
    timeZone: given.timeZone ?? null,
    workspace: given.workspace ?? { timeZone: 'UTC', variables: {} },
    findEvents: async (question, limit) =>
      events.filter((found) => matches(found, question)).slice(0, limit),
    lastVisit: async (node) => {
      const visit = given.visits?.get(node) ?? null;
      return typeof visit === 'number' ? { startedAt: visit, port: null } : visit;
    },
    suppression: async () => null,
    template: async () => null,
    assignment: async (experiment) => given.assignments?.get(experiment) ?? null,
    chosen: given.chosen ?? {},
  };
}

function matches(
  { id, type, occurredAt }: EventFacts,
  { types, from, to, excludeIds }: EventQuestion,
): boolean {
  return (
    types.includes(type) &&
    (from === null || occurredAt >= from) &&
    (to === null || occurredAt <= to) &&
    !excludeIds?.includes(id)
  );
}

/** Judges a group as a definition writes it. */
export function judged(group: unknown, given: Given = {}): Promise<Verdict> {
  return createEvaluators().condition(conditionGroup.parse(group), factsOf(given));
}
