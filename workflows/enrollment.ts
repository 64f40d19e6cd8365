/** One contact's passage through one version: messages, the interpreter, and a fresh history in time. */
import { allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import { ENGINE_VERSION, HAS_A_CLOCK } from '../src/journey/engine-version';
import { indexGraph } from '../src/journey/graph';
import type { Position } from '../src/journey/runtime';
import { initialState, type Pause } from '../src/journey/state';
import { travel } from '../src/journey/travel';
import { Clock, TaskClock } from './clock';
import { Commands } from './commands';
import {
  type Doorbell,
  doorbell,
  type EnrollmentInput,
  type EnrollmentResult,
  type GraphPayload,
  stateQuery,
} from './messages';
import { createTemporalRuntime } from './temporal-runtime';
import { Trail } from './trail';

export async function enrollment(
  input: EnrollmentInput,
  graphPayload: GraphPayload,
): Promise<EnrollmentResult> {
  // Message-handling. Handlers come before the first await: a signal without one is lost when the
  // workflow continues as new. They only count, so that none can fail the workflow.
  let bells = 0;
  const { engineVersion } = input.options;
  const clock = engineVersion < HAS_A_CLOCK ? new TaskClock() : new Clock();
  const commands = new Commands(input.state !== null, clock);
  let positions: readonly Position[] = [];
  let pause: Pause | null = null;
  const ring = (bell: Doorbell | undefined) => {
    bells += 1;
    clock.catchUp();
    // Anybody can signal from the Web UI, without arguments too.
    if (bell?.kind === 'command') commands.ring();
  };
  setHandler(doorbell, ring, { description: 'Have her look whether there is anything new' });
  setHandler(stateQuery, () => ({ startedAt: input.startedAt, positions, bells, pause }), {
    description: 'Where she is, what she waits for, and whether she is paused',
  });

  // Main workflow logic.
  // No failure of the workflow: its task is tried again until a worker knows the engine.
  if (engineVersion > ENGINE_VERSION)
    throw new Error(
      `Engine ${engineVersion} is newer than this worker, which knows ${ENGINE_VERSION}.`,
    );
  const { $graph, definition } = graphPayload;
  if (definition === undefined) throw new Error('The worker runs without the graph codec.');
  const graph = indexGraph(definition);
  const trail = new Trail(input.trail);
  const runtime = createTemporalRuntime({
    input,
    graph: $graph,
    clock,
    bells: () => bells,
    commands,
    title: `${definition.name}, version ${$graph.version}`,
    nameOf: (node) => graph.node(node).label,
    trail,
    announced: (current) => {
      positions = current;
      pause = null;
    },
    paused: (current, places) => {
      pause = current;
      positions = places;
    },
  });
  const { enrollmentId, startedAt } = input;
  const state = input.state ?? initialState(enrollmentId, graph.entry, startedAt, engineVersion);
  const result = await travel(graph, state, runtime);
  // An update that nobody answers would be lost with the run.
  await condition(allHandlersFinished);
  if (result.kind === 'ended') return { status: result.status, goalId: result.goalId };
  const next = { ...input, state: result.state, trail: trail.save() };
  return continueAsNew<typeof enrollment>(next, { $graph: result.graph ?? $graph });
}
