/** Events as callers see them. */
import { z } from 'zod';
import type { EventCount, EventRow } from '../../db/events';
import { instant, jsonObject, uuid } from '../common';

export const eventSchema = z
  .object({
    id: uuid,
    externalId: z.string().nullable().describe('The id that its sender gave.'),
    contactId: uuid,
    type: z.string(),
    properties: jsonObject,
    occurredAt: instant,
    receivedAt: instant,
    deliveryKey: z.string().nullable().describe('The message that it is about.'),
    causedBy: z.string().nullable().describe('What in Throughline caused it; null from outside.'),
  })
  .meta({ id: 'Event' });

export function eventView(row: EventRow): z.infer<typeof eventSchema> {
  const { id, externalId, contactId, type, properties, deliveryKey, causedBy } = row;
  const times = {
    occurredAt: row.occurredAt.toISOString(),
    receivedAt: row.receivedAt.toISOString(),
  };
  return { id, externalId, contactId, type, properties, ...times, deliveryKey, causedBy };
}

export const eventCountsSchema = z
  .object({
    total: z.int(),
    types: z.array(
      z.object({
        type: z.string(),
        count: z.int(),
        firstAt: instant.describe('When the earliest happened.'),
        lastAt: instant.describe('When the latest happened.'),
      }),
    ),
  })
  .meta({ id: 'EventCounts' });

export function eventCountsView(counts: readonly EventCount[]): z.infer<typeof eventCountsSchema> {
  return {
    total: counts.reduce((sum, { count }) => sum + count, 0),
    types: counts.map(({ type, count, firstAt, lastAt }) => ({
      ...{ type, count, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() },
    })),
  };
}
