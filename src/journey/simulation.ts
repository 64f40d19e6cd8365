/** What goes into a simulation and what comes out. */
import type { Command } from './commands';
import type { ContactFacts, Evaluators, EventFacts, Facts } from './facts';
import type { Instant, Json, JsonObject } from './json';
import type { MailTemplates } from './mail-template';
import type { EndStatus, ReachedGoal } from './runtime';

/** Fields of the contact that are different now, or what becomes of her as she is then. */
export type ContactChange = Partial<ContactFacts> | ((before: ContactFacts) => ContactFacts);

/** Something that happens while the journey runs. */
export type ScriptEntry = { readonly at: Instant } & (
  | {
      readonly event: { readonly type: string; readonly properties?: JsonObject };
      /** The node whose message a message event is about; the last one of its channel when absent. */
      readonly node?: string;
    }
  | { readonly contact: ContactChange }
) & {
    /** It happened, but its doorbell is late: only a look finds it. */
    readonly unheard?: boolean;
  };

/** What an operator orders. */
export interface Order {
  readonly at: Instant;
  readonly command: Command;
}

/** What a node does instead of what would leave the building. */
export type SimulatedMock =
  | { readonly output: Json }
  | { readonly error: { readonly code: string; readonly message?: string | undefined } };

export interface SimulationInput {
  readonly contact: ContactFacts;
  readonly startAt: Instant;
  readonly script: readonly (ScriptEntry | Order)[];
  readonly evaluators: Evaluators;
  /** Resolves once every promise that can settle has settled (`setImmediate` in Node). */
  readonly settle: () => Promise<void>;
  readonly workflow: { readonly key: string; readonly version: number };
  readonly variables?: JsonObject;
  readonly trigger?: EventFacts;
  /** The zone that the definition names. */
  readonly timeZone?: string | null;
  readonly workspace?: Facts['workspace'];
  /** What sticky splits assigned earlier, by experiment. */
  readonly assignments?: Readonly<Record<string, string>>;
  /** Forces splits: node id or experiment key to port. */
  readonly choose?: Readonly<Record<string, string>>;
  /** Stored templates; what is not among them is not known to the run. */
  readonly templates?: MailTemplates;
  /** By node id. */
  readonly mocks?: Readonly<Record<string, SimulatedMock>>;
  /** Stops before this node goes on, with the world as it is then. */
  readonly stopAt?: string;
  /** Asks for a fresh history now and then, as a long-running enrollment would. */
  readonly continueAfter?: (wakes: number) => boolean;
}

export interface Simulation {
  readonly status: EndStatus | 'waiting';
  readonly goalId: string | null;
  readonly goals: readonly ReachedGoal[];
  readonly endedAt: Instant | null;
  readonly reason: string | null;
  readonly error: {
    readonly code: string;
    readonly node: string;
    readonly message: string | null;
  } | null;
  readonly steps: readonly SimulatedStep[];
  readonly sends: readonly SimulatedSend[];
  readonly calls: readonly SimulatedCall[];
  readonly contact: ContactFacts;
  readonly variables: JsonObject;
}

export interface SimulatedStep {
  readonly nodeId: string;
  readonly nodeType: string;
  readonly visit: number;
  readonly at: Instant;
  endedAt: Instant | null;
  status: 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled';
  port: string | null;
  /** The stable part of the reason. */
  code: string | null;
  /** The reason in words. */
  reason: string | null;
  output: JsonObject;
}

export interface SimulatedSend {
  readonly at: Instant;
  readonly channel: string;
  readonly to: string;
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  readonly nodeId: string;
}

export interface SimulatedCall {
  readonly at: Instant;
  readonly nodeId: string;
  readonly type: string;
  readonly target: string;
}
