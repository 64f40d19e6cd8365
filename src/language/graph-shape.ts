/** Where the nodes of a sketch lead: drawn edges, jumps, and ports that nobody drew. */
import type { GraphSketch, SketchEdge, SketchNode } from './graph-sketch';

/** The way out of a node by a port, to a node that exists. */
export interface SketchWay {
  readonly port: string;
  readonly target: string;
}

export interface GraphShape {
  readonly sketch: GraphSketch;
  /** The first node of each id. */
  readonly nodes: ReadonlyMap<string, SketchNode>;
  /** The edges that leave a node, as they were drawn. */
  edgesFrom(id: string): readonly SketchEdge[];
  /** The ways to other nodes. */
  ways(id: string): readonly SketchWay[];
  /** Whether a path can end here, by a port that leads nowhere. Taken to be so where it is not known. */
  canEnd(id: string): boolean;
  /** Where a path enters; null when the input does not say, or says something wrong. */
  readonly entry: string | null;
}

/** Indexes a sketch for the checks. */
export function shapeOf(sketch: GraphSketch): GraphShape {
  const nodes = new Map<string, SketchNode>();
  for (const node of sketch.nodes) if (!nodes.has(node.id)) nodes.set(node.id, node);
  const edges = new Map<string, SketchEdge[]>();
  for (const edge of sketch.edges) {
    const known = edges.get(edge.source);
    if (known) known.push(edge);
    else edges.set(edge.source, [edge]);
  }
  const edgesFrom = (id: string) => edges.get(id) ?? [];
  const ways = new Map(
    [...nodes.values()].map((node) => [
      node.id,
      waysOf(node, edgesFrom(node.id)).filter(({ target }) => nodes.has(target)),
    ]),
  );
  return {
    sketch,
    nodes,
    edgesFrom,
    ways: (id) => ways.get(id) ?? [],
    canEnd(id) {
      const node = nodes.get(id);
      return node === undefined || endsSomewhere(node, edgesFrom(id), nodes);
    },
    entry: entryOfSketch(sketch, nodes),
  };
}

function waysOf(node: SketchNode, edges: readonly SketchEdge[]): SketchWay[] {
  if (node.jump === null) return edges.map(({ port, target }) => ({ port, target }));
  // A jump beats an edge that was drawn from the same port.
  const others = edges.filter(({ port }) => port !== 'next');
  return [...others, { port: 'next', target: node.jump }].map(({ port, target }) => ({
    port,
    target,
  }));
}

function endsSomewhere(
  node: SketchNode,
  edges: readonly SketchEdge[],
  nodes: ReadonlyMap<string, SketchNode>,
): boolean {
  const { type, ports, jump } = node;
  if (type === null || ports === null || ports.length === 0) return true;
  if (jump !== null) return !nodes.has(jump);
  if (edges.some(({ target }) => !nodes.has(target))) return true;
  const drawn = new Set(edges.map(({ port }) => port));
  if (drawn.has('next') && type.missingEdge !== 'end') return false;
  if (node.skippable && !drawn.has('next')) return true;
  return ports.some((port) => !drawn.has(port));
}

/** The entry: the trigger's edge, else the only node that no edge points to, else the first node. */
function entryOfSketch(
  { nodes, edges }: GraphSketch,
  known: ReadonlyMap<string, SketchNode>,
): string | null {
  const fromTrigger = edges.find((edge) => edge.source === 'trigger');
  if (fromTrigger) return known.has(fromTrigger.target) ? fromTrigger.target : null;
  const targets = new Set(edges.map((edge) => edge.target));
  const roots = nodes.filter((node) => !targets.has(node.id));
  return (roots.length === 1 ? roots[0] : nodes[0])?.id ?? null;
}

/** Every id that `next` leads to from the starts, themselves included. */
export function reachableBy(
  starts: Iterable<string>,
  next: (id: string) => Iterable<string>,
): ReadonlySet<string> {
  const seen = new Set(starts);
  const queue = [...seen];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const target of next(id)) {
      if (seen.has(target)) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return seen;
}
