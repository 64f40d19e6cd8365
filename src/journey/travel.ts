/**
 * An enrollment from a saved state on, with what operators do to it in between.
 *
 * Owns: entering again after a command, and standing still while paused. Does not own: walking
 * (interpret.ts), what a command does (steer.ts).
 *
 * Invariants:
 * E1. A command is looked up whenever its bell has rung, and once whenever a saved state is entered: the bell may
 *     have rung in the history before.
 * E2. No history ends with a command that was heard and not looked up.
 */
import type { Graph } from './graph';
import type { GraphRef } from './graph-ref';
import { type Interpretation, interpret } from './interpret';
import { positionOf } from './position';
import type { Runtime } from './runtime';
import type { EnrollmentState } from './state';

export type Travelled =
  | Exclude<Interpretation, { kind: 'continue' }>
  /** To go on with a fresh history; in another version where `graph` says so. */
  | { readonly kind: 'continue'; readonly state: EnrollmentState; readonly graph: GraphRef | null };

/** Travels until the enrollment ends, must go on in another version, or wants a fresh history. */
export async function travel(
  graph: Graph,
  from: EnrollmentState,
  runtime: Runtime,
): Promise<Travelled> {
  let state = from;
  for (;;) {
    while (runtime.commandsDue()) {
      const answer = await runtime.steer(state);
      state = answer.state;
      if (answer.graph !== null) return { kind: 'continue', state, graph: answer.graph };
    }
    if (state.pause === null) {
      const result = await interpret(graph, state, runtime);
      // Whoever waits for an answer to a command learns that it came too late.
      if (result.kind === 'ended') {
        while (runtime.commandsDue()) await runtime.steer(state);
        return result;
      }
      state = result.state;
    } else {
      const places = state.cursors.map((cursor) => positionOf(graph, cursor));
      runtime.announcePause(state.pause, places);
      await runtime.sleep({
        until: null,
        wake: () => runtime.commandsDue() || runtime.shouldContinue(),
        summary: 'Paused',
      });
    }
    if (runtime.shouldContinue() && !runtime.commandsDue())
      return { kind: 'continue', state, graph: null };
  }
}
