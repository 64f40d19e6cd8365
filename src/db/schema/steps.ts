import { isNotNull, sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, jsonObject, workspaceId } from './columns';
import { enrollments } from './enrollments';

export type StepStatus = 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled';

/**
 * One visit of one node: the memo of what was decided there. The first write wins.
 * `attempt` grows only when an operator retries the visit.
 */
export const steps = pgTable(
  'steps',
  {
    workspaceId: workspaceId(),
    enrollmentId: uuid('enrollment_id').notNull(),
    nodeId: text('node_id').notNull(),
    visit: integer('visit').notNull(),
    attempt: integer('attempt').notNull().default(1),
    /** Order of writing, which tells apart the steps of one instant. */
    sequence: bigserial('sequence', { mode: 'number' }).notNull(),
    nodeType: text('node_type').notNull(),
    /** Of its enrollment, so that statistics need not look at each of those; see src/db/fold.ts. */
    workflowId: uuid('workflow_id'),
    /** The version that the enrollment was in. */
    version: integer('version'),
    status: text('status').$type<StepStatus>().notNull(),
    port: text('port'),
    reason: text('reason'),
    output: jsonObject('output'),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
    /** Set by a trigger when the visit ends, by which it is counted once; see src/db/fold.ts. */
    endSequence: bigint('end_sequence', { mode: 'number' }),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.enrollmentId, t.nodeId, t.visit, t.attempt] }),
    // The workspace comes last: queries that name no workflow must not be drawn to it.
    index('steps_open')
      .on(t.workflowId, t.nodeId, t.status, t.version, t.workspaceId)
      .where(sql`${t.endedAt} is null`),
    index('steps_ended').on(t.endSequence).where(isNotNull(t.endSequence)),
    foreignKey({
      columns: [t.workspaceId, t.enrollmentId],
      foreignColumns: [enrollments.workspaceId, enrollments.id],
    }).onDelete('cascade'),
  ],
);
