/** The activities by name and shape, for the workflow's proxies; implementations are beside it. */
import type { Instant, JsonObject } from '../src/journey/json';
import type {
  AdvanceRequest,
  AdvanceResult,
  AskRequest,
  AskResult,
  EffectAttempt,
  EffectName,
  Effects,
  EventSearch,
  FinishRequest,
  FinishResult,
  FoundEvent,
  SteerResult,
  WatchAnswer,
  WatchState,
} from '../src/journey/runtime';
import type { EnrollmentState } from '../src/journey/state';
import type { GraphRef } from '../src/journey/graph-ref';

/** Whose journey it is: ids only, since inputs are kept in histories. */
export interface Subject {
  readonly workspaceId: string;
  readonly enrollmentId: string;
  readonly graph: GraphRef;
  /** How often an operator had it tried again; none unless told. */
  readonly retries?: number;
}

export interface SteerInput extends Subject {
  readonly state: EnrollmentState;
  readonly at: Instant;
  /** Commands that came as updates, without a row. */
  readonly requests: readonly CommandRequest[];
  /** Commands whose fate somebody waits for. */
  readonly asked: readonly string[];
}

/** What became of a command. */
export interface CommandOutcome {
  readonly id: string;
  readonly status: 'applied' | 'refused';
  /** Why it was refused: a code, and what it speaks of. */
  readonly reason: string | null;
}

export interface SteerOutput extends SteerResult {
  readonly outcomes: readonly CommandOutcome[];
}

export interface CommandRequest {
  readonly id: string;
  readonly type: string;
  readonly input: JsonObject;
}

/** Reads and writes of our own database: local activities. */
export interface FactActivities {
  advance(input: Subject & AdvanceRequest): Promise<AdvanceResult>;
  findEvent(input: Subject & EventSearch & { readonly at: Instant }): Promise<FoundEvent | null>;
  ask(input: Subject & AskRequest): Promise<AskResult>;
  look(input: Subject & { readonly watch: WatchState; readonly at: Instant }): Promise<WatchAnswer>;
  finish(input: Subject & FinishRequest): Promise<FinishResult>;
  steer(input: SteerInput): Promise<SteerOutput>;
}

/** What a fact answers to an input with `timed`: an engine with a clock asks so. */
export interface Timed<T> {
  /** Milliseconds since it was asked for, the wait for a free place included. */
  readonly tookMs: number;
  readonly value: T;
}

/** A job by its row. */
export interface JobKey {
  readonly workspaceId: string;
  readonly jobId: string;
}

/** What the workflow of a job asks for: a local activity too. */
export interface JobActivities {
  orderBatch(
    input: JobKey,
  ): Promise<{ readonly status: 'running' | 'paused' | 'done' | 'cancelled' }>;
}

/** Somebody who is to enter a workflow: ids alone, since histories keep them. */
export interface EntryOrder {
  readonly workspaceId: string;
  /** The key of the workflow. */
  readonly workflow: string;
  readonly contactId: string;
  /** Enrollments with different keys may run side by side. */
  readonly key?: string;
}

/** What came of it. `blocked`: the workflow does not let her in. `refused`: nobody can be let in like this. */
export type EntryOutcome =
  | { readonly status: 'enrolled'; readonly enrollmentId: string; readonly workflowId: string }
  | { readonly status: 'blocked' | 'refused'; readonly reason: string };

/** What the workflow of an order asks for: a local activity too. */
export interface EntryActivities {
  admit(
    input: EntryOrder & { readonly orderId: string; readonly at: Instant },
  ): Promise<EntryOutcome>;
}

export type EffectInput<K extends EffectName> = Subject &
  Omit<EffectAttempt, 'label' | 'retry'> &
  Effects[K]['input'];

/** What leaves the building: regular activities, each idempotent by its visit. */
export type EffectActivities = {
  [K in EffectName]: (input: EffectInput<K>) => Promise<Effects[K]['result']>;
};

export interface Activities {
  readonly facts: FactActivities;
  readonly effects: EffectActivities;
}
