/** Where a path stands, as operators see it. */
import { type Graph, waitOf } from './graph';
import { labelOf } from './node-label';
import type { Position } from './runtime';
import type { Cursor } from './state';

/** What the node waits for, and until when: as its settings say, else as it was told when it asked. */
export function positionOf(graph: Graph, { node, visit, anchor, until }: Cursor): Position {
  const graphNode = graph.node(node);
  const waiting = waitOf(graphNode, anchor);
  return {
    node,
    visit,
    label: labelOf(graphNode),
    waitingFor: waiting?.for ?? null,
    waitUntil: waiting?.until ?? until,
  };
}
