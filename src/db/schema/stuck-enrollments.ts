import { foreignKey, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, workspaceId } from './columns';
import { enrollments } from './enrollments';

/** Why somebody is taken for stuck; said in one place, `throughline.why_stuck`. */
export type StuckReason = 'not_started' | 'wait_over' | 'step_open' | 'no_step';

/** Open enrollments that should have moved on by now. Who moves on is taken off again. */
export const stuckEnrollments = pgTable(
  'stuck_enrollments',
  {
    workspaceId: workspaceId(),
    enrollmentId: uuid('enrollment_id').notNull(),
    reason: text('reason').$type<StuckReason>().notNull(),
    foundAt: instant('found_at').notNull(),
    /** When she was last rung; null where there is nobody to ring yet. */
    rungAt: instant('rung_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.enrollmentId] }),
    foreignKey({
      columns: [t.workspaceId, t.enrollmentId],
      foreignColumns: [enrollments.workspaceId, enrollments.id],
    }).onDelete('cascade'),
  ],
);
