/**
 * Effects as activities of Temporal: which failures are final, which are asked about again, which stop a path.
 *
 * Does not own: the claim of an effect, and what an attempt does (`activities/`).
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep as pause,
  TimeoutFailure,
} from '@temporalio/workflow';
import { type ActivityOptions, RetryState } from '@temporalio/common';
import type { EffectActivities, EffectInput } from '../activities/contract';
import type { RetryPolicy } from '../src/journey/retry';
import {
  EffectFailure,
  type EffectName,
  type Effects,
  PathStopped,
  type StopSignal,
} from '../src/journey/runtime';
import type { Clock } from './clock';
import { summaryOf } from './details';

/** What must go out in the end is tried for days. */
const PATIENT: NonNullable<ActivityOptions['retry']> = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '5m',
};
const LONGEST_RETRY = '72h';

/** The effects, as the workers of a queue perform them. */
export function effectActivities(taskQueue: string): EffectActivities {
  return proxyActivities<EffectActivities>({
    taskQueue,
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: LONGEST_RETRY,
    // Moving on in the middle of an attempt would leave a message of unknown fate behind.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

interface Performance<K extends EffectName> {
  readonly clock: Clock;
  readonly options: ActivityOptions;
  readonly input: EffectInput<K>;
  readonly stop: StopSignal;
  /** Whether a doubt uses up attempts, as it did for those who began then. */
  readonly countsDoubts: boolean;
}

/** Performs an effect until it is done. Throws `EffectFailure`, or `PathStopped` when the visit is to be entered again. */
export async function perform<K extends EffectName>(
  effects: EffectActivities,
  effect: K,
  { clock, options, input, stop, countsDoubts }: Performance<K>,
): Promise<Effects[K]['result']> {
  const scope = new CancellationScope();
  stop.onRequest(() => scope.cancel());
  const activity = effects[effect] as unknown as ActivityWithOptions<K>;
  const began = clock.now();
  for (let asked = 0; ; asked += 1) {
    try {
      const result = await scope.run(() => activity.executeWithOptions(options, [input]));
      clock.catchUp();
      return result;
    } catch (error) {
      clock.catchUp();
      // Stopped in back-off, between two attempts: nothing is under way, the visit is entered again.
      if (isCancellation(error) || isGivenUp(error, options)) throw new PathStopped();
      const code = failureCode(error);
      if (code === OWN_OUTAGE) await rest(scope, OUTAGE_PAUSE_MS, 'Our own database is away');
      else if (!countsDoubts && isDoubt(error, code) && clock.now() - began < DOUBT_AT_MOST_MS)
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
export function activityOptions(
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
