/**
 * Takes adjacent decisions in one go, where the facts are.
 *
 * Owns: walking from a node over decisions and skipped nodes to the first node that takes its own
 * time. Does not own: position (the interpreter walks the answer over its own graph), storage (behind
 * `StepBook`).
 *
 * Invariants:
 * W1. A visit whose end is in the book is not judged again: its stored port is followed, however the
 *     contact has changed since. So a repeated activity and its history cannot disagree.
 * W2. Writes of a decision go into the book with its step, or not at all; the decisions behind it
 *     see them.
 * W3. The walk stops before a join it did not begin at: which path holds a join is not a fact.
 */
import { EvaluationFailed, type Evaluators, type Facts } from './facts';
import { type Graph, type GraphNode, waitOf } from './graph';
import type { DecisionOutcome, Waiting } from './node-type';
import type { Reason } from './outcome';
import type { TakenDecision, VisitKey } from './runtime';

/** Where steps are kept: the transaction of an activity, or the simulator's memory. */
export interface StepBook {
  /** The facts as they are now, what the book has written included. */
  facts(): Promise<Facts>;
  /** The stored end of a visit, or null when it is not in the book. */
  recall(visit: VisitKey): Promise<StoredEnd | null>;
  /** Writes a decision's step and what it changes; returns what is stored (first write wins). */
  decide(visit: VisitKey, node: GraphNode, outcome: BookedOutcome): Promise<StoredEnd>;
  /** Opens the step of a node that takes its own time. */
  enter(visit: VisitKey, node: GraphNode, waiting: Waiting | null): Promise<void>;
}

export interface StoredEnd {
  readonly port: string | null;
  readonly reason: string;
}

export type BookedOutcome = DecisionOutcome & { readonly skipped?: boolean };

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
  let at: VisitKey | null = request.from;
  while (at !== null) {
    const node = graph.node(at.node);
    if (node.type.joins !== undefined && taken.length > 0) break;
    const end = await endOf(at, node, evaluators, book);
    if (end === null) break;
    taken.push({ ...at, ...end });
    if (taken.length > DECISIONS_AT_MOST) throw new Error(`Decisions never end at "${at.node}".`);
    const way = graph.way(at.node, end.port);
    if (way.to !== 'node') break;
    const visit: number = (counts.get(way.id) ?? 0) + 1;
    counts.set(way.id, visit);
    at = { node: way.id, visit };
  }
  return taken;
}

/** How a visit ends here and now; null when the node takes its own time, which begins. */
async function endOf(
  visit: VisitKey,
  node: GraphNode,
  evaluators: Evaluators,
  book: StepBook,
): Promise<StoredEnd | null> {
  const { type, config, executeIf } = node;
  if (type.kind === 'decision' || executeIf !== null) {
    const stored = await book.recall(visit);
    if (stored !== null) return stored;
  }
  const facts = await book.facts();
  const verdict = executeIf === null ? null : await evaluators.condition(executeIf, facts);
  if (verdict?.value === false) {
    const reason = { code: 'step.skipped', detail: verdict.reason };
    return book.decide(visit, node, { port: 'next', reason, skipped: true });
  }
  if (type.kind === 'decision') {
    const decided = { node: visit.node, number: visit.visit };
    return orFailed(
      async () => book.decide(visit, node, await type.decide(config, facts, evaluators, decided)),
      (outcome) => book.decide(visit, node, outcome),
    );
  }
  await book.enter(visit, node, waitOf(node, facts.at));
  return null;
}

/** Data that a node cannot use makes it fail; the walk goes on by its `error` port. */
export async function orFailed<T>(
  work: () => Promise<T>,
  failed: (outcome: { port: 'error'; reason: Reason }) => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EvaluationFailed)) throw error;
    return failed({ port: 'error', reason: { code: error.code, detail: error.message } });
  }
}

/** The nodes that a walk from `from` may visit: those it passes, and the first others behind them. */
export function nodesAhead(graph: Graph, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [from];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const { type, executeIf } = graph.node(id);
    if (type.kind !== 'decision' && executeIf === null) continue;
    for (const next of graph.successors(id)) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return seen;
}
