/**
 * Parse output as people would write it, by its schema: durations in words, conditions as lists, what
 * is the default left out. Parsing it gives the same output again.
 */
import { z } from 'zod';
import { conditionGroup } from '../journey/condition';
import { duration, durationText } from '../journey/duration';
import type { Json, JsonObject } from '../journey/json';
import { canonicalJson } from './content-hash';
import { fieldOf, insideOf, isA, unwrapped } from './schema-shape';

const OWN_MEANING = [duration];

/** The value as people would write it; undefined where leaving it out says the same. */
export function readable(value: Json, schema: z.ZodType): Json | undefined {
  const isDefault = defaultsOf(schema).some((each) => canonicalJson(each) === canonicalJson(value));
  if (isDefault) return undefined;
  const written = inWords(value, schema);
  const isGroup = wrapsOver(schema, conditionGroup);
  if (isGroup) return bareList(written);
  // What an object is filled in with is left out, and then the object itself.
  return canFill(schema) && isEmptyObject(written) ? undefined : written;
}

function inWords(value: Json, schema: z.ZodType): Json {
  const inner = unwrapped(schema, OWN_MEANING);
  if (isA(inner, duration)) return typeof value === 'number' ? durationText(value) : value;
  if (inner instanceof z.ZodUnion) {
    const options = inner.options as readonly z.ZodType[];
    // What was parsed is no input: only its words fit the alternative that it came from.
    const words = options.map((each) => [each, inWords(value, each)] as const);
    const found = words.find(([each, written]) => each.safeParse(written).success);
    return found?.[1] ?? value;
  }
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const element = inner.element as z.ZodType;
    return (value as readonly Json[]).map((item) => inWords(item, element));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (inner instanceof z.ZodObject) return fieldsInWords(value as JsonObject, inner);
  return value;
}

function fieldsInWords(value: JsonObject, schema: z.ZodObject): JsonObject {
  const entries = Object.entries(value).flatMap(([name, field]): [string, Json][] => {
    const inner = fieldOf(schema, name);
    const written = inner === undefined ? field : readable(field, inner);
    return written === undefined ? [] : [[name, written]];
  });
  return Object.fromEntries(entries);
}

/** A group that means AND is a bare list; inside one, groups stay as they are. */
function bareList(group: Json): Json {
  if (typeof group !== 'object' || group === null || Array.isArray(group)) return group;
  const { operator, conditions, ...rest } = group as JsonObject;
  const isPlain = operator === 'AND' && Object.keys(rest).length === 0;
  return isPlain && conditions !== undefined ? conditions : group;
}

function* wrappers(schema: z.ZodType): Generator<z.ZodType> {
  for (let at: z.ZodType | null = schema; at !== null; at = insideOf(at)) yield at;
}

function wrapsOver(schema: z.ZodType, known: z.ZodType): boolean {
  return [...wrappers(schema)].some((each) => isA(each, known));
}

function defaultsOf(schema: z.ZodType): unknown[] {
  return [...wrappers(schema)].flatMap((each) => {
    if (each instanceof z.ZodDefault) return [each.def.defaultValue];
    if (!(each instanceof z.ZodPrefault)) return [];
    const filled = (each.unwrap() as z.ZodType).safeParse(each.def.defaultValue);
    return filled.success ? [filled.data] : [];
  });
}

function canFill(schema: z.ZodType): boolean {
  return [...wrappers(schema)].some((each) => each instanceof z.ZodPrefault);
}

function isEmptyObject(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
