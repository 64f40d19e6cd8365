/**
 * Moves somebody to another version by the stable ids of its nodes.
 *
 * Owns: where each path stands in the new graph. Does not own: whether the move is worth it (the plan).
 *
 * Invariants:
 * M1. A path that stands on a node of the same type keeps its visit, so its wait counts from where it began:
 *     one that was shortened is over at once.
 * M2. On a node of another type, or under another name, the visit ends and a new one begins there.
 */
import type { Graph } from './graph';
import type { Instant } from './json';
import type { EndedVisit } from './visit';
import type { Situation, Steered } from './steered';
import { beginAnew, type Cursor, type NodeVisits } from './state';

/** The state in the new graph; refused when a path stands on a node that it has not. */
export function migrated(
  { state, graph, at }: Situation,
  target: Graph,
  map: Readonly<Record<string, string>>,
): Steered {
  const lost = state.cursors.find(({ node }) => !target.has(placeOf(node, map)));
  if (lost !== undefined) return { refused: 'command.node_removed', detail: lost.node };
  const into = state.cursors.find(
    (cursor) => !keeps(cursor, graph, target, map) && joinsAt(target, placeOf(cursor.node, map)),
  );
  if (into !== undefined)
    return { refused: 'command.not_a_target', detail: placeOf(into.node, map) };
  const visits = new Map<string, NodeVisits>(state.visits);
  const ended: EndedVisit[] = [];
  const cursors = state.cursors.map((cursor) => {
    if (keeps(cursor, graph, target, map)) return cursor;
    if (cursor.entered) ended.push(endOf(cursor, at));
    return beginAnew(cursor, placeOf(cursor.node, map), visits, at);
  });
  const goals = new Set(target.definition.goals.map(({ id }) => id));
  return {
    state: {
      ...state,
      cursors,
      visits: [...visits],
      unrecorded: [...state.unrecorded, ...ended],
      armed: state.armed.filter((id) => goals.has(id)),
    },
  };
}

/** Where somebody who stands on a node goes on. */
export function placeOf(node: string, map: Readonly<Record<string, string>>): string {
  return Object.hasOwn(map, node) ? (map[node] ?? node) : node;
}

function joinsAt(graph: Graph, node: string): boolean {
  return graph.node(node).type.joins !== undefined;
}

/** Whether the visit goes on in the new version. */
function keeps(
  { node }: Cursor,
  graph: Graph,
  target: Graph,
  map: Readonly<Record<string, string>>,
): boolean {
  return placeOf(node, map) === node && graph.node(node).type === target.node(node).type;
}

function endOf({ node, visit }: Cursor, at: Instant): EndedVisit {
  return { node, visit, at, status: 'cancelled', port: null, reason: 'operator.migrated' };
}
