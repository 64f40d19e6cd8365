import {
  bigserial,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { contacts } from './contacts';
import { instant, jsonObject, workspaceId } from './columns';

/**
 * Immutable facts about contacts, partitioned by month of receipt (written by hand in the
 * migration: drizzle-kit knows no partitions). The partition key has to be part of the primary key.
 */
export const events = pgTable(
  'events',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    /** Order of receipt, which tells apart the events of one instant. */
    sequence: bigserial('sequence', { mode: 'number' }).notNull(),
    externalId: text('external_id'),
    contactId: uuid('contact_id').notNull(),
    type: text('type').notNull(),
    properties: jsonObject('properties').notNull(),
    occurredAt: instant('occurred_at').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** The message that the event is about: its effect key. */
    deliveryKey: text('delivery_key'),
    /** What in Throughline caused it, for instance an enrollment; null when it came from outside. */
    causedBy: text('caused_by'),
    /** Causes between this event and one from outside. */
    depth: integer('depth').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id, t.receivedAt] }),
    index('events_look_back').on(t.workspaceId, t.contactId, t.type, t.occurredAt, t.sequence),
    index('events_contact').on(t.workspaceId, t.contactId, t.sequence),
    index('events_latest').on(t.workspaceId, t.sequence),
    index('events_type').on(t.workspaceId, t.type, t.sequence),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('cascade'),
  ],
);

/**
 * The ids that senders gave their events, in a table of its own because a partitioned one cannot
 * be unique without its partition key. Rows are kept for the window that `throughline.maintain()` states.
 */
export const eventIds = pgTable(
  'event_ids',
  {
    workspaceId: workspaceId(),
    externalId: text('external_id').notNull(),
    eventId: uuid('event_id').notNull(),
    receivedAt: instant('received_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.externalId] }),
    index('event_ids_received').on(t.receivedAt),
  ],
);
