import type { Json, JsonObject } from '../journey/json';
import { canonicalJson } from './content-hash';
import type { Path } from './path';

/** A value that differs. Absent where there is none: `before` of one that is new, `after` of one that is gone. */
export interface ValueChange {
  readonly path: Path;
  readonly before?: Json;
  readonly after?: Json;
}

/**
 * Every place at which two values differ, named as deep as both have something there. A list of plain values is
 * one value, and so is what `isWhole` says; other lists are compared place by place.
 */
export function valueChanges(
  before: Json | undefined,
  after: Json | undefined,
  isWhole: (path: Path) => boolean = () => false,
  path: Path = [],
): ValueChange[] {
  if (before === undefined && after === undefined) return [];
  const compared = isWhole(path) ? null : members(before, after);
  if (compared !== null)
    return compared.flatMap(([name, old, now]) => valueChanges(old, now, isWhole, [...path, name]));
  if (canonicalJson(before) === canonicalJson(after)) return [];
  return [
    {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
}

type Member = readonly [string | number, Json | undefined, Json | undefined];

/** What two objects or two lists have inside; null for values that are compared as they are. */
function members(before: Json | undefined, after: Json | undefined): Member[] | null {
  if (isList(before) && isList(after)) {
    if ([...before, ...after].every(isPlain)) return null;
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => [index, before[index], after[index]]);
  }
  if (!isObject(before) || !isObject(after)) return null;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => [name, own(before, name), own(after, name)]);
}

const own = (object: JsonObject, name: string) =>
  Object.hasOwn(object, name) ? object[name] : undefined;

const isPlain = (value: Json) => typeof value !== 'object' || value === null;

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== undefined && !isPlain(value) && !isList(value);
}
