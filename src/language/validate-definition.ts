/**
 * Judges a graph as a whole: what no single field can be blamed for.
 *
 * Owns: ids, edges, ports, reachability, cycles, references between nodes. Does not own: the fields of
 * the envelope or of a node (their schemas).
 *
 * 1. Every check runs, so one answer has every problem; a problem is reported where it was written.
 * 2. What is wrong elsewhere causes no further complaint here: an unknown type has any port and takes time.
 */
import type { Issue } from '../errors';
import { RESERVED_IDS } from '../journey/definition';
import type { NodeType } from '../journey/node-type';
import { type GraphSketch, type SketchEdge, type SketchNode } from './graph-sketch';
import { nodeReferences } from './node-references';
import { pathText, writtenPath } from './path';
import { entryOfSketch, reachableFrom, spinningGroups } from './reach';
import { didYouMean, suggestion } from './suggest';

export interface GraphFindings {
  readonly errors: readonly Issue[];
  readonly warnings: readonly Issue[];
}

/** Every error and warning about the graph as a whole. */
export function validateGraph(graph: GraphSketch): GraphFindings {
  const edgeErrors = graph.edges.flatMap((edge) => edgeIssues(edge, graph));
  const errors = [
    ...idIssues(graph.nodes),
    ...edgeErrors,
    ...duplicateEdgeIssues(graph.edges),
    ...referenceIssues(graph.nodes),
    ...unreachableIssues(graph),
    ...cycleIssues(graph),
  ];
  return { errors, warnings: graph.nodes.flatMap((node) => unconnectedPorts(node, graph.edges)) };
}

function idIssues(nodes: readonly SketchNode[]): Issue[] {
  const first = new Map<string, number>();
  return nodes.flatMap(({ id, index }): Issue[] => {
    const path = pathText(['nodes', index, 'id']);
    if ((RESERVED_IDS as readonly string[]).includes(id)) {
      return [
        {
          code: 'definition.reserved_id',
          path,
          message: `"${id}" has a meaning of its own in edges. Give the node another id.`,
        },
      ];
    }
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, index);
    return earlier === undefined
      ? []
      : [
          {
            code: 'definition.duplicate_id',
            path,
            message: `nodes[${earlier}] has the id "${id}" too. Give each node its own.`,
          },
        ];
  });
}

function edgeIssues(edge: SketchEdge, graph: GraphSketch): Issue[] {
  const ids = graph.nodes.map((node) => node.id);
  const source = graph.nodes.find((node) => node.id === edge.source);
  const issues: Issue[] = [];
  if (edge.source === 'trigger') issues.push(...triggerPortIssues(edge));
  else if (!source) issues.push(dangling(edge, 'source', ids));
  else issues.push(...portIssues(edge, source));
  const leadsSomewhere = edge.target === 'end' || ids.includes(edge.target);
  return leadsSomewhere ? issues : [...issues, dangling(edge, 'target', ids)];
}

function dangling(edge: SketchEdge, end: 'source' | 'target', ids: readonly string[]): Issue {
  const id = edge[end];
  const found = suggestion(id, ids);
  const why = (RESERVED_IDS as readonly string[]).includes(id)
    ? `"${id}" cannot be the ${end} of an edge.`
    : `There is no node "${id}".${didYouMean(found)}`;
  return {
    code: 'definition.dangling_edge',
    path: pathText(['edges', edge.index, end]),
    message: why,
    ...found,
  };
}

function triggerPortIssues(edge: SketchEdge): Issue[] {
  if (edge.port === 'next') return [];
  return [unknownPort(edge, 'The trigger has the port "next" only.', { suggestion: 'next' })];
}

function portIssues(edge: SketchEdge, source: SketchNode): Issue[] {
  if (!source.type) return [];
  const ports = openPorts(source.type);
  if (ports.includes(edge.port)) return [];
  const found = suggestion(edge.port, ports);
  const list = ports.map((port) => `"${port}"`).join(', ');
  const message = `"${source.id}" (${source.type.type}) has no port "${edge.port}"; it has ${list}.${didYouMean(found)}`;
  return [unknownPort(edge, message, found)];
}

/** Ports that may have an edge: the node's own, `error`, and `next` where other ports fall back to it. */
function openPorts({ ports, missingEdge }: NodeType): string[] {
  const fallback = missingEdge === 'end' || ports.includes('next') ? [] : ['next'];
  return [...ports, ...fallback, 'error'];
}

function unknownPort(edge: SketchEdge, message: string, found: { suggestion?: string }): Issue {
  return {
    code: 'definition.unknown_port',
    path: pathText(['edges', edge.index, 'sourceHandle']),
    message,
    ...found,
  };
}

function duplicateEdgeIssues(edges: readonly SketchEdge[]): Issue[] {
  const first = new Map<string, number>();
  return edges.flatMap((edge): Issue[] => {
    const key = JSON.stringify([edge.source, edge.port]);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, edge.index);
    if (earlier === undefined) return [];
    const message = `edges[${earlier}] leaves the port "${edge.port}" of "${edge.source}" already. A port has one edge; a fork is a node of its own.`;
    return [{ code: 'definition.duplicate_edge', path: pathText(['edges', edge.index]), message }];
  });
}

function referenceIssues(nodes: readonly SketchNode[]): Issue[] {
  const ids = new Set(nodes.map((node) => node.id));
  return nodes.flatMap((node) =>
    nodeReferences(node.config?.value)
      .filter((reference) => !ids.has(reference.node))
      .map((reference): Issue => {
        const found = suggestion(reference.node, ids);
        const path = pathText([
          'nodes',
          node.index,
          'data',
          ...writtenPath(node.written, reference.path),
        ]);
        return {
          code: 'definition.unknown_node',
          path,
          message: `There is no node "${reference.node}".${didYouMean(found)}`,
          ...found,
        };
      }),
  );
}

function unreachableIssues(graph: GraphSketch): Issue[] {
  const entry = entryOfSketch(graph);
  if (entry === null) return [];
  const reached = reachableFrom(entry, graph.edges);
  return graph.nodes
    .filter((node) => !reached.has(node.id))
    .map((node) => ({
      code: 'definition.unreachable_node',
      path: pathText(['nodes', node.index]),
      message: `No path from the entry "${entry}" reaches "${node.id}". Draw an edge to it, or remove it.`,
    }));
}

function cycleIssues(graph: GraphSketch): Issue[] {
  return spinningGroups(graph).map((group) => {
    const [first] = group;
    const ids = group.map((node) => `"${node.id}"`).join(', ');
    const message = `${ids} form a cycle in which nothing waits. Put a wait that takes time, or a wait_for_event, into it.`;
    return {
      code: 'definition.cycle_without_wait',
      path: pathText(['nodes', first?.index ?? 0]),
      message,
    };
  });
}

/** A port that is left open takes the `next` edge: allowed, but seldom meant. */
function unconnectedPorts(node: SketchNode, edges: readonly SketchEdge[]): Issue[] {
  if (!node.type || node.type.missingEdge === 'end') return [];
  const drawn = new Set(edges.filter((edge) => edge.source === node.id).map((edge) => edge.port));
  const fallback = drawn.has('next') ? 'takes the "next" edge' : 'ends the path';
  return node.type.ports
    .filter((port) => port !== 'next' && !drawn.has(port))
    .map((port) => ({
      code: 'definition.unconnected_port',
      path: pathText(['nodes', node.index]),
      message: `The port "${port}" of "${node.id}" has no edge and ${fallback}. Draw an edge to say what should happen.`,
    }));
}
