/** Suppressions as callers see them. */
import { z } from 'zod';
import type { SuppressionRow } from '../../db/suppressions';
import { SUPPRESSION_REASONS } from '../../journey/suppression';
import { instant, uuid } from '../common';

export const suppressionReason = z.enum(SUPPRESSION_REASONS);

export const suppressionSchema = z
  .object({
    id: uuid,
    channel: z.string(),
    address: z
      .string()
      .nullable()
      .describe('In lower case; null once its person was erased. It stays suppressed.'),
    reason: suppressionReason.describe(
      'A mail came back for good, was complained about, or an operator put the address there.',
    ),
    eventId: uuid.nullable().describe('The event that told of it.'),
    createdBy: z.string().nullable().describe('The API key that ordered it.'),
    createdAt: instant,
  })
  .meta({ id: 'Suppression' });

export function suppressionView(row: SuppressionRow): z.infer<typeof suppressionSchema> {
  const { id, channel, address, reason, eventId, createdBy, createdAt } = row;
  return { id, channel, address, reason, eventId, createdBy, createdAt: createdAt.toISOString() };
}
