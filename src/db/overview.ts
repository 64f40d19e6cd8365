/** What a workspace looks like as a whole: counts of every workflow, and what went wrong last. */
import { desc, eq, sql } from 'drizzle-orm';
import type { Tx } from './client';
import type { EnrollmentRow } from './enrollments';
import { enrollments, type EnrollmentStatus } from './schema/enrollments';
import { stuckEnrollments } from './schema/stuck-enrollments';

export interface StatusCount {
  readonly workflowId: string;
  readonly status: EnrollmentStatus;
  readonly count: number;
}

/** People of every workflow by status; reads every enrollment of the workspace. */
export function countByWorkflow(tx: Tx): Promise<readonly StatusCount[]> {
  const { workflowId, status } = enrollments;
  return tx
    .select({ workflowId, status, count: sql<number>`count(*)::int` })
    .from(enrollments)
    .groupBy(workflowId, status);
}

export async function countStuck(tx: Tx): Promise<number> {
  const [row] = await tx.select({ count: sql<number>`count(*)::int` }).from(stuckEnrollments);
  return row?.count ?? 0;
}

/** Who failed last, first. */
export function latestFailures(tx: Tx, limit: number): Promise<EnrollmentRow[]> {
  return tx
    .select()
    .from(enrollments)
    .where(eq(enrollments.status, 'failed'))
    .orderBy(desc(enrollments.endedAt), desc(enrollments.id))
    .limit(limit);
}
