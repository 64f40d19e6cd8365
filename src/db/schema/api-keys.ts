import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, workspaceId } from './columns';

/** Credentials of a workspace. The secret itself is never stored, only its SHA-256 in hex. */
export const apiKeys = pgTable(
  'api_keys',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    prefix: text('prefix').notNull(),
    secretHash: text('secret_hash').notNull(),
    scopes: text('scopes').array().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** The key that made it; null for one that came with the workspace. */
    createdBy: text('created_by'),
    /** It is in force before this instant; null for ever. */
    expiresAt: instant('expires_at'),
    /** To the minute. */
    lastUsedAt: instant('last_used_at'),
    /** The key that a rotation put in its place. */
    replacedBy: uuid('replaced_by'),
    revokedAt: instant('revoked_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    // Not unique: a unique index across workspaces would tell one tenant about another's keys.
    index('api_keys_prefix').on(t.prefix),
  ],
);
