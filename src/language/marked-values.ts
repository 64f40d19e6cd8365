/**
 * Values that a schema gives a meaning which no schema can check: zones, names of variables.
 *
 * A meaning is a schema that others are built with (`timeZone` in src/journey/window.ts), so a new node
 * type that uses it is checked without being named here.
 */
import { z } from 'zod';
import type { Path } from './path';
import { insideOf, isA } from './schema-shape';

export interface MarkedValue<M> {
  readonly mark: M;
  readonly path: Path;
  readonly value: string;
}

export type Marks<M> = readonly (readonly [schema: z.ZodType, mark: M])[];

interface Step {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly path: Path;
}

/** Every text in `value` that stands where `schema` has one of the marks; each place once. */
export function markedValues<M>(
  schema: z.ZodType,
  value: unknown,
  marks: Marks<M>,
): readonly MarkedValue<M>[] {
  const found = new Map<string, MarkedValue<M>>();
  const note = (candidate: z.ZodType, text: unknown, path: Path) => {
    if (typeof text !== 'string') return;
    const mark = marks.find(([each]) => isA(candidate, each))?.[1];
    if (mark !== undefined) found.set(JSON.stringify(path), { mark, path, value: text });
  };
  const leads = pathfinder(marks);
  const stack: Step[] = [{ schema, value, path: [] }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    note(step.schema, step.value, step.path);
    if (step.schema instanceof z.ZodRecord) {
      for (const key of keysOf(step.value))
        note(step.schema.keyType as z.ZodType, key, [...step.path, key]);
    }
    stack.push(...next(step).filter((inner) => leads(inner.schema)));
  }
  return [...found.values()].reverse();
}

const pathfinders = new WeakMap<Marks<unknown>, (schema: z.ZodType) => boolean>();

/** Whether a mark can stand inside a schema: most hold none, and values need not be walked there. */
function pathfinder(marks: Marks<unknown>): (schema: z.ZodType) => boolean {
  const ready = pathfinders.get(marks);
  if (ready !== undefined) return ready;
  const known = new WeakMap<z.ZodType, boolean>();
  const finder = (start: z.ZodType): boolean => {
    const answer = known.get(start);
    if (answer !== undefined) return answer;
    const seen = new Set([start]);
    for (const schema of seen) {
      if (known.get(schema) === true || marks.some(([each]) => isA(schema, each))) {
        known.set(start, true);
        return true;
      }
      for (const inner of insides(schema)) seen.add(inner);
    }
    for (const schema of seen) known.set(schema, false);
    return false;
  };
  pathfinders.set(marks, finder);
  return finder;
}

/** Every schema directly inside a schema, whatever the value. */
function insides(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options as readonly z.ZodType[];
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodRecord)
    return [schema.keyType as z.ZodType, schema.valueType as z.ZodType];
  if (schema instanceof z.ZodObject) return Object.values(schema.shape) as z.ZodType[];
  const inside = insideOf(schema);
  return inside === null ? [] : [inside];
}

const keysOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];

/** What a schema wraps, offers or contains, with the values that meet it. */
function next({ schema, value, path }: Step): readonly Step[] {
  if (value === undefined || value === null) return [];
  const same = (inner: unknown) => ({ schema: inner as z.ZodType, value, path });
  const member = (inner: unknown, key: string | number): Step => ({
    schema: inner as z.ZodType,
    value: (value as Record<string | number, unknown>)[key],
    path: [...path, key],
  });
  if (schema instanceof z.ZodUnion) return schema.options.map(same);
  if (schema instanceof z.ZodArray) {
    return Array.isArray(value) ? value.map((_, index) => member(schema.element, index)) : [];
  }
  if (schema instanceof z.ZodRecord)
    return keysOf(value).map((key) => member(schema.valueType, key));
  if (schema instanceof z.ZodObject) {
    // A bare list of conditions stands for a group.
    if (Array.isArray(value)) {
      const { conditions } = schema.shape as { conditions?: z.ZodType };
      return conditions === undefined ? [] : [same(conditions)];
    }
    return keysOf(value).flatMap((key) =>
      Object.hasOwn(schema.shape, key) ? [member(schema.shape[key], key)] : [],
    );
  }
  const inside = insideOf(schema);
  return inside === null ? [] : [same(inside)];
}
