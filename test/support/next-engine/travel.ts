/** The release after this one: its engine looks for goals and exits before anybody moves. */
import type { Graph } from '../../../src/journey/graph';
import type { Runtime } from '../../../src/journey/runtime';
import type { EnrollmentState } from '../../../src/journey/state';
import { travel as before, type Travelled } from '../../../src/journey/travel';

const LOOKS_FIRST = 5;

/** As before for those who began before. */
export async function travel(
  graph: Graph,
  from: EnrollmentState,
  runtime: Runtime,
): Promise<Travelled> {
  if (from.engineVersion >= LOOKS_FIRST)
    await runtime.look({ reached: [], armed: [] }, from.startedAt);
  return before(graph, from, runtime);
}
