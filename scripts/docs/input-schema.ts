/** JSON Schema of what a caller may write: the input side, before defaults and transforms. */
import { z } from 'zod';
import type { Schema } from './schema-table';

type JsonSchema = Record<string, unknown>;
type Override = NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override'];

/** The JSON Schema of a schema's input. Required is what the schema refuses to go without. */
export function inputSchema(schema: z.ZodType, override?: Override): Schema & JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override(context) {
      const { zodSchema, jsonSchema } = context;
      // zod takes every preprocessed field for optional, since it cannot know what it begins as.
      if (zodSchema instanceof z.ZodObject) {
        const fields = Object.entries(zodSchema.shape as Record<string, z.ZodType>);
        const required = fields.filter(([, field]) => !field.safeParse(undefined).success);
        delete jsonSchema.required;
        if (required.length > 0) jsonSchema.required = required.map(([name]) => name);
      }
      override?.(context);
    },
  }) as Schema & JsonSchema;
}
