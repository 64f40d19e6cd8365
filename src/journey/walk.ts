/**
 * Takes adjacent decisions in one go, where the facts are.
 *
 * Owns: walking from a node over decisions to the first node that is none. Does not own: position
 * (the interpreter walks the answer over its own graph), storage (behind `StepBook`).
 *
 * Invariants:
 * W1. A decision whose step is already in the book is not taken again: its stored port is followed,
 *     however the contact has changed since. So a repeated activity and its history cannot disagree.
 * W2. Writes of a decision go into the book with its step, or not at all; the decisions behind it
 *     see them.
 */
import type { Evaluators, Facts } from './facts';
import type { Graph, GraphNode } from './graph';
import type { DecisionOutcome, Waiting } from './node-type';
import type { TakenDecision, VisitKey } from './runtime';

/** Where steps are kept: the transaction of an activity, or the simulator's memory. */
export interface StepBook {
  /** The facts as they are now, what the book has written included. */
  facts(): Promise<Facts>;
  /** The stored end of a visit, or null when it is not in the book. */
  recall(visit: VisitKey): Promise<{ port: string | null; reason: string } | null>;
  /** Writes a decision's step and what it changes; returns what is stored (first write wins). */
  decide(
    visit: VisitKey,
    node: GraphNode,
    outcome: DecisionOutcome,
  ): Promise<{ port: string | null; reason: string }>;
  /** Opens the step of a node that takes its own time. */
  enter(visit: VisitKey, node: GraphNode, waiting: Waiting | null): Promise<void>;
}

export interface WalkRequest {
  readonly from: VisitKey;
  readonly visits: readonly (readonly [node: string, count: number])[];
}

/** More decisions in a row than any valid graph has; a cycle of decisions is refused at validation. */
const DECISIONS_AT_MOST = 10_000;

/** Walks from a node; enters the first node that is no decision. Returns the decisions taken. */
export async function walkDecisions(
  graph: Graph,
  request: WalkRequest,
  evaluators: Evaluators,
  book: StepBook,
): Promise<readonly TakenDecision[]> {
  const counts = new Map(request.visits);
  const taken: TakenDecision[] = [];
  let facts = await book.facts();
  let at: VisitKey | null = request.from;
  while (at !== null) {
    const node = graph.node(at.node);
    if (node.type.kind !== 'decision') {
      await book.enter(at, node, node.type.waiting?.(node.config, facts.at) ?? null);
      break;
    }
    let end = await book.recall(at);
    if (end === null) {
      const outcome = await node.type.decide(node.config, facts, evaluators);
      end = await book.decide(at, node, outcome);
      if (outcome.writes !== undefined) facts = await book.facts();
    }
    taken.push({ ...at, ...end });
    if (taken.length > DECISIONS_AT_MOST) throw new Error(`Decisions never end at "${at.node}".`);
    const next = graph.target(at.node, end.port);
    const earlier: number = next === null ? 0 : (counts.get(next) ?? 0);
    if (next !== null) counts.set(next, earlier + 1);
    at = next === null ? null : { node: next, visit: earlier + 1 };
  }
  return taken;
}

/** The nodes that a walk from `from` may visit: decisions, and the first others behind them. */
export function nodesAhead(graph: Graph, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [from];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const { type } = graph.node(id);
    if (type.kind !== 'decision') continue;
    for (const port of type.ports) {
      const next = graph.target(id, port);
      if (next === null || seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return seen;
}
