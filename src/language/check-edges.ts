/** Ids, edges and ports: whether the drawing says what can be followed. */
import type { Issue } from '../errors';
import { RESERVED_IDS } from '../journey/definition';
import {
  type GraphFindings,
  issueAt,
  listed,
  quoted,
  together,
  warningsOnly,
  errorsOnly,
} from './findings';
import type { GraphShape } from './graph-shape';
import type { SketchEdge, SketchNode } from './graph-sketch';
import { didYouMean } from './suggest';
import { suggester, type Suggest, type SuggestionBudget, suggestionBudget } from './suggester';

const isReserved = (id: string) => (RESERVED_IDS as readonly string[]).includes(id);

/** Everything about ids, edges and ports. */
export function checkEdges(shape: GraphShape): GraphFindings {
  const { nodes, edges } = shape.sketch;
  const budget = suggestionBudget();
  const names: Names = { budget, nodes: suggester(shape.nodes.keys(), budget) };
  return together([
    errorsOnly(idIssues(nodes)),
    errorsOnly(edges.flatMap((edge) => edgeIssues(edge, shape, names))),
    errorsOnly(duplicateEdges(edges)),
    warningsOnly(nodes.flatMap((node) => unconnectedPorts(node, shape))),
  ]);
}

function idIssues(nodes: readonly SketchNode[]): Issue[] {
  const first = new Map<string, number>();
  return nodes.flatMap(({ id, index }): Issue[] => {
    const path = ['nodes', index, 'id'];
    if (isReserved(id)) {
      const message = `"${id}" has a meaning of its own in edges. Give the node another id.`;
      return [issueAt('definition.reserved_id', path, message)];
    }
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, index);
    if (earlier === undefined) return [];
    const message = `nodes[${earlier}] has the id ${quoted([id])} too. Give each node its own.`;
    return [issueAt('definition.duplicate_id', path, message)];
  });
}

interface Names {
  readonly budget: SuggestionBudget;
  readonly nodes: Suggest;
}

function edgeIssues(edge: SketchEdge, shape: GraphShape, names: Names): Issue[] {
  const source = shape.nodes.get(edge.source);
  const issues: Issue[] = [];
  if (edge.source === 'trigger') issues.push(...triggerIssues(edge));
  else if (!source || isReserved(edge.source)) issues.push(dangling(edge, 'source', names.nodes));
  else issues.push(...portIssues(edge, source, names));
  const known = shape.nodes.has(edge.target) && !isReserved(edge.target);
  return known || edge.target === 'end'
    ? issues
    : [...issues, dangling(edge, 'target', names.nodes)];
}

function dangling(edge: SketchEdge, end: 'source' | 'target', suggest: Suggest): Issue {
  const path = ['edges', edge.index, end];
  const id = edge[end];
  if (isReserved(id)) {
    const message = `"${id}" cannot be the ${end} of an edge. Name a node.`;
    return issueAt('definition.dangling_edge', path, message);
  }
  const found = suggest(id);
  const message = `There is no node ${quoted([id])}.${didYouMean(found)}`;
  return issueAt('definition.dangling_edge', path, message, found);
}

function triggerIssues(edge: SketchEdge): Issue[] {
  if (edge.target === 'end') {
    const message = 'The trigger leads to the first node; it cannot lead to the end.';
    return [issueAt('definition.dangling_edge', ['edges', edge.index, 'target'], message)];
  }
  if (edge.port === 'next') return [];
  return [unknownPort(edge, 'The trigger has the port "next" only.', { suggestion: 'next' })];
}

function portIssues(edge: SketchEdge, source: SketchNode, { budget }: Names): Issue[] {
  const { id, type, jump } = source;
  if (type === null || edge.port === 'error') return [];
  const path = ['edges', edge.index, 'sourceHandle'];
  if (jump !== null && edge.port === 'next') {
    const message = `"${id}" (${type.type}) goes on at ${quoted([jump])}, so this edge is never taken. Remove it.`;
    return [issueAt('definition.edge_never_taken', path, message)];
  }
  const ports = openPorts(source);
  if (ports === null || ports.includes(edge.port)) return [];
  if (ports.length === 1) {
    const message = `"${id}" (${type.type}) ends its path, so no edge leaves it by ${quoted([edge.port])}. Remove the edge, or put another node in its place.`;
    return [issueAt('definition.edge_never_taken', path, message)];
  }
  const found = suggester(ports, budget)(edge.port);
  const message = `"${id}" (${type.type}) has no port ${quoted([edge.port])}; it has ${quoted(ports)}.${didYouMean(found)}`;
  return [unknownPort(edge, message, found)];
}

/**
 * Ports that may have an edge: the node's own, `error`, and `next` where other ports fall back to it or a
 * skipped node leaves by it. Null when they cannot be known.
 */
export function openPorts({ type, ports, skippable }: SketchNode): readonly string[] | null {
  if (type === null || ports === null) return null;
  const next = type.missingEdge !== 'end' || skippable ? ['next'] : [];
  return [...new Set([...ports, ...(ports.length > 0 || skippable ? next : []), 'error'])];
}

function unknownPort(edge: SketchEdge, message: string, found: { suggestion?: string }): Issue {
  const path = ['edges', edge.index, 'sourceHandle'];
  return issueAt('definition.unknown_port', path, message, found);
}

function duplicateEdges(edges: readonly SketchEdge[]): Issue[] {
  const first = new Map<string, number>();
  return edges.flatMap((edge): Issue[] => {
    const key = JSON.stringify([edge.source, edge.port]);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, edge.index);
    if (earlier === undefined) return [];
    const message = `edges[${earlier}] leaves the port ${quoted([edge.port])} of ${quoted([edge.source])} already. A port has one edge; a fork is a node of its own: parallel.`;
    return [issueAt('definition.duplicate_edge', ['edges', edge.index], message)];
  });
}

/** A port that is left open takes the `next` edge, and a branch without a node does nothing: seldom meant. */
function unconnectedPorts(node: SketchNode, shape: GraphShape): Issue[] {
  const { type, ports, id, jump } = node;
  if (type === null || ports === null || jump !== null) return [];
  if (type.missingEdge === 'end' && !type.forks) return [];
  const drawn = new Set(shape.edgesFrom(id).map((edge) => edge.port));
  const open = ports.filter((port) => port !== 'next' && !drawn.has(port));
  if (open.length === 0) return [];
  const fallsBack = drawn.has('next') && type.missingEdge !== 'end';
  const message =
    open.length === 1
      ? `The port ${quoted(open)} of "${id}" has no edge and ${fallsBack ? 'takes the "next" edge' : 'ends the path'}. Draw an edge to say what should happen.`
      : `The ports ${listed(open)} of "${id}" have no edges and ${fallsBack ? 'take the "next" edge' : 'end the path'}. Draw edges to say what should happen.`;
  return [issueAt('definition.unconnected_port', ['nodes', node.index], message)];
}
