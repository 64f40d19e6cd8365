import { z } from 'zod';
import { definitionSchema } from '../../src/journey/definition';
import { nodeTypes } from '../../src/journey/nodes/index';
import { insideOf } from '../../src/language/schema-shape';

/** The schemas inside a schema, and what each is called. */
function inside(schema: z.ZodType): readonly (readonly [string, z.ZodType])[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape as Record<string, z.ZodType>);
  if (schema instanceof z.ZodArray) return [['[]', schema.element as z.ZodType]];
  if (schema instanceof z.ZodRecord) return [['{}', schema.valueType as z.ZodType]];
  if (schema instanceof z.ZodUnion)
    return (schema.options as readonly z.ZodType[]).map((option, index) => [`|${index}`, option]);
  const inner = insideOf(schema);
  return inner === null ? [] : [['', inner]];
}

/** A description on the field, or on what it wraps. */
function isDescribed(schema: z.ZodType): boolean {
  if (schema.description !== undefined) return true;
  const inner = insideOf(schema);
  return inner !== null && isDescribed(inner);
}

function* undescribed(schema: z.ZodType, path: string, seen: Set<z.ZodType>): Generator<string> {
  if (seen.has(schema)) return;
  seen.add(schema);
  for (const [name, inner] of inside(schema)) {
    const here = name === '' ? path : `${path}.${name}`;
    if (schema instanceof z.ZodObject && !isDescribed(inner)) yield here;
    yield* undescribed(inner, here, seen);
  }
}

test('every field of a definition says what it is for', () => {
  expect([...undescribed(definitionSchema, 'definition', new Set())]).toEqual([]);
});

test.each([...nodeTypes.values()])(
  'every field of $type says what it is for',
  ({ type, config }) => {
    expect([...undescribed(config, type, new Set())]).toEqual([]);
  },
);
