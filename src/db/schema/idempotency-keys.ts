import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, jsonObject, workspaceId } from './columns';

/** Answers already given to a request that carried an `Idempotency-Key`. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    workspaceId: workspaceId(),
    key: text('key').notNull(),
    route: text('route').notNull(),
    requestHash: text('request_hash').notNull(),
    /** Null while the first request is still running. */
    response: jsonObject('response'),
    startedAt: instant('started_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.key] }),
    index('idempotency_keys_started').on(t.startedAt),
  ],
);
