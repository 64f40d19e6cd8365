import { foreignKey, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, jsonObject, workspaceId } from './columns';
import { workflows } from './workflows';

export type JobType = 'commands';
export type JobStatus = 'running' | 'paused' | 'done' | 'cancelled';

/** One command for many enrollments, ordered at a rate. What became of each is in `commands`. */
export const jobs = pgTable(
  'jobs',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    type: text('type').$type<JobType>().notNull().default('commands'),
    workflowId: uuid('workflow_id').notNull(),
    commandType: text('command_type').notNull(),
    input: jsonObject('input').notNull(),
    /** Whom it is for; see src/db/selection.ts. */
    selection: jsonObject('selection').notNull(),
    perSecond: integer('per_second').notNull(),
    status: text('status').$type<JobStatus>().notNull().default('running'),
    /** How many it was for when it was made. */
    total: integer('total').notNull(),
    ordered: integer('ordered').notNull().default(0),
    /** The last enrollment for which it was ordered. */
    cursor: uuid('cursor'),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.workflowId],
      foreignColumns: [workflows.workspaceId, workflows.id],
    }),
  ],
);
