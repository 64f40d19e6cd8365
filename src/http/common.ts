/** Schemas that several nouns share. */
import { z } from 'zod';
import type { JsonObject } from '../db/json';
import type { Listed } from '../db/page';
import { isUuid } from '../ids';

/** Any JSON object: its depth, keys and characters were checked before. */
export const jsonObject = z
  .custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Expected an object.',
  )
  .meta({ override: { type: 'object', additionalProperties: true } });

/** An instant that a caller gives, with a zone; parsed to a Date. */
export const instantInput = z.iso
  .datetime({
    offset: true,
    error: 'Expected an instant with its zone, such as "2026-03-27T08:00:00Z".',
  })
  .transform((text) => new Date(text))
  .meta({ override: { type: 'string', format: 'date-time' } });

export const instant = z.iso.datetime().describe('An instant, ISO 8601 in UTC.');
export const uuid = z.uuid();

export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'Expected a whole number from 1 to 200.')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 200, 'Expected a whole number from 1 to 200.')
    .meta({ override: { type: 'integer', minimum: 1, maximum: 200, default: 50 } })
    .optional()
    .describe('How many at most; 50 unless told.'),
  cursor: z.string().min(1).max(200).optional().describe('`nextCursor` of the answer before.'),
});

export const byId = z.strictObject({ id: z.string().describe('The id.') });

/** The answer of a list of `item`. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .describe('Pass it as `cursor` for what follows; null at the end.'),
  });
}

/** A page of rows as a list of what callers see. */
export function listAnswer<Row, View>({ data, nextCursor }: Listed<Row>, view: (row: Row) => View) {
  return { status: 200, body: { data: data.map(view), nextCursor } };
}

export function isoOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

/**
 * The row that `load` finds by an id from an address, else what `missing` makes. A text that is no
 * UUID names nothing, and neither does the id of another workspace: the caller sees no difference.
 */
export async function found<T>(
  id: string,
  load: (id: string) => Promise<T | null>,
  missing: () => Error,
): Promise<T> {
  const row = isUuid(id) ? await load(id) : null;
  if (row === null) throw missing();
  return row;
}
