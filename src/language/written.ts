/**
 * A definition as it was written, as a tree in which every value knows its place.
 *
 * Owns: the tree, moving and renaming values in it, and translating a path of the canonical form into
 * the path that the caller wrote. Does not own: what is moved where (forms/).
 *
 * 1. A value keeps its place wherever it is moved, so an error about it names what was written.
 * 2. Every value stands in the tree once: the tree is planted from a copy, and may be changed freely.
 * 3. Members lie in a Map: a field called `__proto__` is a field.
 */
import type { Json, JsonObject } from '../journey/json';
import type { Path } from './path';

/** Where a value was written; null is the whole input. Linked upwards, so that planting costs little. */
export type Place = { readonly above: Place; readonly key: string | number } | null;

export interface WrittenScalar {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: string | number | boolean | null;
}

export interface WrittenList {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: Written[];
}

export interface WrittenObject {
  readonly kind: 'object';
  readonly place: Place;
  readonly fields: Map<string, Written>;
  /** Where a field that is absent would have been written, when the caller calls it otherwise. */
  readonly called: Map<string, Place>;
  /** Further names that may be written here, for suggestions. */
  readonly alsoKnown: Set<string>;
}

export type Written = WrittenScalar | WrittenList | WrittenObject;

/** The tree of a JSON value. */
export function plant(value: Json, place: Place = null): Written {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item, index) =>
      plant(item, { above: place, key: index }),
    );
    return list(place, items);
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as JsonObject).filter(([, field]) => field !== undefined);
    return object(
      place,
      entries.map(([key, field]) => [key, plant(field, { above: place, key })]),
    );
  }
  return { kind: 'scalar', place, value: value as WrittenScalar['value'] };
}

/** A scalar that stands for something written elsewhere. */
export function scalar(place: Place, value: WrittenScalar['value']): WrittenScalar {
  return { kind: 'scalar', place, value };
}

/** A list that stands for something written elsewhere. */
export function list(place: Place, items: readonly Written[]): WrittenList {
  return { kind: 'list', place, items: [...items] };
}

/** An object that stands for something written elsewhere; absent fields are left out. */
export function object(
  place: Place,
  fields: Iterable<readonly [string, Written | undefined]> = [],
): WrittenObject {
  const present = [...fields].filter((entry): entry is readonly [string, Written] => !!entry[1]);
  return {
    kind: 'object',
    place,
    fields: new Map(present),
    called: new Map(),
    alsoKnown: new Set(),
  };
}

/** The JSON that a tree stands for. */
export function harvest(written: Written): Json {
  if (written.kind === 'scalar') return written.value;
  if (written.kind === 'list') return written.items.map(harvest);
  return Object.fromEntries([...written.fields].map(([key, field]) => [key, harvest(field)]));
}

/** The path of a place in what was written. */
export function pathOf(place: Place): Path {
  const path: (string | number)[] = [];
  for (let at = place; at !== null; at = at.above) path.push(at.key);
  return path.reverse();
}

/** Where the value at a path of the tree was written; a missing one under its parent. */
export function placeAt(root: Written, path: Path): Place {
  const { node, rest } = descend(root, path);
  const [first, ...more] = rest;
  if (first === undefined) return node.place;
  const called = node.kind === 'object' ? node.called.get(String(first)) : undefined;
  const start: Place = called ?? { above: node.place, key: first };
  return more.reduce<Place>((above, key) => ({ above, key }), start);
}

/** The value at a path of the tree. */
export function writtenAt(root: Written, path: Path): Written | undefined {
  const { node, rest } = descend(root, path);
  return rest.length === 0 ? node : undefined;
}

function descend(root: Written, path: Path): { node: Written; rest: Path } {
  let node = root;
  for (const [index, part] of path.entries()) {
    const next = memberOf(node, part);
    if (next === undefined) return { node, rest: path.slice(index) };
    node = next;
  }
  return { node, rest: [] };
}

function memberOf(node: Written, part: string | number): Written | undefined {
  if (node.kind === 'list') return typeof part === 'number' ? node.items[part] : undefined;
  return node.kind === 'object' ? node.fields.get(String(part)) : undefined;
}
