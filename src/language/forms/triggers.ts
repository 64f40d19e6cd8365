/** What enrolls a contact: the ways of writing a trigger. */
import { eventType } from '../../journey/names';
import { askable, knownEvent } from '../event-catalogue';
import type { Notes } from '../notes';
import { near } from '../suggest';
import { list, object, type Place, scalar, type Written, type WrittenObject } from '../written';
import { lowerText, objectAt, put, putValue, rename, take, textOf } from '../written-fields';
import { groupOf, isEmptyGroup } from './conditions';
import { nameEvent } from './event-names';

/** Kinds of triggers that are read, by their name without case, `_` and `.`. */
const KINDS = new Map([
  ['manual', 'manual'],
  ['api', 'manual'],
  ['event', 'event'],
]);

/** Kinds that the language has and that cannot enroll anybody here. */
const UNSUPPORTED = new Map([
  ['segmententry', 'segment_entry'],
  ['segmentexit', 'segment_exit'],
  ['schedule', 'schedule'],
  ['date', 'date'],
  ['datebirthday', 'date'],
  ['birthday', 'date'],
  ['anniversary', 'date'],
  ['webhook', 'webhook'],
]);

/** `trigger` is the list of one; both names at once are an error. */
export function normalizeTriggers(root: WrittenObject, notes: Notes): void {
  const one = take(root, 'trigger');
  const several = root.fields.get('triggers');
  if (one !== undefined && several !== undefined) {
    const message = 'Give either "trigger" or "triggers", not both.';
    notes.error('wrong_value', several.place, message);
  }
  if (one !== undefined) {
    root.fields.set('triggers', list(one.place, [one]));
  } else if (several === undefined) {
    root.called.set('triggers', { above: root.place, key: 'trigger' });
    root.alsoKnown.add('trigger');
  }
  const triggers = root.fields.get('triggers');
  if (triggers?.kind !== 'list') return;
  for (const trigger of triggers.items) {
    if (trigger.kind === 'object') normalizeTrigger(trigger, notes);
  }
}

function normalizeTrigger(trigger: WrittenObject, notes: Notes): void {
  rename(trigger, 'triggerType', 'type', notes);
  nameKind(trigger, notes);
  nameRateLimit(trigger, notes);
  if (textOf(trigger, 'type') !== 'event') return;
  const parts = filterParts(trigger, notes);
  nameEvent(trigger, 'event', notes);
  parts.unshift(...configParts(trigger, notes));
  put(trigger, 'filter', parts.length > 1 ? all(parts) : parts[0]);
}

/** Reads the type: a kind of trigger, or an event's name. A near miss of a kind stays, to be refused. */
function nameKind(trigger: WrittenObject, notes: Notes): void {
  const written = trigger.fields.get('type');
  if (written === undefined && trigger.fields.has('event')) {
    putValue(trigger, 'type', trigger.place, 'event');
  }
  const name = lowerText(written);
  if (written?.kind !== 'scalar' || name === undefined) return;
  const folded = name.replace(/[._]/g, '');
  const kind = KINDS.get(folded);
  const unsupported = UNSUPPORTED.get(folded);
  if (kind !== undefined) putValue(trigger, 'type', written.place, kind);
  else if (unsupported !== undefined) refuse(trigger, written.place, unsupported, notes);
  else if (knownEvent(name) !== null || isCustomEvent(String(written.value))) {
    putValue(trigger, 'type', written.place, 'event');
    if (!trigger.fields.has('event')) trigger.fields.set('event', written);
  }
}

function isCustomEvent(name: string): boolean {
  const kinds = [...new Set([...KINDS.values(), ...UNSUPPORTED.values()])];
  return eventType.safeParse(name).success && near(name, kinds) === undefined;
}

/** Replaced by a trigger that is accepted, so that the refusal is the only thing said about it. */
function refuse(trigger: WrittenObject, place: Place, kind: string, notes: Notes): void {
  const message = `Triggers of type "${kind}" cannot be used here. Use an event trigger, or "manual" and enroll by the API.`;
  notes.error('unsupported', place, message);
  trigger.fields.clear();
  putValue(trigger, 'type', place, 'manual');
}

function nameRateLimit(trigger: WrittenObject, notes: Notes): void {
  rename(trigger, 'rateLimiting', 'rateLimit', notes);
  const limit = objectAt(trigger, 'rateLimit');
  if (limit === undefined) return;
  rename(limit, 'maxPerContact', 'max', notes);
  rename(limit, 'timeWindow', 'per', notes);
}

function filterParts(trigger: WrittenObject, notes: Notes): Written[] {
  const config = objectAt(trigger, 'config');
  if (config !== undefined && !trigger.fields.has('event')) {
    put(trigger, 'event', take(config, 'event'));
  }
  return [trigger, config].flatMap((holder) => {
    if (holder === undefined) return [];
    rename(holder, 'conditions', 'filter', notes);
    rename(holder, 'filters', 'filter', notes);
    const filter = take(holder, 'filter');
    return filter === undefined || isEmptyGroup(filter) ? [] : [groupOf(filter, notes)];
  });
}

/** `config` asks for properties of the event: `{ tag: vip }`. */
function configParts(trigger: WrittenObject, notes: Notes): Written[] {
  const config = objectAt(trigger, 'config');
  if (config === undefined) return [];
  trigger.fields.delete('config');
  const known = askable(textOf(trigger, 'event') ?? '');
  const asked: Written[] = [];
  for (const [name, value] of config.fields) {
    if (name === 'abandonmentTime') ignoreQuietTime(value.place, notes);
    else if (known.includes(name)) asked.push(propertyIs(name, value));
    else notes.unknownField(value.place, name, [...known, 'filter', 'event']);
  }
  return asked.length === 0 ? [] : [all(asked, config.place)];
}

function ignoreQuietTime(place: Place, notes: Notes): void {
  const message =
    'The quiet time is ignored: "form.abandoned" enrolls when such an event arrives. Let the sender wait before it sends one.';
  notes.warn('ignored_field', place, message);
}

function propertyIs(name: string, value: Written): WrittenObject {
  return object(value.place, [
    ['field', scalar(value.place, `event.${name}`)],
    ['operator', scalar(value.place, value.kind === 'list' ? 'in' : 'equals')],
    ['value', value],
  ]);
}

function all(parts: readonly Written[], place: Place = parts[0]?.place ?? null): WrittenObject {
  return object(place, [
    ['operator', scalar(place, 'AND')],
    ['conditions', list(place, parts)],
  ]);
}
