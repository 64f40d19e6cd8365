/** What a canvas draws: the trigger as a node, and handles with names of their own. */
import type { Notes } from '../notes';
import { list, type Place, scalar, type Written, type WrittenObject } from '../written';
import { listAt, objectAt, textOf } from '../written-fields';

const HANDLES = new Map([
  ['branch_true', 'true'],
  ['branch_false', 'false'],
]);

/** Takes nodes of type `trigger` out of the graph; their data are the triggers. */
export function liftTriggers(root: WrittenObject, notes: Notes): void {
  const nodes = listAt(root, 'nodes');
  if (nodes === undefined) return;
  const drawn = nodes.items.filter(isTrigger);
  if (drawn.length === 0) return;
  const rest = nodes.items.filter((node) => !isTrigger(node));
  root.fields.set('nodes', list(nodes.place, rest));
  leaveFromTrigger(root, new Set(drawn.map((node) => textOf(node, 'id') ?? '')));
  const triggers = drawn.flatMap((node) => {
    const data = objectAt(node, 'data') ?? objectAt(node, 'config');
    return data !== undefined && data.fields.size > 0 ? [data] : [];
  });
  const [first] = triggers;
  if (first === undefined) return;
  const envelope = root.fields.get('trigger') ?? root.fields.get('triggers');
  if (envelope === undefined) {
    root.fields.set('triggers', list(nodes.place, triggers));
    return;
  }
  const message = 'The trigger is given twice, as a node and beside the nodes. Give it once.';
  notes.error('wrong_value', first.place, message);
}

function isTrigger(node: Written): node is WrittenObject {
  return node.kind === 'object' && textOf(node, 'type')?.toLowerCase() === 'trigger';
}

function leaveFromTrigger(root: WrittenObject, ids: ReadonlySet<string>): void {
  for (const edge of listAt(root, 'edges')?.items ?? []) {
    if (edge.kind !== 'object') continue;
    const source = edge.fields.get('source');
    if (source !== undefined && ids.has(textOf(edge, 'source') ?? '')) {
      edge.fields.set('source', scalar(source.place, 'trigger'));
    }
  }
}

/** Reads handles as ports. `types` are the canonical types of the nodes by id. */
export function readHandles(root: WrittenObject, types: ReadonlyMap<string, string>): void {
  for (const edge of listAt(root, 'edges')?.items ?? []) {
    if (edge.kind !== 'object') continue;
    const handle = edge.fields.get('sourceHandle');
    if (handle?.kind !== 'scalar') continue;
    // A canvas says null where an edge leaves the only port; both mean what saying nothing means.
    if (handle.value === null || handle.value === 'next') edge.fields.delete('sourceHandle');
    const port = HANDLES.get(String(handle.value));
    const type = types.get(textOf(edge, 'source') ?? '');
    // Elsewhere somebody may have called a port so.
    if (port !== undefined && type === 'condition') setHandle(edge, handle.place, port);
  }
}

function setHandle(edge: WrittenObject, place: Place, port: string): void {
  edge.fields.set('sourceHandle', scalar(place, port));
}
