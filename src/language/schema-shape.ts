/** Looking into schemas: what a value of the definition is, by the schema that describes it. */
import { z } from 'zod';

/** Whether a schema is this one, or this one with another description or limit. */
export function isA(schema: z.ZodType, known: z.ZodType): boolean {
  for (let at: z.core.$ZodType | undefined = schema; at !== undefined; at = at._zod.parent) {
    if (at === known) return true;
  }
  return false;
}

/** One step through a wrapper that does not change what is written; null where there is none. */
export function insideOf(schema: z.ZodType): z.ZodType | null {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodLazy
  ) {
    return schema.unwrap() as z.ZodType;
  }
  if (!(schema instanceof z.ZodPipe)) return null;
  // What a transform turns is its other side; of two schemas the first one speaks of what is written.
  const side = schema.in instanceof z.ZodTransform ? schema.out : schema.in;
  return side as z.ZodType;
}

/** The schema inside all wrappers, or the first on the way in that is one of these. */
export function unwrapped(schema: z.ZodType, stopAt: readonly z.ZodType[] = []): z.ZodType {
  for (let at = schema; ; ) {
    const here = at;
    const inside = stopAt.some((known) => isA(here, known)) ? null : insideOf(here);
    if (inside === null) return here;
    at = inside;
  }
}

/** The alternatives of a union, those of unions inside it too; a schema that is none is its own. */
export function optionsOf(
  schema: z.ZodType,
  stopAt: readonly z.ZodType[] = [],
): readonly z.ZodType[] {
  const inner = unwrapped(schema, stopAt);
  if (!(inner instanceof z.ZodUnion)) return [inner];
  return (inner.options as readonly z.ZodType[]).flatMap((option) => optionsOf(option, stopAt));
}

/** The texts that a schema lists as its values. */
export function choicesOf(schema: z.ZodType): readonly string[] {
  const values: readonly unknown[] =
    schema instanceof z.ZodEnum
      ? schema.options
      : schema instanceof z.ZodLiteral
        ? [...schema.values]
        : [];
  return values.filter((value) => typeof value === 'string');
}

/** The field schema of an object. */
export function fieldOf(schema: z.ZodObject, name: string): z.ZodType | undefined {
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  return Object.hasOwn(shape, name) ? shape[name] : undefined;
}
