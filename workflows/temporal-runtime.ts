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
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, EffectActivities } from '../activities/contract';
import {
  EffectFailure,
  type EffectName,
  type Effects,
  PathStopped,
  type Position,
  type Runtime,
  type SleepRequest,
  type StopSignal,
  type VisitKey,
} from '../src/journey/runtime';
import type { GraphRef } from '../src/journey/graph-ref';
import type { EnrollmentInput } from './messages';
import { currentDetails } from './details';
import { endAttributes, positionAttributes } from './search-attributes';

/** Signals of one run are limited to 10,000; a fresh history begins long before. */
const SIGNALS_AT_MOST = 1_000;

interface Surroundings {
  readonly input: EnrollmentInput;
  readonly graph: GraphRef;
  bells(): number;
  commands(): number;
  announced(positions: readonly Position[]): void;
}

const facts = proxyLocalActivities<Activities['facts']>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export function createTemporalRuntime(around: Surroundings): Runtime {
  const { input, graph } = around;
  const subject = { workspaceId: input.workspaceId, enrollmentId: input.enrollmentId, graph };
  const effects = proxyActivities<EffectActivities>({
    taskQueue: input.options.effectsQueue,
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: '72h',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
    // Moving on in the middle of an attempt would leave a message of unknown fate behind.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  return {
    now: () => Date.now(),
    bells: around.bells,
    commands: around.commands,
    sleep,
    advance: (request) => facts.advance({ ...subject, ...request }),
    findEvent: (search) => facts.findEvent({ ...subject, ...search, at: Date.now() }),
    findGoal: (at) => facts.findGoal({ ...subject, at }),
    perform: (effect, visit, effectInput, stop) =>
      perform(effects, effect, { ...subject, ...visit, ...effectInput }, stop),
    async finish(request) {
      const result = await facts.finish({ ...subject, ...request });
      if (input.options.searchAttributes) upsertSearchAttributes(endAttributes(result.status));
      setCurrentDetails(currentDetails([], result));
      return result;
    },
    announce(positions) {
      around.announced(positions);
      setCurrentDetails(currentDetails(positions, null));
      if (input.options.searchAttributes && positions.some(({ waitingFor }) => waitingFor)) {
        upsertSearchAttributes(positionAttributes(positions));
      }
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

async function sleep({ until, wake, summary }: SleepRequest): Promise<void> {
  if (until === null) return condition(wake);
  await condition(wake, Math.max(1, until - Date.now()), { summary });
}

async function perform<K extends EffectName>(
  effects: EffectActivities,
  effect: K,
  input: Parameters<EffectActivities[K]>[0] & VisitKey & { readonly label: string },
  stop: StopSignal,
): Promise<Effects[K]['result']> {
  const scope = new CancellationScope();
  stop.onRequest(() => scope.cancel());
  const { label, ...rest } = input;
  const activity = effects[effect] as unknown as SummarizedActivity<K>;
  try {
    return await scope.run(() => activity.executeWithOptions({ summary: label }, [rest]));
  } catch (error) {
    // Stopped in back-off, between two attempts: nothing is under way, the visit is entered again.
    if (isCancellation(error)) throw new PathStopped();
    throw new EffectFailure(failureCode(error));
  }
}

interface SummarizedActivity<K extends EffectName> {
  executeWithOptions(options: { summary: string }, args: [unknown]): Promise<Effects[K]['result']>;
}

function failureCode(error: unknown): string {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type ? cause.type : 'effect.timed_out';
}
