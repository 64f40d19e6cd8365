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
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Subject } from '../activities/contract';
import type { Position, Runtime, SleepRequest, SteerResult } from '../src/journey/runtime';
import {
  DOUBTS_ARE_NO_ATTEMPTS,
  FACTS_TAKE_TURNS,
  HAS_A_CLOCK,
} from '../src/journey/engine-version';
import type { GraphRef } from '../src/journey/graph-ref';
import type { EnrollmentInput } from './messages';
import type { EnrollmentState, Pause } from '../src/journey/state';
import type { Clock } from './clock';
import type { Commands } from './commands';
import { currentDetails, finalDetails, headed, pausedDetails, summaryOf } from './details';
import { callFact, type FactCall, timedFactCall } from './fact-calls';
import { factCallInTurn } from './fact-turns';
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
  readonly clock: Clock;
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

export function createTemporalRuntime(around: Surroundings): Runtime {
  const { input, graph, clock, trail, nameOf } = around;
  const { workspaceId, enrollmentId, retries } = input;
  const subject = { workspaceId, enrollmentId, graph, ...(retries ? { retries } : {}) };
  const { engineVersion } = input.options;
  const fact = factCallOf(engineVersion, clock);
  const effects = effectActivities(input.options.effectsQueue);
  const tell = (details: string) => setCurrentDetails(headed(around.title, details));
  const show = (positions: readonly Position[]) => {
    around.announced(positions);
    tell(currentDetails(positions, trail.save(), nameOf));
  };
  return {
    now: () => clock.now(),
    bells: around.bells,
    commandsDue: () => around.commands.due(),
    steer: (state) => steer(around, fact, subject, state),
    sleep: (request) => sleep(clock, request),
    ...factCalls(around, fact, subject),
    perform: (effect, { label, retry, ...attempt }, effectInput, stop) =>
      perform(effects, effect, {
        clock,
        options: activityOptions(label, retry, attempt.timeout),
        input: { ...subject, ...attempt, ...effectInput },
        stop,
        countsDoubts: engineVersion < DOUBTS_ARE_NO_ATTEMPTS,
      }),
    async finish(request) {
      const result = await fact('finish', 'End the enrollment', { ...subject, ...request });
      trail.note(request.ended);
      if (result.moved !== undefined) return result;
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

function factCallOf(engineVersion: number, clock: Clock): FactCall {
  if (engineVersion < HAS_A_CLOCK) return callFact;
  return engineVersion < FACTS_TAKE_TURNS ? timedFactCall(clock) : factCallInTurn(clock);
}

/** Local activities; their summaries name the node and not what it does, which may name tags and lists. */
function factCalls(
  { clock, trail, nameOf }: Surroundings,
  fact: FactCall,
  subject: Subject,
): Pick<Runtime, 'advance' | 'findEvent' | 'ask' | 'look'> {
  return {
    async advance(request) {
      const summary = summaryOf(`Go on: ${nameOf(request.from.node)}`);
      const result = await fact('advance', summary, { ...subject, ...request });
      trail.note(request.ended);
      trail.note(result.taken);
      return result;
    },
    findEvent(search) {
      const summary = summaryOf(`Look for an event: ${nameOf(search.node)}`);
      return fact('findEvent', summary, { ...subject, ...search, at: clock.now() });
    },
    ask(request) {
      const summary = summaryOf(`Ask: ${nameOf(request.node)}`);
      return fact('ask', summary, { ...subject, ...request });
    },
    look(watch, at) {
      return fact('look', 'Look at goals and exits', { ...subject, watch, at });
    },
  };
}

async function steer(
  { clock, commands, input }: Surroundings,
  fact: FactCall,
  subject: Subject,
  state: EnrollmentState,
): Promise<SteerResult> {
  const request = { ...subject, state, at: clock.now(), ...commands.take() };
  const { outcomes, ...result } = await fact('steer', 'Look at commands', request);
  commands.judged(outcomes);
  const { graph } = result;
  if (graph !== null && input.options.searchAttributes)
    upsertSearchAttributes(versionAttributes(graph.version));
  return result;
}

async function sleep(clock: Clock, { until, wake, summary }: SleepRequest): Promise<void> {
  if (until === null) return condition(wake);
  const pause = Math.max(1, until - Date.now());
  const woken = await condition(wake, pause, { summary: summaryOf(summary) });
  if (!woken) clock.catchUp();
}
