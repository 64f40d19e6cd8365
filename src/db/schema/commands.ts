import { isNotNull } from 'drizzle-orm';
import { foreignKey, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, jsonObject, workspaceId } from './columns';
import { enrollments } from './enrollments';

export type CommandStatus = 'pending' | 'applied' | 'refused';

/** An operator's order to one enrollment: a row first, delivered by a doorbell if need be. */
export const commands = pgTable(
  'commands',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    enrollmentId: uuid('enrollment_id').notNull(),
    type: text('type').notNull(),
    input: jsonObject('input').notNull().default({}),
    status: text('status').$type<CommandStatus>().notNull().default('pending'),
    reason: text('reason'),
    /** Which of the enrollment's commands it was in the order of judgement; null while pending. */
    number: integer('number'),
    requestedBy: text('requested_by').notNull(),
    /** The bulk job that gave it. */
    jobId: uuid('job_id'),
    requestedAt: instant('requested_at').notNull(),
    resolvedAt: instant('resolved_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    index('commands_enrollment').on(t.workspaceId, t.enrollmentId, t.number),
    index('commands_job').on(t.workspaceId, t.jobId, t.status).where(isNotNull(t.jobId)),
    foreignKey({
      columns: [t.workspaceId, t.enrollmentId],
      foreignColumns: [enrollments.workspaceId, enrollments.id],
    }).onDelete('cascade'),
  ],
);
