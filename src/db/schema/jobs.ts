import { foreignKey, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, jsonObject, workspaceId } from './columns';
import { workflows } from './workflows';

export type JobType = 'commands' | 'enrollments';
export type JobStatus = 'running' | 'paused' | 'done' | 'cancelled';

/**
 * One command for many enrollments, ordered at a rate: what became of each is in `commands`. Or many people who enter
 * a workflow: what became of them is counted here, and who was refused is in `job_people`.
 */
export const jobs = pgTable(
  'jobs',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    type: text('type').$type<JobType>().notNull().default('commands'),
    workflowId: uuid('workflow_id').notNull(),
    commandType: text('command_type').notNull(),
    input: jsonObject('input').notNull(),
    /** Whom it is for; see src/db/selection.ts, and src/db/entry-sources for people who enter. */
    selection: jsonObject('selection').notNull(),
    perSecond: integer('per_second').notNull(),
    status: text('status').$type<JobStatus>().notNull().default('running'),
    /** How many it was for when it was made. */
    total: integer('total').notNull(),
    ordered: integer('ordered').notNull().default(0),
    /** Of people who enter: how many did, how many did not meet the filter, how many were refused by reason. */
    applied: integer('applied').notNull().default(0),
    passedOver: integer('passed_over').notNull().default(0),
    reasons: jsonb('reasons').$type<Readonly<Record<string, number>>>().notNull().default({}),
    /** The last enrollment for which it was ordered, or the last contact that was looked at. */
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
