/**
 * The interpreter's port over Temporal: timers, activities, search attributes.
 *
 * Invariants:
 * T1. Once a wake-up is computed the timer is made, if only for a millisecond: replay compares the
 *     kind and order of commands, so whether one is made may not depend on a zone database.
 * T2. What crosses as a failure is a code.
 */
import {
  condition,
  proxyLocalActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, Subject } from '../activities/contract';
import type { Position, Runtime, SleepRequest, SteerResult } from '../src/journey/runtime';
import { DOUBTS_ARE_NO_ATTEMPTS } from '../src/journey/engine-version';
import type { GraphRef } from '../src/journey/graph-ref';
import type { EnrollmentInput } from './messages';
import type { EnrollmentState, Pause } from '../src/journey/state';
import type { Commands } from './commands';
import { currentDetails, finalDetails, headed, pausedDetails, summaryOf } from './details';
import { activityOptions, effectActivities, perform } from './perform-effect';
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

const facts = proxyLocalActivities<Activities['facts']>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export function createTemporalRuntime(around: Surroundings): Runtime {
  const { input, graph, trail, nameOf } = around;
  const { workspaceId, enrollmentId, retries } = input;
  const subject = { workspaceId, enrollmentId, graph, ...(retries ? { retries } : {}) };
  const effects = effectActivities(input.options.effectsQueue);
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
