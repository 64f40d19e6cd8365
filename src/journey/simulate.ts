/**
 * Runs a journey on virtual time, through the same interpreter, with no side effects.
 *
 * Owns: entering again with the saved state. Does not own: time (virtual-clock.ts), what the world looks like
 * (simulated-world.ts), judging (evaluators), walking (interpret.ts).
 */
import type { Graph } from './graph';
import { SimulatedWorld } from './simulated-world';
import type { Simulation, SimulationInput } from './simulation';
import { type EnrollmentState, initialState } from './state';
import { travel } from './travel';
import { VirtualClock } from './virtual-clock';

/** Runs to the end, or until the journey waits for something that never comes. */
export async function simulate(graph: Graph, input: SimulationInput): Promise<Simulation> {
  const clock = new VirtualClock(input);
  const world = new SimulatedWorld(graph, input, clock);
  clock.onScript = (entry) => world.happens(entry);
  let state: EnrollmentState = initialState(world.enrollmentId, graph.entry, input.startAt);
  for (;;) {
    const running = travel(graph, state, world);
    const result = await clock.drive(running);
    if (result === null) return world.report('waiting');
    if (result.kind === 'ended') return world.report(result.status);
    // What a history would carry is JSON; anything else in the state must show here.
    state = JSON.parse(JSON.stringify(result.state)) as EnrollmentState;
    world.continued();
  }
}
