/** The ways of writing a question, a change of the contact, and a message. */
import type { Notes } from '../notes';
import { list, object, scalar, type Written, type WrittenObject } from '../written';
import { lowerText, objectAt, put, rename, take } from '../written-fields';
import { readAnswers } from './actions';
import { groupOf } from './conditions';
import type { Step } from './ways';

/** What a condition's data is made of when it is written without a group around it. */
const PARTS = ['type', 'field', 'operator', 'value', 'conditions', 'event', 'filter'] as const;
const MORE_PARTS = ['count', 'within', 'since', 'window', 'node', 'port'] as const;

/** `if_else { condition, trueBranch, falseBranch }`, `condition { field, … }`, `condition { conditions }`. */
export function readCondition(data: WrittenObject, step: Step, notes: Notes): void {
  readAnswers(data, step);
  rename(data, 'conditionType', 'type', notes);
  for (const name of PARTS) data.alsoKnown.add(name);
  const condition = data.fields.get('condition');
  if (condition !== undefined) {
    data.fields.set('condition', groupOf(condition, notes));
    return;
  }
  const parts = [...PARTS, ...MORE_PARTS].map((name) => [name, take(data, name)] as const);
  const bare = object(data.place, parts);
  if (bare.fields.size > 0) data.fields.set('condition', groupOf(bare, notes));
}

const OPERATIONS = new Map([
  ['set', 'set'],
  ['append', 'append'],
  ['add', 'append'],
  ['increment', 'increment'],
  ['decrement', 'decrement'],
  ['unset', 'unset'],
  ['clear', 'unset'],
  ['remove', 'unset'],
]);

/** `update_field { field, value, operation? }`. */
export function readUpdateField(data: WrittenObject, _step: Step, notes: Notes): void {
  const written = take(data, 'operation');
  data.alsoKnown.add('field').add('value').add('operation');
  const operation = written === undefined ? 'set' : OPERATIONS.get(lowerText(written) ?? '');
  const field = take(data, 'field');
  const value = take(data, 'value');
  if (operation === undefined) {
    const given = written?.kind === 'scalar' ? String(written.value) : 'something else';
    notes.notAChoice(written?.place ?? null, given, ['set', 'append', 'increment', 'unset']);
    return;
  }
  if (field === undefined) return demand(data, 'field', 'This field is required: a text.', notes);
  const name = field.kind === 'scalar' ? String(field.value) : '';
  if (operation === 'unset') put(data, 'unset', list(field.place, [field]));
  else if (value === undefined) demand(data, 'value', `"${operation}" needs a value.`, notes);
  else {
    const change = operation === 'decrement' ? negative(value) : value;
    const kind = operation === 'decrement' ? 'increment' : operation;
    put(data, kind, object(field.place, [[name, change]]));
  }
}

/** One complaint is enough: the change becomes one that has no other faults. */
function demand(data: WrittenObject, name: string, message: string, notes: Notes): void {
  notes.error('missing_field', { above: data.place, key: name }, message);
  data.fields.set('set', object(data.place, [['field', scalar(data.place, null)]]));
}

function negative(value: Written): Written {
  if (value.kind !== 'scalar' || typeof value.value !== 'number') return value;
  return scalar(value.place, -value.value);
}

/** `templateId`, and `fromName` and `fromEmail` as the sender. */
export function readMessage(data: WrittenObject, _step: Step, notes: Notes): void {
  rename(data, 'templateId', 'template', notes);
  const [name, email] = [take(data, 'fromName'), take(data, 'fromEmail')];
  data.alsoKnown.add('fromName').add('fromEmail');
  if (name === undefined && email === undefined) return;
  const from = objectAt(data, 'from') ?? object(data.place);
  from.called.set('email', { above: data.place, key: 'fromEmail' });
  put(from, 'name', name);
  put(from, 'email', email);
  data.fields.set('from', from);
}

/** `add_to_segment { segment }`: by hand one can only be put on a list. */
export function readListChange(data: WrittenObject, _step: Step, notes: Notes): void {
  for (const name of ['segment', 'segmentId', 'listId']) rename(data, name, 'list', notes);
}
