/** The activities by name and shape, for the workflow's proxies; implementations are beside it. */
import type { Instant } from '../src/journey/json';
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
  WatchAnswer,
  WatchState,
} from '../src/journey/runtime';
import type { GraphRef } from '../src/journey/graph-ref';

/** Whose journey it is: ids only, since inputs are kept in histories. */
export interface Subject {
  readonly workspaceId: string;
  readonly enrollmentId: string;
  readonly graph: GraphRef;
}

/** Reads and writes of our own database: local activities. */
export interface FactActivities {
  advance(input: Subject & AdvanceRequest): Promise<AdvanceResult>;
  findEvent(input: Subject & EventSearch & { readonly at: Instant }): Promise<FoundEvent | null>;
  ask(input: Subject & AskRequest): Promise<AskResult>;
  look(input: Subject & { readonly watch: WatchState; readonly at: Instant }): Promise<WatchAnswer>;
  finish(input: Subject & FinishRequest): Promise<FinishResult>;
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
