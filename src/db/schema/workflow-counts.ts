import { bigint, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { workspaceId } from './columns';

/**
 * What was counted: visits that have ended; and of enrollments that have ended for good the people, their durations, and
 * the ports by which they left their first visits.
 */
export type CountedWhat = 'visit' | 'people' | 'duration' | 'outcome';

/** Counts of what has ended, folded by a chore of the relay; src/db/fold.ts says what is in them. */
export const workflowCounts = pgTable(
  'workflow_counts',
  {
    workspaceId: workspaceId(),
    workflowId: uuid('workflow_id').notNull(),
    what: text('what').$type<CountedWhat>().notNull(),
    /** 0 where none was written down. */
    version: integer('version').notNull(),
    /** By what it is told apart; the view `throughline.endings` says what lies where. */
    labels: text('labels').array().notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.workflowId, t.what, t.version, t.labels] })],
);
