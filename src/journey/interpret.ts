/**
 * Walks people through a graph. Knows no node type by name.
 *
 * Owns: the set of paths, their forks and ends, goals racing the whole graph, saving and entering
 * again. Does not own: one path's moves (path.ts), time, facts, effects (the runtime), what a node
 * does (its file).
 *
 * Invariants:
 * I1. Stopping is one operation: every path reaches a safe point, then the state is saved. A path
 *     in the middle of a node keeps its visit and enters `run` again; effects in flight finish.
 * I2. A visit that ended is recorded by the next advance of any path, or by `finish`.
 * I3. Exit beats goal beats wait: both are looked for whenever a path moves on, and once more when
 *     the enrollment ends.
 * I4. Nothing rung is needed to go on: whoever enters again looks all facts up.
 * I5. Paths advance one after the other, so that each visit of a node has a number of its own.
 */
import { MOVES_AT_THE_END } from './engine-version';
import { Forks } from './forks';
import { reroutes } from './goals';
import type { Graph } from './graph';
import type { Instant } from './json';
import { type Ending, type Journey, Path, VISIT_LIMIT } from './path';
import type { EndStatus, EndedVisit, Runtime } from './runtime';
import {
  beginAnew,
  type Cursor,
  cursorAt,
  type EnrollmentState,
  inherit,
  type NodeVisits,
} from './state';
import { Stop } from './stop';
import { Watch } from './watch';

export type Interpretation =
  | { readonly kind: 'ended'; readonly status: EndStatus; readonly goalId: string | null }
  | { readonly kind: 'continue'; readonly state: EnrollmentState };

/** Runs an enrollment from a saved state until it ends, or until the runtime wants a fresh history. */
export async function interpret(
  graph: Graph,
  state: EnrollmentState,
  runtime: Runtime,
): Promise<Interpretation> {
  return new Interpreter(graph, state, runtime).run();
}

/** What a pause of the workflow says about late people is read when it ends. */
const AS_IT_IS = { clock: 'run', late: 'send' } as const;

class Interpreter implements Journey {
  readonly enrollmentId: string;
  readonly startedAt: number;
  readonly stop = new Stop();
  readonly visits: Map<string, NodeVisits>;
  readonly forks: Forks;
  readonly watch: Watch;
  moves = 0;
  #paths: Path[] = [];
  #travels: Promise<void>[] = [];
  #unrecorded: EndedVisit[];
  #started: number;
  #turn: Promise<unknown> = Promise.resolve();
  #ending: Ending | null = null;
  #jump: string | null;
  #heldAt: Instant | null = null;
  /** The paths that the jump takes the place of. */
  #replaced: readonly Cursor[] = [];

  constructor(
    readonly graph: Graph,
    readonly state: EnrollmentState,
    readonly runtime: Runtime,
  ) {
    this.enrollmentId = state.enrollmentId;
    this.startedAt = state.startedAt;
    this.visits = new Map(state.visits);
    this.#unrecorded = [...state.unrecorded];
    this.#started = state.paths;
    this.#jump = state.jump;
    this.forks = new Forks(state.forks, () => this.#open().map(({ cursor }) => cursor));
    this.watch = new Watch(
      {
        graph,
        runtime,
        stop: this.stop,
        moves: () => this.moves,
        jump: (node) => this.#divert(node),
        considerStopping: () => this.considerStopping(),
      },
      state,
    );
  }

  async run(): Promise<Interpretation> {
    const { cursors } = this.state;
    const watching = this.#stopsAfter(this.watch.run(cursors.some(({ entered }) => !entered)));
    // Cancelled from outside, watch and paths fail at once; a failure that nobody hears would block the workflow.
    watching.catch(() => undefined);
    // All of them before the first travels: a join asks who is still under way.
    this.#paths = cursors.map((cursor) => new Path({ ...cursor }, this));
    if (this.#jump !== null) this.#divert(this.#jump);
    else for (const path of this.#paths) this.#start(path);
    try {
      await this.#travelAll();
    } finally {
      this.stop.request();
      await watching;
    }
    // A look that was under way while the paths stopped may have found a goal that moves them.
    this.#followJump();
    if (!this.isEnded() && this.#open().length > 0)
      return { kind: 'continue', state: this.#save() };
    return this.#finish();
  }

  considerStopping(): void {
    const { runtime } = this;
    if (runtime.shouldContinue() || runtime.commandsDue()) this.stop.request();
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  record(ended: EndedVisit): void {
    this.#unrecorded.push(ended);
  }

  takeUnrecorded(): readonly EndedVisit[] {
    return this.#unrecorded.splice(0);
  }

  nextPathId(): string {
    return String(this.#started++);
  }

  spawn(cursor: Cursor, place: (path: Path) => void): void {
    const path = new Path(cursor, this);
    this.#paths.push(path);
    place(path);
    this.#start(path);
  }

  cancel(ids: readonly string[]): void {
    for (const path of this.#open()) if (ids.includes(path.cursor.id)) path.cancel();
  }

  end(ending: Ending): void {
    this.#ending ??= ending;
    this.stop.request();
  }

  hold(): true {
    this.#heldAt ??= this.runtime.now();
    this.stop.request();
    return true;
  }

  announceWait(): void {
    this.runtime.announceWait(this.#open().map((path) => path.position()));
  }

  announce(): void {
    this.runtime.announce(this.#open().map((path) => path.position()));
  }

  #start(path: Path): void {
    this.#travels.push(this.#stopsAfterFailure(path.travel()));
  }

  /** Paths fork and jump while others travel, so the list grows under the loop. */
  async #travelAll(): Promise<void> {
    for (;;) {
      for (let travel = this.#travels.shift(); travel; travel = this.#travels.shift()) await travel;
      this.#jump ??= await this.#lateJump();
      const path = this.#followJump();
      if (path === null) return;
      this.#start(path);
    }
  }

  /** A goal that reroutes must not be overlooked because the last path has just ended. */
  async #lateJump(): Promise<string | null> {
    const { reached } = this.watch.state();
    const mayReroute = this.graph.definition.goals.some(
      ({ id }) => reroutes(this.graph, id) && !reached.includes(id),
    );
    if (!mayReroute || this.stop.requested || this.#open().length > 0) return null;
    const { runtime } = this;
    const heard = this.watch.rung();
    this.watch.note(await runtime.look(this.watch.state(), runtime.now()), heard);
    return this.#jump;
  }

  /** Puts one path in the place of all that a goal took away; they travel no more. Null without a jump. */
  #followJump(): Path | null {
    const node = this.#jump;
    if (node === null || this.isEnded()) return null;
    this.#jump = null;
    // One that had stopped before it was cancelled has not seen that.
    for (const path of this.#open()) path.abandon();
    const at = this.runtime.now();
    const cursor = cursorAt(this.nextPathId(), node, 1, at);
    for (const replaced of this.#replaced) inherit(cursor, replaced);
    const path = new Path(cursor, this);
    this.#paths.push(path);
    path.enterAt(node, at);
    return path;
  }

  #divert(node: string): void {
    this.#jump = node;
    const open = this.#open();
    this.#replaced = (open.length > 0 ? open : this.#paths).map(({ cursor }) => cursor);
    for (const path of this.#open()) path.cancel();
  }

  #open(): readonly Path[] {
    return this.#paths.filter((path) => !path.over);
  }

  isEnded(): boolean {
    const { achieved, closed, exit } = this.watch;
    return closed || achieved !== null || exit !== null || this.#ending !== null;
  }

  /** A failure of the watch must stop the paths, or the journey would wait for ever beside it. */
  async #stopsAfter(watch: Promise<void>): Promise<void> {
    try {
      await watch;
    } finally {
      this.stop.request();
    }
  }

  async #stopsAfterFailure(travel: Promise<void>): Promise<void> {
    try {
      await travel;
    } catch (error) {
      this.stop.request();
      throw error;
    }
  }

  #save(): EnrollmentState {
    const { armed } = this.watch.state();
    return {
      ...this.state,
      cursors: this.#open().map(({ cursor }) => cursor),
      visits: [...this.visits],
      forks: this.forks.save(),
      paths: this.#started,
      unrecorded: this.#unrecorded,
      jump: null,
      pause: this.#heldAt === null ? null : { by: 'workflow', since: this.#heldAt, ...AS_IT_IS },
      goals: this.watch.goals,
      armed,
    };
  }

  /** Where to go on when the node that failed is tried again: everybody begins her node anew. */
  #resumable({ code, cursor }: Ending): EnrollmentState | null {
    if (code === VISIT_LIMIT) return null;
    const state = this.#save();
    const [visits, at] = [new Map(state.visits), this.runtime.now()];
    const cursors = [...state.cursors, cursor].map((each) =>
      beginAnew(each, each.node, visits, at),
    );
    return { ...state, cursors, visits: [...visits], unrecorded: [] };
  }

  async #finish(): Promise<Interpretation> {
    const { watch } = this;
    const ending = this.#ending;
    const exited = watch.exit ?? (ending?.status === 'exited' ? ending.code : null);
    const failed = ending?.status === 'failed' ? ending : null;
    const status = this.#status(exited, failed);
    const result = await this.runtime.finish({
      at: this.runtime.now(),
      ended: this.takeUnrecorded(),
      status,
      goalId: (watch.achieved ?? watch.goals.at(-1))?.goalId ?? null,
      reason: exited,
      watch: watch.state(),
      ...(this.state.engineVersion >= MOVES_AT_THE_END ? { mayMove: true } : {}),
      error: status === 'failed' && failed ? { code: failed.code, node: failed.node } : null,
      resume: status === 'failed' && failed ? this.#resumable(failed) : null,
    });
    if (result.moved === undefined) return { kind: 'ended', ...result };
    watch.note(result.moved, watch.rung());
    this.#followJump();
    return { kind: 'continue', state: this.#save() };
  }

  /** For a journey that was closed already this is a mere guess; the row knows, and `finish` answers it. */
  #status(exited: string | null, failed: Ending | null): EndStatus {
    if (this.watch.closed) return 'cancelled';
    if (exited !== null) return 'exited';
    if (this.watch.achieved !== null) return 'goal_reached';
    return failed === null ? 'completed' : 'failed';
  }
}
