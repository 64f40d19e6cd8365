/** Contacts as callers see them. */
import { z } from 'zod';
import type { ContactRow } from '../../db/contacts';
import type { Issue } from '../../errors';
import { instant, jsonObject, uuid } from '../common';
import { issueSchema } from './workflow';

export const contactSchema = z
  .object({
    id: uuid,
    externalId: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    timeZone: z.string().nullable(),
    attributes: jsonObject,
    tags: z.array(z.string()),
    score: z.number(),
    consent: z
      .record(z.string(), z.boolean())
      .describe('By channel, whether marketing may be sent; a channel not named may be used.'),
    createdAt: instant,
    updatedAt: instant,
    warnings: z
      .array(issueSchema)
      .optional()
      .describe('What was stored and will not do what it says; only where something was written.'),
  })
  .meta({ id: 'Contact' });

export function contactView(
  row: ContactRow,
  warnings: readonly Issue[] = [],
): z.infer<typeof contactSchema> {
  const { id, externalId, email, phone, firstName, lastName, timeZone, attributes, tags, score } =
    row;
  const { consent, createdAt, updatedAt } = row;
  return {
    ...{ id, externalId, email, phone, firstName, lastName, timeZone, attributes, tags, score },
    consent,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  };
}
