/**
 * The port between the interpreter and whatever runs it: Temporal, or the simulator's virtual time.
 *
 * `Runtime` is what a runtime supplies; `RunContext` is what a node's `run` sees of it.
 */
import type { EndStatus } from './enrollment-status';
import type { Instant, JsonObject } from './json';
import type { RunOutcome } from './outcome';
import type { GraphRef } from './graph-ref';
import type { RetryPolicy } from './retry';
import type { EnrollmentState, Pause } from './state';
import type { EndedVisit, ReachedGoal, VisitKey } from './visit';

export type { EndedVisit, ReachedGoal, VisitKey } from './visit';

/** What leaves the building, by the name of its activity: input beyond the visit, and result. */
export interface Effects {
  readonly sendEmail: Effect<SendResult>;
  readonly sendNotification: Effect<SendResult>;
  readonly webhook: Effect<CallResult>;
  readonly httpRequest: Effect<CallResult>;
  readonly enrollInWorkflow: Effect<EnrollResult>;
  readonly removeFromWorkflow: Effect<{ readonly removed: number }>;
}

interface Effect<R, I = Readonly<Record<never, never>>> {
  readonly input: I;
  readonly result: R;
}

export type EffectName = keyof Effects;

/** What a call over HTTP came to; its answer is in PostgreSQL. */
export interface CallResult {
  readonly outcome: 'done' | 'blocked' | 'unknown';
  readonly status?: number;
  readonly reason?: string;
}

export type EnrollResult =
  | { readonly outcome: 'enrolled'; readonly enrollmentId: string }
  | { readonly outcome: 'blocked'; readonly reason: string };

export interface SendResult {
  readonly outcome: 'sent' | 'blocked' | 'unknown' | 'deferred';
  readonly deliveryKey: string;
  readonly reason?: string;
  /** When a deferred message may be tried again. */
  readonly until?: Instant;
}

export interface AdvanceRequest {
  /** Visits that ended and are not recorded yet. */
  readonly ended: readonly EndedVisit[];
  readonly from: VisitKey;
  /** Earlier visits of the nodes ahead; a node not named was never visited. */
  readonly visits: readonly (readonly [node: string, count: number])[];
  readonly at: Instant;
  readonly watch: WatchState;
}

export interface TakenDecision extends VisitKey {
  readonly port: string | null;
  readonly reason: string;
}

export interface AdvanceResult {
  /** Decisions taken one after the other, from `from` on; what follows them is no decision. */
  readonly taken: readonly TakenDecision[];
  readonly watch: WatchAnswer;
  /** The whole workflow is paused: nothing was taken, nobody moves. */
  readonly held?: boolean;
}

/** What is known about the goals of an enrollment. */
export interface WatchState {
  /** Goals reached already; a goal is reached once. */
  readonly reached: readonly string[];
  /** Goals by condition alone that were seen false, so that becoming true reaches them. */
  readonly armed: readonly string[];
}

/** What a look at goals and exits found; the first of several goals in time comes first. */
export interface WatchAnswer {
  /** Whether somebody has closed the enrollment already, or erased it. */
  readonly closed?: boolean;
  /** Why the enrollment must end as `exited`; null when it need not. */
  readonly exit: string | null;
  readonly goals: readonly ReachedGoal[];
  readonly armed: readonly string[];
  /** When time alone may change an answer. */
  readonly changesAt: Instant | null;
}

export interface AskRequest extends VisitKey {
  readonly startedAt: Instant;
  /** From when the spans of the visit count. */
  readonly anchor: Instant;
  readonly memory: JsonObject;
  readonly at: Instant;
}

/** A node's answer without what is personal: that is in the step's row. */
export type AskResult =
  | { readonly ended: Pick<RunOutcome, 'port' | 'exits'> & { readonly reason: string } }
  | { readonly until: Instant | null; readonly for?: string };

export interface EventSearch extends VisitKey {
  /** Inclusive. */
  readonly from: Instant;
  /** Inclusive. */
  readonly to: Instant;
  /** Message events count only when they are about this delivery. */
  readonly deliveryKey: string | null;
  /** Events that already satisfied a wait of this path. */
  readonly consumed: readonly string[];
  readonly memory: JsonObject;
}

export interface FoundEvent {
  readonly id: string;
  readonly port: string;
  readonly occurredAt: Instant;
}

export type { EndStatus };

export interface FinishRequest {
  readonly at: Instant;
  readonly ended: readonly EndedVisit[];
  readonly status: EndStatus;
  /** The last one reached. */
  readonly goalId: string | null;
  readonly reason: string | null;
  readonly watch: WatchState;
  /** Whether a goal that is found only now may send her to a node instead. */
  readonly mayMove?: boolean;
  readonly error: { readonly code: string; readonly node: string } | null;
  /** Where to go on when an operator has the node tried again; null where that cannot be. */
  readonly resume: EnrollmentState | null;
}

/** What commands have made of an enrollment. */
export interface SteerResult {
  readonly state: EnrollmentState;
  /** The version to go on in, when it is another. */
  readonly graph: GraphRef | null;
}

export interface FinishResult {
  readonly status: EndStatus;
  readonly goalId: string | null;
  /** She has not ended: what was found takes her to a node. */
  readonly moved?: WatchAnswer;
}

export interface SleepRequest {
  /** Null sleeps until woken. */
  readonly until: Instant | null;
  /** Asked whenever something may have changed; true ends the sleep early. */
  readonly wake: () => boolean;
  /** What operators read at the timer. */
  readonly summary: string;
}

/** Asks a path to stop at its next safe point. */
export interface StopSignal {
  readonly requested: boolean;
  /** Calls back at once when it was requested already. */
  onRequest(callback: () => void): void;
}

/** A permanent failure of an effect, after its retries. Carries a code, never a provider's text. */
export class EffectFailure extends Error {
  override readonly name = 'EffectFailure';
  constructor(readonly code: string) {
    super(`The effect failed permanently: ${code}`);
  }
}

/** Thrown through a node's `run` when its path was asked to stop; the visit is entered again later. */
export class PathStopped extends Error {
  override readonly name = 'PathStopped';
}

export interface Runtime {
  now(): Instant;
  /** How many doorbells have rung; a count, since the facts themselves are looked up. */
  bells(): number;
  sleep(request: SleepRequest): Promise<void>;
  /** Records what ended, takes the decisions ahead and enters the node behind them. Repeatable. */
  advance(request: AdvanceRequest): Promise<AdvanceResult>;
  findEvent(search: EventSearch): Promise<FoundEvent | null>;
  /** Lets the node judge where the facts are; an answer that ends the visit is in its row then. */
  ask(request: AskRequest): Promise<AskResult>;
  /** Looks for exits and goals. */
  look(watch: WatchState, at: Instant): Promise<WatchAnswer>;
  /** @throws EffectFailure when it failed for good, PathStopped when stopped between attempts. */
  perform<K extends EffectName>(
    effect: K,
    attempt: EffectAttempt,
    input: Effects[K]['input'],
    stop: StopSignal,
  ): Promise<Effects[K]['result']>;
  /** Closes the enrollment, unless a goal moves her; one reached meanwhile beats `completed`. First close wins. */
  finish(request: FinishRequest): Promise<FinishResult>;
  /** Tells operators where the person is. */
  announce(positions: readonly Position[]): void;
  /** The same where only the end of a wait has become known: it is shown, and written nowhere. */
  announceWait(positions: readonly Position[]): void;
  /** Tells operators that the person stands still. */
  announcePause(pause: Pause, places: readonly Position[]): void;
  /** Whether somebody has rung with a command since the last look at them. */
  commandsDue(): boolean;
  /** Applies the commands given to the enrollment, in their order. Repeatable. */
  steer(state: EnrollmentState): Promise<SteerResult>;
  /** Whether the interpreter should save its state and begin a fresh history. */
  shouldContinue(): boolean;
}

/** Whose effect it is and how it may be tried. */
export interface EffectAttempt extends VisitKey {
  readonly at: Instant;
  readonly label: string;
  readonly watch: WatchState;
  /** Null retries for days, since the message must go out in the end. */
  readonly retry: RetryPolicy | null;
  /** Milliseconds of one attempt; the runtime's own when absent. */
  readonly timeout?: number;
}

export interface Position extends VisitKey {
  readonly label: string;
  readonly waitingFor: string | null;
  readonly waitUntil: Instant | null;
}

/** What a node's `run` sees. Every method may throw PathStopped; `run` must let it through. */
export interface RunContext {
  readonly visit: {
    readonly number: number;
    readonly startedAt: Instant;
    /** From when its spans count: its start, unless a pause moved it. */
    readonly anchor: Instant;
    readonly memory: JsonObject;
  };
  now(): Instant;
  /** Keeps what a re-entered `run` must know. */
  remember(memory: JsonObject): void;
  waitUntil(deadline: Instant): Promise<void>;
  /** The earliest matching event up to the deadline, or null once the deadline has passed. */
  waitForEvent(since: EventWindow, deadline: Instant): Promise<FoundEvent | null>;
  /** Asks the node's own `ask` until it ends the visit: now, when it said, and whenever somebody rings. */
  settle(): Promise<RunOutcome<never>>;
  /** Until so many branches of the innermost fork have arrived; false once the deadline has passed. */
  waitForBranches(deadline: Instant | null): Promise<boolean>;
  /**
   * Until somebody rings, to look again at what cannot be waited for by name. A bell that rang since
   * the last effect began counts: the effect may have looked just before.
   */
  waitForDoorbell(): Promise<void>;
  perform<K extends EffectName>(
    effect: K,
    input: Effects[K]['input'],
  ): Promise<Effects[K]['result']>;
  /** Notes that this visit sent a message, for waits that speak of the last one. */
  sent(deliveryKey: string): void;
}

/** Where a wait for an event begins to look. */
export type EventWindow = 'last_send' | 'enrolled' | 'now' | { readonly node: string };
