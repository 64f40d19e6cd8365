/** The ways of writing a wait: `delay`, `wait_until` and `wait { waitType }`. */
import type { Notes } from '../notes';
import { object, type Place, scalar, type Written, type WrittenObject } from '../written';
import { calls, lowerText, put, rename, take, takeFirst } from '../written-fields';

const WAIT_TYPES = ['duration', 'until_date', 'until_condition'] as const;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const NUMBER = /^\d+$/;

/** `delay { duration, unit }`. */
export function readDelay(data: WrittenObject): void {
  readDuration(data, 'duration');
}

/** `wait_until { date | dateTime | field | time }`. */
export function readWaitUntil(data: WrittenObject, notes: Notes): void {
  rename(data, 'timezone', 'timeZone', notes);
  const time = take(data, 'time');
  const date = takeFirst(data, ['date', 'dateTime', 'datetime', 'waitUntil']);
  const field = take(data, 'field');
  for (const name of ['date', 'dateTime', 'field', 'time']) data.alsoKnown.add(name);
  const until = date ?? (field === undefined ? undefined : liquidOf(field));
  if (until !== undefined && time !== undefined) put(data, 'until', atTime(until, time, notes));
  else if (until !== undefined) put(data, 'until', until);
  else put(data, 'untilTime', time);
  if (field !== undefined && date !== undefined) {
    notes.error('wrong_value', field.place, 'Give one of "date", "dateTime" and "field".');
  }
  demand(notes, data, data.place, 'Say until when: "date", "dateTime", "field" or "time".');
}

const SAID = ['until', 'untilTime', 'untilCondition', 'for', 'window'];

/** One complaint about a wait that says nothing is enough: it becomes one that has no other faults. */
function demand(notes: Notes, data: WrittenObject, place: Place, message: string): void {
  if (SAID.some((name) => data.fields.has(name))) return;
  notes.error('missing_field', place, message);
  data.fields.set('for', scalar(place, '0s'));
}

/** `wait { waitType, … }`; a wait in the canonical form stays as it is. */
export function readWait(data: WrittenObject, notes: Notes): void {
  data.alsoKnown.add('waitType');
  const written = take(data, 'waitType');
  if (written === undefined) return;
  const type = lowerText(written)?.replace(/[\s-]/g, '_');
  if (type === 'duration') readDuration(data, 'duration');
  else if (type === 'until_date') {
    rename(data, 'waitUntil', 'until', notes);
    demand(notes, data, { above: data.place, key: 'waitUntil' }, 'This field is required: a date.');
  } else if (type === 'until_condition') readUntilCondition(data, notes);
  else notes.notAChoice(written.place, textOfScalar(written), WAIT_TYPES);
}

function readUntilCondition(data: WrittenObject, notes: Notes): void {
  calls(data, 'untilCondition', 'condition');
  rename(data, 'conditions', 'condition', notes);
  rename(data, 'condition', 'untilCondition', notes);
  calls(data, 'maxWait', 'maxWaitDuration');
  const longest = take(data, 'maxWaitDuration');
  if (longest !== undefined) put(data, 'maxWait', amountOf(longest, undefined, longest.place));
}

/** A duration with its unit beside it; a bare number is seconds. */
function readDuration(data: WrittenObject, name: string): void {
  calls(data, 'for', name);
  data.alsoKnown.add('unit');
  const duration = takeFirst(data, [name, 'amount']);
  const unit = take(data, 'unit');
  if (duration !== undefined) put(data, 'for', amountOf(duration, unit, duration.place));
}

function amountOf(written: Written, unit: Written | undefined, place: Place): Written {
  if (written.kind === 'object') {
    const value = written.fields.get('value');
    if (value !== undefined && !written.fields.has('amount')) {
      written.fields.delete('value');
      written.fields.set('amount', value);
    }
    return written;
  }
  if (written.kind === 'list') return written;
  const { value } = written;
  const isCount = typeof value === 'number' || (typeof value === 'string' && NUMBER.test(value));
  if (!isCount && unit === undefined) return written;
  const amount = isCount ? scalar(place, Number(value)) : written;
  return object(place, [
    ['amount', amount],
    ['unit', unit ?? scalar(place, 'seconds')],
  ]);
}

/** A field of the contact, as the Liquid text that reads it. */
function liquidOf(field: Written): Written {
  const name = textOfScalar(field);
  if (name === '' || name.includes('{{')) return field;
  const path = /^(?:contact|event|variables|enrollment)\./.test(name) ? name : `contact.${name}`;
  return scalar(field.place, `{{ ${path} }}`);
}

/** A date with a time of day is a local date-time. */
function atTime(date: Written, time: Written, notes: Notes): Written {
  const [day, clock] = [textOfScalar(date), textOfScalar(time)];
  if (DATE.test(day) && clock !== '') return scalar(date.place, `${day}T${clock}`);
  const message =
    'A time of day goes with a date such as "2026-12-24". Write a date-time instead, or wait for the time in a step of its own.';
  notes.error('wrong_value', time.place, message);
  return date;
}

function textOfScalar(written: Written): string {
  return written.kind === 'scalar' && written.value !== null ? String(written.value) : '';
}
