/** A published definition, indexed for walking. */
import type { ConditionGroup } from './condition';
import type { Definition, DefinitionNode } from './definition';
import type { Instant } from './json';
import { type NodeType, portsOf, type Waiting } from './node-type';
import { nodeTypes } from './nodes/index';
import type { RetryPolicy } from './retry';

export interface GraphNode {
  readonly id: string;
  readonly type: NodeType;
  readonly config: unknown;
  /** What people call it; the id where it has no name. */
  readonly label: string;
  readonly executeIf: ConditionGroup | null;
  /** Null retries for days; see `NodeType`. */
  readonly retry: RetryPolicy | null;
  readonly timeout?: number;
}

/** Where a visit leads: to a node, to the end of its path, or to the end of the enrollment. */
export type Way =
  | { readonly to: 'node'; readonly id: string }
  | { readonly to: 'end' | 'failed' | 'exited' };

export interface Graph {
  readonly definition: Definition;
  readonly entry: string;
  /** Whether there is a node of that id. */
  has(id: string): boolean;
  node(id: string): GraphNode;
  /** Where a port leads; null ends the path. */
  way(nodeId: string, port: string | null): Way;
  /** Every node that some port of a node leads to. */
  successors(nodeId: string): readonly string[];
}

/** What a visit waits for and until when, counted from its anchor; null where its type does not wait. */
export function waitOf({ type, config }: GraphNode, anchor: Instant): Waiting | null {
  return type.waiting?.(config, anchor) ?? null;
}

const THREE_ATTEMPTS: RetryPolicy = {
  maxAttempts: 3,
  backoff: 'exponential',
  initialInterval: 1_000,
  maxInterval: 300_000,
  jitter: true,
};

const END: Way = { to: 'end' };

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
  const edge = (id: string, port: string): Way | null => {
    const target = edges.get(edgeKey(id, port));
    if (target === undefined) return null;
    return target === 'end' ? END : { to: 'node', id: target };
  };
  const way = (id: string, port: string | null): Way => {
    if (port === null) return END;
    const { type, config } = node(id);
    const jump = port === 'next' ? type.jumpsTo?.(config) : undefined;
    if (jump !== undefined) return jump === 'end' ? END : { to: 'node', id: jump };
    const drawn = edge(id, port);
    if (drawn !== null) return drawn;
    if (port === 'error') return afterFailure(definition, edge(id, 'next'));
    return (type.missingEdge === 'end' ? null : edge(id, 'next')) ?? END;
  };
  return {
    definition,
    has: (id) => nodes.has(id),
    entry: entryOf(definition),
    node,
    way,
    successors(id) {
      const { type, config } = node(id);
      const ways = [...portsOf(type, config), 'next', 'error'].map((port) => way(id, port));
      return [...new Set(ways.flatMap((each) => (each.to === 'node' ? [each.id] : [])))];
    },
  };
}

function afterFailure(definition: Definition, next: Way | null): Way {
  const policy = definition.settings.onNodeFailure;
  if (policy === 'continue') return next ?? END;
  return { to: policy === 'exit' ? 'exited' : 'failed' };
}

/** The edge from the trigger, else the only node that nothing leads to, else the first node. */
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
  const own = type.kind === 'decision' ? undefined : type.retry;
  return {
    id: node.id,
    type,
    config: node.data,
    label: node.name ?? node.id,
    executeIf: node.executeIf ?? null,
    retry: node.retry ?? (own === 'patient' ? null : (own ?? THREE_ATTEMPTS)),
    ...(node.timeout === undefined ? {} : { timeout: node.timeout }),
  };
}

function edgeKey(source: string, port: string): string {
  return `${source} ${port}`;
}
