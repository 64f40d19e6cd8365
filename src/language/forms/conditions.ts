/**
 * Conditions as people write them, as groups: a bare list and a single condition mean AND, types and
 * operators are read in any case, symbols as names, and event names by the catalogue.
 */
import { OPERATOR_NAMES, OPERATOR_SYMBOLS } from '../../journey/operators';
import type { Notes } from '../notes';
import { list, object, scalar, type Written, type WrittenObject } from '../written';
import { lowerText, textOf } from '../written-fields';
import { nameEvent } from './event-names';

const EVENT_OPERATORS = ['occurred', 'not_occurred'];
const GROUP_OPERATORS = ['AND', 'OR', 'NOT'];
const OPERATORS = new Set<string>([...OPERATOR_NAMES, ...EVENT_OPERATORS]);

/** What is written where a group is expected, as a group; what is none stays for the schema to refuse. */
export function groupOf(written: Written, notes: Notes): Written {
  if (written.kind === 'scalar') return written;
  if (written.kind === 'list') return andOf(written, written.items, notes);
  if (written.fields.has('conditions')) return entryOf(written, notes);
  if (!looksLikeCondition(written)) return written;
  return andOf(written, [written], notes);
}

/** Whether a group holds nothing, so that leaving it out says the same more plainly. */
export function isEmptyGroup(written: Written): boolean {
  const conditions = written.kind === 'object' ? written.fields.get('conditions') : written;
  return conditions?.kind === 'list' && conditions.items.length === 0;
}

function looksLikeCondition({ fields }: WrittenObject): boolean {
  return fields.has('field') || fields.has('type') || fields.has('operator');
}

function andOf(holder: Written, entries: readonly Written[], notes: Notes): WrittenObject {
  const { place } = holder;
  const conditions = entries.map((entry) => entryOf(entry, notes));
  return object(place, [
    ['operator', scalar(place, 'AND')],
    ['conditions', list(place, conditions)],
  ]);
}

function entryOf(written: Written, notes: Notes): Written {
  if (written.kind === 'list') return groupOf(written, notes);
  if (written.kind === 'scalar') return written;
  spellType(written);
  const conditions = written.fields.get('conditions');
  if (conditions === undefined) return conditionOf(written, notes);
  spellGroupOperator(written);
  if (conditions.kind !== 'list') return written;
  const entries = conditions.items.map((entry) => entryOf(entry, notes));
  written.fields.set('conditions', list(conditions.place, entries));
  return written;
}

function conditionOf(condition: WrittenObject, notes: Notes): WrittenObject {
  spellOperator(condition);
  if (textOf(condition, 'type') !== 'event') return condition;
  nameEvent(condition, 'event', notes);
  lowerField(condition, 'since');
  const filter = condition.fields.get('filter');
  if (filter !== undefined) condition.fields.set('filter', groupOf(filter, notes));
  return condition;
}

function spellType(entry: WrittenObject): void {
  const type = lowerText(entry.fields.get('type'));
  if (type === undefined) return;
  const place = entry.fields.get('type')?.place ?? entry.place;
  entry.fields.set('type', scalar(place, type === 'composite' ? 'group' : type));
}

/** A group without an operator means AND, as a bare list does. */
function spellGroupOperator(group: WrittenObject): void {
  const written = group.fields.get('operator');
  if (written === undefined) group.fields.set('operator', scalar(group.place, 'AND'));
  const upper = lowerText(written)?.toUpperCase();
  if (written !== undefined && upper !== undefined && GROUP_OPERATORS.includes(upper)) {
    group.fields.set('operator', scalar(written.place, upper));
  }
}

/** An operator that does not exist stays as it was written, for the message that refuses it. */
function spellOperator(condition: WrittenObject): void {
  const written = condition.fields.get('operator');
  const lower = lowerText(written);
  if (written === undefined || lower === undefined) return;
  const name = Object.hasOwn(OPERATOR_SYMBOLS, lower) ? OPERATOR_SYMBOLS[lower] : lower;
  if (name !== undefined && OPERATORS.has(name)) {
    condition.fields.set('operator', scalar(written.place, name));
  }
}

function lowerField(holder: WrittenObject, name: string): void {
  const written = holder.fields.get(name);
  const lower = lowerText(written);
  if (written !== undefined && lower !== undefined) {
    holder.fields.set(name, scalar(written.place, lower));
  }
}
