/** Which values are the same, and what reads as a number, a text or a list, by the rules of the language. */
import type { Json } from './json';

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** The number that a value is or reads as; null when it is none. */
export function numberOf(value: Json): number | null {
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** Texts are texts and numbers read as their digits; nothing else has characters to look for. */
export function textOf(value: Json): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

/** Whether nothing is there: not given, or null. */
export function isMissing(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** A list, told from an object. */
export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function sameObjects(left: Json, right: Json): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return false;
  const [a, b] = [Object.entries(left), new Map(Object.entries(right))];
  return (
    a.length === b.size &&
    a.every(([key, value]) => b.has(key) && sameValues(value, b.get(key) ?? null))
  );
}

/** Equality with the coercions of the language; two missing values are equal only inside a list or object. */
export function sameValues(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (isList(left) || isList(right)) {
    if (!isList(left) || !isList(right) || left.length !== right.length) return false;
    return left.every((item, index) => sameValues(item, right[index] ?? null));
  }
  if (typeof left === 'number' || typeof right === 'number') {
    const number = numberOf(left);
    return number !== null && number === numberOf(right);
  }
  if (typeof left === 'boolean') return right === String(left);
  if (typeof right === 'boolean') return left === String(right);
  return sameObjects(left, right);
}

const SHOWN_CHARACTERS = 80;

/** A value as a reason quotes it; long ones are cut. */
export function show(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
