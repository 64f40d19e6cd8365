/** Which nodes a path can reach, and where it could run in circles without ever waiting. */
import type { GraphSketch, SketchEdge, SketchNode } from './graph-sketch';

/** The entry: the trigger's edge, else the only node that no edge points to, else the first node. */
export function entryOfSketch({ nodes, edges }: GraphSketch): string | null {
  const fromTrigger = edges.find((edge) => edge.source === 'trigger');
  if (fromTrigger)
    return nodes.some((node) => node.id === fromTrigger.target) ? fromTrigger.target : null;
  const targets = new Set(edges.map((edge) => edge.target));
  const roots = nodes.filter((node) => !targets.has(node.id));
  return (roots.length === 1 ? roots[0] : nodes[0])?.id ?? null;
}

/** Every id that edges lead to from `start`, itself included. */
export function reachableFrom(start: string, edges: readonly SketchEdge[]): ReadonlySet<string> {
  return walk([start], targetsBySource(edges));
}

function walk(
  starts: Iterable<string>,
  targets: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const seen = new Set(starts);
  const queue = [...seen];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const target of targets.get(id) ?? []) {
      if (seen.has(target)) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return seen;
}

/**
 * Groups of nodes that lie on common cycles in which no visit takes time. Nodes that take time are
 * left out of the graph first: what still leads back to itself can spin.
 */
export function spinningGroups(graph: GraphSketch): readonly (readonly SketchNode[])[] {
  const hasty = graph.nodes.filter((node) => !takesTime(node));
  const ids = new Set(hasty.map((node) => node.id));
  const edges = graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  const targets = targetsBySource(edges);
  const behind = new Map(hasty.map((node) => [node.id, walk(targets.get(node.id) ?? [], targets)]));
  const groups: SketchNode[][] = [];
  const placed = new Set<string>();
  for (const node of hasty) {
    if (placed.has(node.id) || !behind.get(node.id)?.has(node.id)) continue;
    const group = hasty.filter(
      (other) => behind.get(node.id)?.has(other.id) && behind.get(other.id)?.has(node.id),
    );
    for (const member of group) placed.add(member.id);
    groups.push(group);
  }
  return groups;
}

/** A node whose type or configuration is not known is taken to wait: that mistake is reported elsewhere. */
function takesTime(node: SketchNode): boolean {
  if (!node.type) return true;
  if (!node.config) return node.type.takesTime !== undefined;
  return node.type.takesTime?.(node.config.value) ?? false;
}

function targetsBySource(edges: readonly SketchEdge[]): ReadonlyMap<string, ReadonlySet<string>> {
  const targets = new Map<string, Set<string>>();
  for (const edge of edges) {
    const known = targets.get(edge.source);
    if (known) known.add(edge.target);
    else targets.set(edge.source, new Set([edge.target]));
  }
  return targets;
}
