/** What goes into a simulation and what comes out. */
import type { ContactFacts, Evaluators, EventFacts } from './facts';
import type { Instant, JsonObject } from './json';
import type { EndStatus } from './runtime';

/** Something that happens while the journey runs. */
export type ScriptEntry = { readonly at: Instant } & (
  | {
      readonly event: { readonly type: string; readonly properties?: JsonObject };
      /** The message a message event is about, by its node; the last one sent when absent. */
      readonly node?: string;
    }
  | { readonly contact: Partial<ContactFacts> }
) & {
    /** It happened, but its doorbell is late: only a look finds it. */
    readonly unheard?: boolean;
  };

export interface SimulationInput {
  readonly contact: ContactFacts;
  readonly startAt: Instant;
  readonly script: readonly ScriptEntry[];
  readonly evaluators: Evaluators;
  /** Resolves once every promise that can settle has settled (`setImmediate` in Node). */
  readonly settle: () => Promise<void>;
  readonly workflow: { readonly key: string; readonly version: number };
  readonly variables?: JsonObject;
  readonly trigger?: EventFacts;
  readonly timeZone?: string;
  /** Asks for a fresh history now and then, as a long-running enrollment would. */
  readonly continueAfter?: (wakes: number) => boolean;
}

export interface Simulation {
  readonly status: EndStatus | 'waiting';
  readonly goalId: string | null;
  readonly endedAt: Instant | null;
  readonly error: { readonly code: string; readonly node: string } | null;
  readonly steps: readonly SimulatedStep[];
  readonly sends: readonly SimulatedSend[];
  readonly contact: ContactFacts;
}

export interface SimulatedStep {
  readonly nodeId: string;
  readonly nodeType: string;
  readonly visit: number;
  readonly at: Instant;
  endedAt: Instant | null;
  status: 'waiting' | 'completed' | 'failed' | 'cancelled';
  port: string | null;
  reason: string | null;
}

export interface SimulatedSend {
  readonly at: Instant;
  readonly channel: 'email';
  readonly to: string;
  readonly subject: string;
  readonly nodeId: string;
}
