/**
 * What a decision may know, and how it is judged.
 *
 * Facts are loaded where they are kept (in the transaction of an activity, or in the simulator's
 * memory); this file only names their shape, so that one `decide` serves both.
 */
import type { ConditionGroup } from './condition';
import type { Instant, Json, JsonObject } from './json';

/** A contact as conditions and templates see it. */
export interface ContactFacts {
  readonly id: string;
  readonly externalId: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly timeZone: string | null;
  readonly attributes: JsonObject;
  readonly tags: readonly string[];
  readonly score: number;
}

/** An event as filters, conditions and templates see it. */
export interface EventFacts {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Instant;
  readonly properties: JsonObject;
}

/** A question about a contact's past; both ends of the interval are inclusive, null is open. */
export interface EventQuestion {
  readonly types: readonly string[];
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Only events about this message (its effect key). */
  readonly deliveryKey?: string;
  readonly excludeIds?: readonly string[];
}

/** Everything true about one enrollment at one instant of the workflow's time. */
export interface Facts {
  /** The workflow's time; neither the host's nor the database's clock is ever asked. */
  readonly at: Instant;
  readonly contact: ContactFacts;
  readonly variables: JsonObject;
  /** The event that started the enrollment, if one did. */
  readonly trigger: EventFacts | null;
  readonly enrollment: {
    readonly id: string;
    readonly workflowKey: string;
    readonly version: number;
    readonly startedAt: Instant;
  };
  readonly workspace: { readonly timeZone: string; readonly variables: JsonObject };
  /** Past events, earliest first by (occurredAt, sequence). */
  findEvents(question: EventQuestion, limit: number): Promise<readonly EventFacts[]>;
  /** Start of the latest visit of a node, or null when it was not visited. */
  visitedAt(nodeId: string): Promise<Instant | null>;
}

/** An answer with its explanation ("score 42 is not greater_than 50"). */
export interface Verdict {
  readonly value: boolean;
  readonly reason: string;
  /** When time alone may change the answer ("older than 30 days"). */
  readonly changesAt?: Instant;
}

/** What needs a template engine, a regular expression or a zone database, kept out of the sandbox. */
export interface Evaluators {
  /** Judges a group about an enrollment. Never throws for data: a mismatch is false with a reason. */
  condition(group: ConditionGroup, facts: Facts): Promise<Verdict>;
  /** Judges a filter: `event.…` and bare paths speak of `event`, the one under test. */
  filter(group: ConditionGroup, event: EventFacts, facts: Pick<Facts, 'at' | 'contact'>): Verdict;
  /** Renders a Value: a literal, or a Liquid string (one single expression keeps its type). */
  value(template: Json, facts: Facts): Promise<Json>;
}
