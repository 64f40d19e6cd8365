/** A published definition, indexed for walking. */
import type { Definition, DefinitionNode } from './definition';
import type { NodeType } from './node-type';
import { nodeTypes } from './nodes/index';

export interface GraphNode {
  readonly id: string;
  readonly type: NodeType;
  readonly config: unknown;
  /** What people call it; the id where it has no name. */
  readonly label: string;
}

export interface Graph {
  readonly definition: Definition;
  readonly entry: string;
  node(id: string): GraphNode;
  /** Where a port leads: a node id, or null when the path ends there. */
  target(nodeId: string, port: string | null): string | null;
  hasEdge(nodeId: string, port: string): boolean;
}

/** Indexes a validated definition; throws on one that was never validated. */
export function indexGraph(definition: Definition): Graph {
  const nodes = new Map(definition.nodes.map((node) => [node.id, resolve(node)]));
  const edges = new Map(
    definition.edges.map((edge) => [
      edgeKey(edge.source, edge.sourceHandle ?? 'next'),
      edge.target,
    ]),
  );
  const node = (id: string): GraphNode => {
    const found = nodes.get(id);
    if (!found) throw new Error(`The graph has no node "${id}".`);
    return found;
  };
  const target = (id: string, port: string | null): string | null => {
    if (port === null) return null;
    const direct = edges.get(edgeKey(id, port));
    const chosen =
      direct ?? (node(id).type.missingEdge === 'end' ? undefined : edges.get(edgeKey(id, 'next')));
    return chosen === undefined || chosen === 'end' ? null : chosen;
  };
  return {
    definition,
    entry: entryOf(definition),
    node,
    target,
    hasEdge: (id, port) => edges.has(edgeKey(id, port)),
  };
}

/** The edge from the trigger, else the only node without an incoming edge, else the first node. */
export function entryOf(definition: Pick<Definition, 'nodes' | 'edges'>): string {
  const fromTrigger = definition.edges.find((edge) => edge.source === 'trigger');
  if (fromTrigger) return fromTrigger.target;
  const targets = new Set(definition.edges.map((edge) => edge.target));
  const roots = definition.nodes.filter((node) => !targets.has(node.id));
  const entry = roots.length === 1 ? roots[0] : definition.nodes[0];
  if (!entry) throw new Error('A definition has at least one node.');
  return entry.id;
}

function resolve(node: DefinitionNode): GraphNode {
  const type = nodeTypes.get(node.type);
  if (!type) throw new Error(`Node "${node.id}" has the unknown type "${node.type}".`);
  return { id: node.id, type, config: node.data, label: node.name ?? node.id };
}

function edgeKey(source: string, port: string): string {
  return `${source} ${port}`;
}
