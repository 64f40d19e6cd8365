import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, jsonObject, workspaceId } from './columns';

/** A tenant. Its id is `workspace_id`, so that the one policy of all tables fits this one too. */
export const workspaces = pgTable(
  'workspaces',
  {
    workspaceId: workspaceId(),
    name: text('name').notNull(),
    timeZone: text('time_zone').notNull().default('UTC'),
    variables: jsonObject('variables').notNull().default({}),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId] })],
);
