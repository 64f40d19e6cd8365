/** One contact's passage through one version: messages, the interpreter, and a fresh history in time. */
import { continueAsNew, setHandler } from '@temporalio/workflow';
import { indexGraph } from '../src/journey/graph';
import { interpret } from '../src/journey/interpret';
import type { Position } from '../src/journey/runtime';
import { initialState } from '../src/journey/state';
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
  let commands = 0;
  let positions: readonly Position[] = [];
  setHandler(doorbell, (bell: Doorbell | undefined) => {
    bells += 1;
    // Anybody can signal from the Web UI, without arguments too.
    if (bell?.kind === 'command') commands += 1;
  });
  setHandler(stateQuery, () => ({ startedAt: input.startedAt, positions, bells }));

  // Main workflow logic.
  const { $graph, definition } = graphPayload;
  if (definition === undefined) throw new Error('The worker runs without the graph codec.');
  const graph = indexGraph(definition);
  const trail = new Trail(input.trail);
  const runtime = createTemporalRuntime({
    input,
    graph: $graph,
    bells: () => bells,
    commands: () => commands,
    nameOf: (node) => graph.node(node).label,
    trail,
    announced: (current) => {
      positions = current;
    },
  });
  const state = input.state ?? initialState(input.enrollmentId, graph.entry, input.startedAt);
  const result = await interpret(graph, state, runtime);
  if (result.kind === 'ended') return { status: result.status, goalId: result.goalId };
  const next = { ...input, state: result.state, trail: trail.save() };
  return continueAsNew<typeof enrollment>(next, { $graph });
}
