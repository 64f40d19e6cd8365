/**
 * Walks people through a graph. Knows no node type by name.
 *
 * Owns: the set of paths, their moves, goals racing the whole graph, saving and entering again.
 * Does not own: time, facts, effects (the runtime), what a node does (its file).
 *
 * Invariants:
 * I1. Stopping is one operation: every path reaches a safe point, then the state is saved. A path
 *     in the middle of a node keeps its visit and enters `run` again; effects in flight finish.
 * I2. A visit that ended is recorded by the next advance of its path, or by `finish`.
 * I3. Exit beats goal beats wait: after any wake-up the goal is looked for before paths go on to
 *     end the enrollment.
 * I4. Nothing rung is needed to go on: whoever enters again looks all facts up.
 */
import type { Graph } from './graph';
import { createGoalWatch } from './goal-watch';
import { Path } from './path';
import type { EndStatus, EndedVisit, Ending, FinishRequest, Runtime } from './runtime';
import type { EnrollmentState, NodeVisits } from './state';
import { Stop } from './stop';

export type Interpretation =
  | { readonly kind: 'ended'; readonly status: EndStatus; readonly goalId: string | null }
  | { readonly kind: 'continue'; readonly state: EnrollmentState };

/** Runs an enrollment from a saved state until it ends, or until the runtime wants a fresh history. */
export async function interpret(
  graph: Graph,
  state: EnrollmentState,
  runtime: Runtime,
): Promise<Interpretation> {
  const journey = new Journey(graph, state, runtime);
  return journey.run();
}

class Journey {
  readonly #stop = new Stop();
  readonly #visits: Map<string, NodeVisits>;
  readonly #paths: Path[];
  readonly #unrecorded: EndedVisit[];

  constructor(
    readonly graph: Graph,
    readonly state: EnrollmentState,
    readonly runtime: Runtime,
  ) {
    this.#visits = new Map(state.visits);
    this.#unrecorded = [...state.unrecorded];
    this.#paths = state.cursors.map(
      (cursor) =>
        new Path({ ...cursor }, { graph, state, runtime, stop: this.#stop, visits: this.#visits }),
    );
  }

  async run(): Promise<Interpretation> {
    const goals = createGoalWatch(this.graph, this.runtime, this.#stop);
    const watching = this.#watch(goals.watch());
    // Cancelled from outside, watch and paths fail at once; a failure that nobody hears would block the workflow.
    watching.catch(() => undefined);
    await Promise.all(this.#paths.map((path) => this.#travel(path, goals.reach)));
    this.#stop.request();
    await watching;
    const failed = this.#paths.find((path) => path.failure !== null)?.failure ?? null;
    if (goals.reached === null && failed === null && this.#paths.some((path) => !path.over)) {
      return { kind: 'continue', state: this.#save() };
    }
    return this.#finish(goals.reached, failed);
  }

  /** A failure of the watch must stop the paths, or the journey would wait for ever beside it. */
  async #watch(watch: Promise<void>): Promise<void> {
    try {
      await watch;
    } finally {
      this.#stop.request();
    }
  }

  async #travel(path: Path, reach: (ending: Ending) => void): Promise<void> {
    try {
      await path.travel(() => this.#announce());
    } catch (error) {
      this.#stop.request();
      throw error;
    }
    if (path.goal !== null) reach(path.goal);
    if (path.goal !== null || path.failure !== null) this.#stop.request();
    if (path.over && path.cursor.ended !== null) this.#unrecorded.push(path.cursor.ended);
  }

  #announce(): void {
    const open = this.#paths.filter((path) => !path.over);
    this.runtime.announce(open.map((path) => path.position()));
  }

  #save(): EnrollmentState {
    return {
      ...this.state,
      cursors: this.#paths.filter((path) => !path.over).map((path) => path.cursor),
      visits: [...this.#visits],
      unrecorded: this.#unrecorded,
    };
  }

  async #finish(ending: Ending | null, failure: Path['failure']): Promise<Interpretation> {
    const status = endStatus(ending, failure);
    const ended = this.#paths
      .filter((path) => !path.over && path.cursor.ended !== null)
      .map((path) => path.cursor.ended as EndedVisit);
    const request: FinishRequest = {
      at: this.runtime.now(),
      ended: [...this.#unrecorded, ...ended],
      status,
      goalId: ending?.goalId ?? null,
      reason: status === 'exited' ? (failure?.code ?? null) : null,
      error: status === 'failed' && failure ? { code: failure.code, node: failure.node } : null,
    };
    return { kind: 'ended', ...(await this.runtime.finish(request)) };
  }
}

/** For a journey that was closed already this is a mere guess; the row knows, and `finish` answers it. */
function endStatus(ending: Ending | null, failure: Path['failure']): EndStatus {
  if (ending?.goalId === null) return 'cancelled';
  if (failure?.exit) return 'exited';
  if (ending !== null) return 'goal_reached';
  return failure === null ? 'completed' : 'failed';
}
