/**
 * The interpreter's port over Temporal: timers, activities, search attributes.
 *
 * Invariants:
 * T1. Once a wake-up is computed the timer is made, if only for a millisecond: replay compares the
 *     kind and order of commands, so whether one is made may not depend on a zone database.
 * T2. What crosses as a failure is a code.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  sleep as pause,
  TimeoutFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { type ActivityOptions, RetryState } from '@temporalio/common';
import type { Activities, EffectActivities, EffectInput, Subject } from '../activities/contract';
import type { RetryPolicy } from '../src/journey/retry';
import {
  EffectFailure,
  type EffectName,
  type Effects,
  PathStopped,
  type Position,
  type Runtime,
  type SleepRequest,
  type SteerResult,
  type StopSignal,
} from '../src/journey/runtime';
import { DOUBTS_ARE_NO_ATTEMPTS } from '../src/journey/engine-version';
import type { GraphRef } from '../src/journey/graph-ref';
import type { EnrollmentInput } from './messages';
import type { EnrollmentState, Pause } from '../src/journey/state';
import type { Commands } from './commands';
import { currentDetails, finalDetails, headed, pausedDetails, summaryOf } from './details';
import {
  endAttributes,
  pauseAttributes,
  positionAttributes,
  versionAttributes,
} from './search-attributes';
import type { Trail } from './trail';

/** Signals of one run are limited to 10,000; a fresh history begins long before. */
const SIGNALS_AT_MOST = 1_000;

interface Surroundings {
  readonly input: EnrollmentInput;
  readonly graph: GraphRef;
  bells(): number;
  readonly commands: Commands;
  /** What people call the workflow, and its version. */
  readonly title: string;
  /** What people call a node. */
  nameOf(node: string): string;
  readonly trail: Trail;
  announced(positions: readonly Position[]): void;
  paused(pause: Pause, places: readonly Position[]): void;
}

/** What must go out in the end is tried for days. */
const PATIENT: NonNullable<ActivityOptions['retry']> = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '5m',
};
const LONGEST_RETRY = '72h';

const facts = proxyLocalActivities<Activities['facts']>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export function createTemporalRuntime(around: Surroundings): Runtime {
  const { input, graph, trail, nameOf } = around;
  const { workspaceId, enrollmentId, retries } = input;
  const subject = { workspaceId, enrollmentId, graph, ...(retries ? { retries } : {}) };
  const effects = proxyActivities<EffectActivities>({
    taskQueue: input.options.effectsQueue,
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: LONGEST_RETRY,
    // Moving on in the middle of an attempt would leave a message of unknown fate behind.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const tell = (details: string) => setCurrentDetails(headed(around.title, details));
  const show = (positions: readonly Position[]) => {
    around.announced(positions);
    tell(currentDetails(positions, trail.save(), nameOf));
  };
  return {
    now: () => Date.now(),
    bells: around.bells,
    commandsDue: () => around.commands.due(),
    steer: (state) => steer(around, subject, state),
    sleep,
    ...factCalls(around, subject),
    perform: (effect, { label, retry, ...attempt }, effectInput, stop) =>
      perform(effects, effect, {
        options: activityOptions(label, retry, attempt.timeout),
        input: { ...subject, ...attempt, ...effectInput },
        stop,
        countsDoubts: input.options.engineVersion < DOUBTS_ARE_NO_ATTEMPTS,
      }),
    async finish(request) {
      const result = await facts.finish.executeWithOptions({ summary: 'End the enrollment' }, [
        { ...subject, ...request },
      ]);
      trail.note(request.ended);
      if (input.options.searchAttributes) upsertSearchAttributes(endAttributes(result.status));
      tell(finalDetails(result, request, trail.save(), nameOf));
      return result;
    },
    announceWait: show,
    announce(positions) {
      show(positions);
      if (input.options.searchAttributes && positions.some(({ waitingFor }) => waitingFor)) {
        upsertSearchAttributes(positionAttributes(positions));
      }
    },
    announcePause(pause, places) {
      around.paused(pause, places);
      tell(pausedDetails(pause, places, trail.save(), nameOf));
      if (input.options.searchAttributes) upsertSearchAttributes(pauseAttributes());
    },
    shouldContinue() {
      const { historyLength, continueAsNewSuggested } = workflowInfo();
      return (
        continueAsNewSuggested ||
        historyLength > input.options.historyLimit ||
        around.bells() > SIGNALS_AT_MOST
      );
    },
  };
}

/** Local activities; their summaries name the node and not what it does, which may name tags and lists. */
function factCalls(
  { trail, nameOf }: Surroundings,
  subject: Subject,
): Pick<Runtime, 'advance' | 'findEvent' | 'ask' | 'look'> {
  return {
    async advance(request) {
      const summary = summaryOf(`Go on: ${nameOf(request.from.node)}`);
      const input = { ...subject, ...request };
      const result = await facts.advance.executeWithOptions({ summary }, [input]);
      trail.note(request.ended);
      trail.note(result.taken);
      return result;
    },
    findEvent(search) {
      const summary = summaryOf(`Look for an event: ${nameOf(search.node)}`);
      const input = { ...subject, ...search, at: Date.now() };
      return facts.findEvent.executeWithOptions({ summary }, [input]);
    },
    ask(request) {
      const summary = summaryOf(`Ask: ${nameOf(request.node)}`);
      return facts.ask.executeWithOptions({ summary }, [{ ...subject, ...request }]);
    },
    look(watch, at) {
      const summary = 'Look at goals and exits';
      return facts.look.executeWithOptions({ summary }, [{ ...subject, watch, at }]);
    },
  };
}

async function steer(
  { commands, input }: Surroundings,
  subject: Subject,
  state: EnrollmentState,
): Promise<SteerResult> {
  const request = { ...subject, state, at: Date.now(), ...commands.take() };
  const { outcomes, ...result } = await facts.steer.executeWithOptions(
    { summary: 'Look at commands' },
    [request],
  );
  commands.judged(outcomes);
  const { graph } = result;
  if (graph !== null && input.options.searchAttributes)
    upsertSearchAttributes(versionAttributes(graph.version));
  return result;
}

async function sleep({ until, wake, summary }: SleepRequest): Promise<void> {
  if (until === null) return condition(wake);
  await condition(wake, Math.max(1, until - Date.now()), { summary: summaryOf(summary) });
}

interface Performance<K extends EffectName> {
  readonly options: ActivityOptions;
  readonly input: EffectInput<K>;
  readonly stop: StopSignal;
  /** Whether a doubt uses up attempts, as it did for those who began then. */
  readonly countsDoubts: boolean;
}

async function perform<K extends EffectName>(
  effects: EffectActivities,
  effect: K,
  { options, input, stop, countsDoubts }: Performance<K>,
): Promise<Effects[K]['result']> {
  const scope = new CancellationScope();
  stop.onRequest(() => scope.cancel());
  const activity = effects[effect] as unknown as ActivityWithOptions<K>;
  const began = Date.now();
  for (let asked = 0; ; asked += 1) {
    try {
      return await scope.run(() => activity.executeWithOptions(options, [input]));
    } catch (error) {
      // Stopped in back-off, between two attempts: nothing is under way, the visit is entered again.
      if (isCancellation(error) || isGivenUp(error, options)) throw new PathStopped();
      const code = failureCode(error);
      if (code === OWN_OUTAGE) await rest(scope, OUTAGE_PAUSE_MS, 'Our own database is away');
      else if (!countsDoubts && isDoubt(error, code) && Date.now() - began < DOUBT_AT_MOST_MS)
        await rest(scope, doubtPauseMs(asked), 'Find out what became of it');
      else throw new EffectFailure(code);
    }
  }
}

/** An attempt that was asked to stop while it was under way failed for now: the server makes no other one. */
function isGivenUp(error: unknown, { retry }: ActivityOptions): boolean {
  if (!(error instanceof ActivityFailure) || error.retryState !== RetryState.CANCEL_REQUESTED)
    return false;
  if (retry?.maximumAttempts === 1) return false;
  return !(error.cause instanceof ApplicationFailure && error.cause.nonRetryable === true);
}

/** The attempts of a node's policy are for the other side; an outage of our own uses up none of them. */
const OWN_OUTAGE = 'service.unavailable';
const OUTAGE_PAUSE_MS = 2_000;

/** What says nothing of the other side: it is being asked, or another attempt has taken over. */
const DOUBTS: ReadonlySet<string> = new Set([
  'email.unknown',
  'email.in_doubt',
  'email.look_up_failed',
  'email.superseded',
  'effect.superseded',
]);
/** As long as any effect is tried. */
const DOUBT_AT_MOST_MS = 72 * 3_600_000;
const LONGEST_DOUBT_PAUSE_MS = 60_000;

/** An attempt over its time is one too: its worker died or froze, since a call and a mail end by themselves. */
function isDoubt(error: unknown, code: string): boolean {
  if (DOUBTS.has(code)) return true;
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'START_TO_CLOSE';
}

function doubtPauseMs(asked: number): number {
  return Math.min(OUTAGE_PAUSE_MS * 2 ** Math.min(asked, 10), LONGEST_DOUBT_PAUSE_MS);
}

async function rest(scope: CancellationScope, ms: number, summary: string): Promise<void> {
  try {
    await scope.run(() => pause(ms, { summary }));
  } catch (error) {
    throw isCancellation(error) ? new PathStopped() : error;
  }
}

interface ActivityWithOptions<K extends EffectName> {
  executeWithOptions(options: ActivityOptions, args: [unknown]): Promise<Effects[K]['result']>;
}

/** Linear pauses and jitter are not Temporal's: the activity sets the next pause itself. */
function activityOptions(
  summary: string,
  retry: RetryPolicy | null,
  timeout: number | undefined,
): ActivityOptions {
  return {
    summary: summaryOf(summary),
    ...(timeout === undefined ? {} : { startToCloseTimeout: timeout }),
    retry:
      retry === null
        ? PATIENT
        : {
            maximumAttempts: retry.maxAttempts,
            // The longest pause bounds the first one too.
            initialInterval: Math.max(1, Math.min(retry.initialInterval, retry.maxInterval)),
            maximumInterval: Math.max(1, retry.maxInterval),
            backoffCoefficient: retry.backoff === 'exponential' ? 2 : 1,
          },
  };
}

function failureCode(error: unknown): string {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type ? cause.type : 'effect.timed_out';
}
