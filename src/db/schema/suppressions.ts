import { pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { SuppressionReason } from '../../journey/suppression';
import { instant, workspaceId } from './columns';

/** Addresses that nothing is sent to any more. */
export const suppressions = pgTable(
  'suppressions',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    channel: text('channel').notNull(),
    /** Null once the person was erased: the hash goes on keeping mail from the address. */
    address: text('address'),
    addressHash: text('address_hash').notNull(),
    reason: text('reason').$type<SuppressionReason>().notNull(),
    /** The event that told of it. */
    eventId: uuid('event_id'),
    /** The API key that ordered it. */
    createdBy: text('created_by'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('suppressions_address').on(t.workspaceId, t.channel, t.addressHash),
  ],
);
