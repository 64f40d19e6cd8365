/** One path through the graph: from node to node, until it ends, forks, merges or is asked to stop. */
import { asOutcome, LATE, type Left } from './forced-end';
import type { Forks } from './forks';
import { type Graph, waitOf, type Way } from './graph';
import type { RunNodeType } from './node-type';
import { positionOf } from './position';
import { createRunContext } from './run-context';
import {
  EffectFailure,
  type EndedVisit,
  PathStopped,
  type Position,
  type Runtime,
  type TakenDecision,
} from './runtime';
import type { Cursor, NodeVisits } from './state';
import type { Stop } from './stop';
import { nodesAhead } from './walk';
import type { Watch } from './watch';

/** Why a path took the whole enrollment with it. */
export interface Ending {
  readonly status: 'failed' | 'exited';
  readonly code: string;
  readonly node: string;
  /** The path that it happened to. */
  readonly cursor: Cursor;
}

/** The enrollment that a path is part of. */
export interface Journey {
  readonly graph: Graph;
  readonly runtime: Runtime;
  readonly enrollmentId: string;
  readonly startedAt: number;
  readonly stop: Stop;
  readonly visits: Map<string, NodeVisits>;
  readonly forks: Forks;
  readonly watch: Watch;
  considerStopping(): void;
  /** How often a path has moved on: what it wrote on its way rings no bell, variables above all. */
  moves: number;
  /** Runs work after that of other paths, one at a time. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Keeps the end of a visit for the next advance. */
  record(ended: EndedVisit): void;
  takeUnrecorded(): readonly EndedVisit[];
  nextPathId(): string;
  /** Adds a path; `place` puts it on its first node before it travels. */
  spawn(cursor: Cursor, place: (path: Path) => void): void;
  cancel(pathIds: readonly string[]): void;
  end(ending: Ending): void;
  /** Stops all paths where they are, since the whole workflow is paused; always true. */
  hold(): true;
  /** Whether the enrollment is over, however far its paths are. */
  isEnded(): boolean;
  announce(): void;
  /** Tells again where everybody is, once an answer has said until when somebody waits. */
  announceWait(): void;
}

/** A node was visited too often; trying it again would be once more. */
export const VISIT_LIMIT = 'step.visit_limit';

export class Path {
  over = false;
  readonly #stop: Stop;
  #cancelled = false;

  constructor(
    readonly cursor: Cursor,
    private readonly journey: Journey,
  ) {
    this.#stop = journey.stop.child();
  }

  /** Takes the path off the graph at its next safe point. */
  cancel(): void {
    this.#cancelled = true;
    this.#stop.request();
  }

  /** Travels until the path is over, was cancelled, or the enrollment stops at a safe point. */
  async travel(): Promise<void> {
    while (!this.over && !this.#cancelled) {
      this.journey.considerStopping();
      if (!this.cursor.entered) {
        if (await this.journey.inTurn(() => this.#advance())) break;
        continue;
      }
      if (this.#stop.requested) break;
      this.journey.announce();
      const outcome = await this.#runNode();
      if (outcome === null) break;
      await this.journey.inTurn(async () => this.#leave(outcome));
    }
    if (this.#cancelled && !this.over) this.abandon();
  }

  position(): Position {
    return positionOf(this.journey.graph, this.cursor);
  }

  /** Puts the path before a node, unless it is merged into the one that holds a join. */
  enterAt(target: string, at: number): void {
    const { visits, graph, forks } = this.journey;
    const { cursor } = this;
    const joins = graph.node(target).type.joins !== undefined;
    // A path cancelled while it took its decisions visits no join any more.
    if (joins && (this.#cancelled || forks.arrive(cursor) === 'merged')) {
      this.over = true;
      return;
    }
    const before = visits.get(target);
    const count = (before?.count ?? 0) + 1;
    visits.set(target, { count, latest: before?.latest ?? null });
    Object.assign(cursor, {
      node: target,
      visit: count,
      entered: false,
      startedAt: at,
      anchor: at,
      until: null,
      memory: {},
    });
    delete cursor.forced;
    if (count > graph.definition.settings.visitLimit) {
      this.#endJourney({ status: 'failed', code: VISIT_LIMIT, node: target });
    }
  }

  /** True when the enrollment goes on elsewhere, or not at all. */
  async #advance(): Promise<boolean> {
    if (this.#cancelled || this.journey.isEnded()) return true;
    const { runtime, graph, watch } = this.journey;
    const { cursor } = this;
    const [at, heard] = [runtime.now(), watch.rung()];
    const result = await runtime.advance({
      ended: this.journey.takeUnrecorded(),
      from: { node: cursor.node, visit: cursor.visit },
      visits: this.#visitsAhead(),
      at,
      watch: watch.state(),
    });
    if (watch.note(result.watch, heard)) return true;
    if (result.held === true) return this.journey.hold();
    if (result.taken.length > 0) this.journey.moves += 1;
    for (const decision of result.taken) this.#follow(decision, at);
    if (this.over) return false;
    const { type } = graph.node(cursor.node);
    if (type.joins !== undefined && result.taken.length > 0) return false;
    if (type.kind === 'decision') throw new Error(`The walk stopped at "${cursor.node}".`);
    cursor.entered = true;
    cursor.startedAt = at;
    cursor.anchor = at;
    if (type.waiting !== undefined && type.kind === 'flow') delete cursor.quiet;
    this.#begun(at);
    return false;
  }

  /** The visit is a fact now. Another path may have been put before the node meanwhile. */
  #begun(at: number): void {
    const { visits } = this.journey;
    const { node, visit } = this.cursor;
    const count = Math.max(visit, visits.get(node)?.count ?? 0);
    visits.set(node, { count, latest: { visit, startedAt: at } });
  }

  #follow(decision: TakenDecision, at: number): void {
    if (decision.node !== this.cursor.node || decision.visit !== this.cursor.visit) {
      throw new Error(`A decision of "${decision.node}" was answered at "${this.cursor.node}".`);
    }
    this.#begun(at);
    this.#go(this.journey.graph.way(decision.node, decision.port), decision.reason, at);
  }

  /** Null when the path was stopped in the middle; the visit is entered again later. */
  async #runNode(): Promise<Left | null> {
    const { graph, runtime, visits, watch, forks, enrollmentId, startedAt } = this.journey;
    const { cursor } = this;
    const node = graph.node(cursor.node);
    const forced = cursor.quiet && node.type.writesToContact ? LATE : cursor.forced;
    if (forced !== undefined) return asOutcome(forced);
    const need = node.type.joins?.(node.config) ?? 'all';
    const context = createRunContext({
      enrollmentId,
      startedAt,
      label: this.position().label,
      node,
      cursor,
      runtime,
      stop: this.#stop,
      visitsOf: (id) => visits.get(id),
      isEffect: (id) => graph.node(id).type.kind === 'effect',
      watchState: () => watch.state(),
      joined: () => forks.isJoined(cursor, need),
      moves: () => this.journey.moves,
      waits: () => {
        if (waitOf(node, cursor.anchor)?.until == null) this.journey.announceWait();
      },
      considerStopping: () => this.journey.considerStopping(),
    });
    try {
      return { ...(await (node.type as RunNodeType).run(node.config, context)), failed: false };
    } catch (error) {
      if (error instanceof PathStopped) return null;
      if (error instanceof EffectFailure) {
        return { port: 'error', reason: { code: error.code }, failed: true };
      }
      throw error;
    }
  }

  #leave(outcome: Left): void {
    const { cursor } = this;
    const { graph, forks, runtime } = this.journey;
    const { node, visit } = cursor;
    const { port, reason, output } = outcome;
    const failed = outcome.failed || port === 'error';
    this.#record(outcome.status ?? (failed ? 'failed' : 'completed'), port, reason.code, output);
    if (graph.node(node).type.joins !== undefined) this.journey.cancel(forks.close(cursor));
    if (outcome.exits) return this.#endJourney({ status: 'exited', code: reason.code, node });
    if (outcome.forks !== undefined) return this.#fork(`${node}:${visit}`, outcome.forks);
    this.#go(graph.way(node, port), reason.code, runtime.now());
  }

  #go(way: Way, code: string, at: number): void {
    const { node } = this.cursor;
    if (way.to === 'node') this.enterAt(way.id, at);
    else if (way.to === 'end') this.over = true;
    else this.#endJourney({ status: way.to, code, node });
  }

  #fork(id: string, ports: readonly string[]): void {
    const { graph, forks, runtime } = this.journey;
    const { cursor } = this;
    this.over = true;
    forks.open(id, ports.length);
    for (const [branch, port] of ports.entries()) {
      const way = graph.way(cursor.node, port);
      if (way.to !== 'node') continue;
      const places = [...cursor.forks, { fork: id, branch }];
      this.journey.spawn({ ...cursor, id: this.journey.nextPathId(), forks: places }, (path) =>
        path.enterAt(way.id, runtime.now()),
      );
    }
  }

  #endJourney(ending: Omit<Ending, 'cursor'>): void {
    this.over = true;
    this.journey.end({ ...ending, cursor: this.cursor });
  }

  /** A cancelled path leaves its visit, if one had begun. For paths that travel no more. */
  abandon(): void {
    if (this.cursor.entered) this.#record('cancelled', null, 'path.cancelled');
    this.over = true;
  }

  #record(
    status: EndedVisit['status'],
    port: string | null,
    reason: string,
    output?: EndedVisit['output'],
  ): void {
    const { node, visit } = this.cursor;
    const at = this.journey.runtime.now();
    const ended = { node, visit, at, status, port, reason };
    this.journey.record(output === undefined ? ended : { ...ended, output });
  }

  #visitsAhead(): (readonly [string, number])[] {
    const { graph, visits } = this.journey;
    return [...nodesAhead(graph, this.cursor.node)].flatMap((id) => {
      const count = visits.get(id)?.count ?? 0;
      return count === 0 ? [] : [[id, count] as const];
    });
  }
}
