import { foreignKey, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
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
    requestedBy: text('requested_by'),
    requestedAt: instant('requested_at').notNull(),
    resolvedAt: instant('resolved_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    index('commands_enrollment').on(t.workspaceId, t.enrollmentId),
    foreignKey({
      columns: [t.workspaceId, t.enrollmentId],
      foreignColumns: [enrollments.workspaceId, enrollments.id],
    }).onDelete('cascade'),
  ],
);
