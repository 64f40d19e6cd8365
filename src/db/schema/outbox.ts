import { isNotNull, isNull } from 'drizzle-orm';
import {
  bigserial,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { jsonObject, workspaceId } from './columns';

export type OutboxKind = 'start' | 'event' | 'bell' | 'job';
export type OutboxLane = 'live' | 'bulk';

/**
 * Whole microseconds: an instant rounded up to the next millisecond would not be due yet when the
 * relay is woken at the commit.
 */
const clock = (name: string) => timestamp(name, { withTimezone: true });

/** What the relay still has to tell Temporal. A row is deleted when that is done. */
export const outbox = pgTable(
  'outbox',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    sequence: bigserial('sequence', { mode: 'number' }).notNull(),
    kind: text('kind').$type<OutboxKind>().notNull(),
    lane: text('lane').$type<OutboxLane>().notNull().default('live'),
    payload: jsonObject('payload').notNull(),
    attempts: integer('attempts').notNull().default(0),
    availableAt: clock('available_at').notNull().defaultNow(),
    claimedUntil: clock('claimed_until'),
    lastError: text('last_error'),
    createdAt: clock('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    index('outbox_due')
      .on(t.lane, t.workspaceId, t.availableAt, t.sequence)
      .where(isNull(t.claimedUntil)),
    index('outbox_leased').on(t.claimedUntil).where(isNotNull(t.claimedUntil)),
  ],
);
