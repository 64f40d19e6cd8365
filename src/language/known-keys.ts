/** Which objects a schema knows at a path: their fields are what a misspelt one is compared with. */
import { z } from 'zod';
import { type Path, valueAt, writtenPath } from './path';

/**
 * The objects that `schema` accepts at `path` of `input`, one for each way of writing it.
 * Of a discriminated union only the variants that `input` chose are looked at.
 */
export function knownObjects(
  schema: z.ZodType,
  path: Path,
  input: unknown,
): readonly z.ZodObject[] {
  let schemas: readonly z.ZodType[] = objectsOf(schema, input);
  for (const [index, part] of path.entries()) {
    const value = valueAt(input, writtenPath(input, path.slice(0, index + 1)));
    schemas = schemas
      .flatMap((candidate) => childOf(candidate, part))
      .flatMap((child) => objectsOf(child, value));
  }
  return [...new Set(schemas.filter((candidate) => candidate instanceof z.ZodObject))];
}

/** Looks through wrappers and unions for the objects, arrays and records that a schema stands for. */
function objectsOf(schema: z.ZodType, input: unknown): readonly z.ZodType[] {
  if (schema instanceof z.ZodPipe) {
    return [schema.in, schema.out].flatMap((side) => objectsOf(side as z.ZodType, input));
  }
  if (schema instanceof z.ZodUnion) {
    return chosenOptions(schema, input).flatMap((option) => objectsOf(option, input));
  }
  if (schema instanceof z.ZodLazy) return objectsOf(schema.unwrap() as z.ZodType, input);
  const inner = innerOf(schema);
  return inner === null ? [schema] : objectsOf(inner, input);
}

function innerOf(schema: z.ZodType): z.ZodType | null {
  const isWrapper =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly;
  return isWrapper ? (schema.unwrap() as z.ZodType) : null;
}

function chosenOptions(union: z.ZodUnion, input: unknown): readonly z.ZodType[] {
  const options = union.options as readonly z.ZodType[];
  if (!(union instanceof z.ZodDiscriminatedUnion)) return options;
  const discriminator = union.def.discriminator;
  const value = valueAt(input, [discriminator]);
  const chosen = options.filter(
    (option) =>
      option instanceof z.ZodObject &&
      (option.shape[discriminator] as z.ZodType | undefined)?.safeParse(value).success,
  );
  return chosen.length > 0 ? chosen : options;
}

function childOf(schema: z.ZodType, part: string | number): readonly z.ZodType[] {
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  if (schema instanceof z.ZodObject && Object.hasOwn(schema.shape, part)) {
    return [schema.shape[part] as z.ZodType];
  }
  return [];
}
