/** What may be written differently on every node, whatever the form it stands in. */
import { nodeTypes } from '../../journey/nodes/index';
import type { Notes } from '../notes';
import { object, type Place, scalar, type WrittenObject } from '../written';
import { objectAt, put, rename, take, textOf } from '../written-fields';
import { NODE_ALIASES } from './node-aliases';
import { normalizeRetry } from './retry-config';
import { spelled } from './spelling';
import type { Step } from './ways';

/** `data` may be called `config`, and be left out where nothing needs to be said. */
export function nameData(node: WrittenObject, notes: Notes): void {
  rename(node, 'config', 'data', notes);
  if (!node.fields.has('data')) node.fields.set('data', object({ above: node.place, key: 'data' }));
  unwrapAction(node);
}

/** `action { actionType, … }` is that action; its settings may lie one level deeper. */
function unwrapAction(node: WrittenObject): void {
  const data = objectAt(node, 'data');
  if (textOf(node, 'type')?.toLowerCase() !== 'action' || data === undefined) return;
  put(node, 'type', take(data, 'actionType'));
  for (const name of ['config', 'data']) {
    const inner = objectAt(data, name);
    if (inner === undefined || data.fields.size > 1) continue;
    node.fields.set('data', inner);
  }
}

/** Reads the type in any case and by its aliases, the data by its type, and `retryConfig`. */
export function normalizeNode(step: Step, notes: Notes): void {
  const { node } = step;
  normalizeRetry(node, notes);
  const written = textOf(node, 'type');
  if (written === undefined) return;
  const place = node.fields.get('type')?.place ?? node.place;
  const lower = written.toLowerCase();
  const alias = NODE_ALIASES.get(lower);
  if (alias !== undefined) setType(node, place, alias.type);
  else if (nodeTypes.has(lower)) setType(node, place, lower);
  const data = objectAt(node, 'data');
  if (data === undefined) return;
  alias?.read?.(data, step, notes);
  const type = nodeTypes.get(textOf(node, 'type') ?? '');
  if (type !== undefined) node.fields.set('data', spelled(data, type.config, notes));
}

function setType(node: WrittenObject, place: Place, type: string): void {
  node.fields.set('type', scalar(place, type));
}
