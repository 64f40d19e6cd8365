/** One path through the graph: from node to node, until it ends, fails, or is asked to stop. */
import type { Graph } from './graph';
import type { Outcome, RunNodeType } from './node-type';
import { createRunContext } from './run-context';
import {
  EffectFailure,
  type Ending,
  PathStopped,
  type Position,
  type Runtime,
  type TakenDecision,
} from './runtime';
import type { Cursor, EnrollmentState, NodeVisits } from './state';
import type { Stop } from './stop';
import { nodesAhead } from './walk';

interface Surroundings {
  readonly graph: Graph;
  readonly state: EnrollmentState;
  readonly runtime: Runtime;
  readonly stop: Stop;
  /** Shared by all paths of an enrollment. */
  readonly visits: Map<string, NodeVisits>;
}

/** Why a path took the whole enrollment with it. */
export interface PathFailure {
  readonly code: string;
  readonly node: string;
  /** Whether the settings turn the failure into an exit. */
  readonly exit: boolean;
}

export class Path {
  over = false;
  failure: PathFailure | null = null;
  goal: Ending | null = null;

  constructor(
    readonly cursor: Cursor,
    private readonly around: Surroundings,
  ) {}

  /** Travels until the path is over, has failed, met a goal, or stopped at a safe point. */
  async travel(moved: () => void): Promise<void> {
    while (!this.over && this.failure === null) {
      if (this.around.runtime.shouldContinue()) this.around.stop.request();
      if (!this.cursor.entered) {
        await this.#advance();
        if (this.goal !== null) return;
        continue;
      }
      if (this.around.stop.requested) return;
      moved();
      const outcome = await this.#runNode();
      if (outcome === null) return;
      this.#leave(outcome);
    }
  }

  position(): Position {
    const { node, visit, startedAt } = this.cursor;
    const { type, config, label } = this.around.graph.node(node);
    const waiting = type.kind === 'decision' ? null : (type.waiting?.(config, startedAt) ?? null);
    return {
      node,
      visit,
      label: type.label?.(config, label) ?? label,
      waitingFor: waiting?.for ?? null,
      waitUntil: waiting?.until ?? null,
    };
  }

  async #advance(): Promise<void> {
    const { runtime, graph } = this.around;
    const { cursor } = this;
    const at = runtime.now();
    const { taken, goal } = await runtime.advance({
      ended: cursor.ended,
      from: { node: cursor.node, visit: cursor.visit },
      visits: this.#visitsAhead(),
      at,
    });
    cursor.ended = null;
    this.goal = goal;
    if (goal !== null) return;
    for (const decision of taken) this.#follow(decision, at);
    if (this.over || this.failure !== null) return;
    if (graph.node(cursor.node).type.kind === 'decision') {
      throw new Error(`The walk stopped at the decision "${cursor.node}".`);
    }
    cursor.entered = true;
    cursor.startedAt = at;
    this.around.visits.set(cursor.node, { count: cursor.visit, lastStartedAt: at });
  }

  #follow(decision: TakenDecision, at: number): void {
    if (decision.node !== this.cursor.node || decision.visit !== this.cursor.visit) {
      throw new Error(`A decision of "${decision.node}" was answered at "${this.cursor.node}".`);
    }
    this.#moveTo(this.around.graph.target(decision.node, decision.port), at);
  }

  /** Null when the path was stopped in the middle; the visit is entered again later. */
  async #runNode(): Promise<(Outcome & { failed: boolean }) | null> {
    const { graph, runtime, stop, state, visits } = this.around;
    const node = graph.node(this.cursor.node);
    const context = createRunContext({
      enrollmentId: state.enrollmentId,
      startedAt: state.startedAt,
      label: this.position().label,
      cursor: this.cursor,
      runtime,
      stop,
      visitsOf: (id) => visits.get(id),
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

  #leave(outcome: Outcome & { failed: boolean }): void {
    const { cursor } = this;
    const { graph, runtime } = this.around;
    cursor.ended = {
      node: cursor.node,
      visit: cursor.visit,
      at: runtime.now(),
      status: outcome.failed ? 'failed' : 'completed',
      port: outcome.port,
      reason: outcome.reason.code,
      ...(outcome.output === undefined ? {} : { output: outcome.output }),
    };
    if (!outcome.failed || graph.hasEdge(cursor.node, 'error')) {
      return this.#moveTo(graph.target(cursor.node, outcome.port), runtime.now());
    }
    const policy = graph.definition.settings.onNodeFailure;
    if (policy === 'continue') {
      return this.#moveTo(graph.target(cursor.node, 'next'), runtime.now());
    }
    this.failure = {
      code: outcome.reason.code,
      node: cursor.node,
      exit: policy === 'exit',
    };
  }

  #moveTo(target: string | null, at: number): void {
    const { visits, graph } = this.around;
    if (target === null) {
      this.over = true;
      return;
    }
    const count = (visits.get(target)?.count ?? 0) + 1;
    visits.set(target, { count, lastStartedAt: at });
    Object.assign(this.cursor, {
      node: target,
      visit: count,
      entered: false,
      startedAt: at,
      memory: {},
    });
    if (count > graph.definition.settings.visitLimit) {
      this.failure = { code: 'step.visit_limit', node: target, exit: false };
    }
  }

  #visitsAhead(): (readonly [string, number])[] {
    const { graph, visits } = this.around;
    return [...nodesAhead(graph, this.cursor.node)].flatMap((id) => {
      const count = visits.get(id)?.count ?? 0;
      return count === 0 ? [] : [[id, count] as const];
    });
  }
}
