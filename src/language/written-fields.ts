/** Reading and moving the fields of a written object. */
import type { Notes } from './notes';
import { type Place, type Written, type WrittenList, type WrittenObject, scalar } from './written';

/** The text of a field, or undefined where there is none. */
export function textOf(holder: WrittenObject, name: string): string | undefined {
  const field = holder.fields.get(name);
  return field?.kind === 'scalar' && typeof field.value === 'string' ? field.value : undefined;
}

/** The field as an object, or undefined. */
export function objectAt(holder: WrittenObject, name: string): WrittenObject | undefined {
  const field = holder.fields.get(name);
  return field?.kind === 'object' ? field : undefined;
}

/** The field as a list, or undefined. */
export function listAt(holder: WrittenObject, name: string): WrittenList | undefined {
  const field = holder.fields.get(name);
  return field?.kind === 'list' ? field : undefined;
}

/** Takes a field out. */
export function take(holder: WrittenObject, name: string): Written | undefined {
  const field = holder.fields.get(name);
  holder.fields.delete(name);
  return field;
}

/** Takes out the first of several names that is given. */
export function takeFirst(holder: WrittenObject, names: readonly string[]): Written | undefined {
  const given = names.find((name) => holder.fields.has(name));
  return given === undefined ? undefined : take(holder, given);
}

/** Puts a field in, unless it is absent. */
export function put(holder: WrittenObject, name: string, field: Written | undefined): void {
  if (field !== undefined) holder.fields.set(name, field);
}

/** Puts a value in that stands for something written at `place`. */
export function putValue(
  holder: WrittenObject,
  name: string,
  place: Place,
  value: string | number | boolean,
): void {
  holder.fields.set(name, scalar(place, value));
}

/** Gives a field its canonical name, in its position. Both names at once are an error. */
export function rename(holder: WrittenObject, from: string, to: string, notes: Notes): void {
  holder.alsoKnown.add(from);
  const given = holder.fields.get(from);
  if (given === undefined) return;
  if (holder.fields.has(to)) {
    holder.fields.delete(from);
    const message = `"${from}" means "${to}", which is given too. Give one of them.`;
    notes.error('wrong_value', given.place, message);
    return;
  }
  const entries = [...holder.fields].map(
    ([name, field]) => [name === from ? to : name, field] as const,
  );
  holder.fields.clear();
  for (const [name, field] of entries) holder.fields.set(name, field);
}

/** Says how the caller would have written a field that is missing. */
export function calls(holder: WrittenObject, canonical: string, written: string): void {
  holder.called.set(canonical, { above: holder.place, key: written });
  holder.alsoKnown.add(written);
}

/** A text read as lower case; undefined where it is none. */
export function lowerText(written: Written | undefined): string | undefined {
  if (written?.kind !== 'scalar' || typeof written.value !== 'string') return undefined;
  return written.value.toLowerCase();
}
