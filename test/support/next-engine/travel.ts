/** The release after this one: its engine looks for goals and exits before anybody moves. */
import type { Graph } from '../../../src/journey/graph';
import type { Runtime } from '../../../src/journey/runtime';
import type { EnrollmentState } from '../../../src/journey/state';
import { travel as before, type Travelled } from '../../../src/journey/travel';
import { ENGINE_VERSION } from './engine-version';

/** As before for those who began before. */
export async function travel(
  graph: Graph,
  from: EnrollmentState,
  runtime: Runtime,
): Promise<Travelled> {
  if (from.engineVersion >= ENGINE_VERSION)
    await runtime.look({ reached: [], armed: [] }, from.startedAt);
  return before(graph, from, runtime);
}
