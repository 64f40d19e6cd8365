/**
 * The pause of a whole workflow: a fact that everybody reads at her next boundary.
 *
 * Invariant: whoever is held is rung when the pause ends. Both sides lock the workflow's row: who is held before
 * that is found by the one who ends it, and who comes later sees that it is over.
 */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { LatePolicy } from '../journey/commands';
import type { Tx } from './client';
import { enrollments } from './schema/enrollments';
import { outbox } from './schema/outbox';
import { workflows } from './schema/workflows';

export interface WorkflowPause {
  readonly paused: boolean;
  /** What becomes of people whom it held. */
  readonly late: LatePolicy;
}

/** Whether the workflow is paused, true until the end of the transaction. */
export async function workflowPause(tx: Tx, workflowId: string): Promise<WorkflowPause> {
  const [row] = await tx
    .select({ status: workflows.status, late: workflows.pauseLate })
    .from(workflows)
    .where(eq(workflows.id, workflowId))
    .for('share');
  return { paused: row?.status === 'paused', late: row?.late ?? 'send' };
}

/** What somebody waits for whom the pause of her workflow holds. */
export const HELD_FOR = 'the workflow';

/** Holds an enrollment at its boundary, if its workflow is paused. */
export async function heldByWorkflow(
  tx: Tx,
  { id, workflowId }: { readonly id: string; readonly workflowId: string },
): Promise<boolean> {
  if (!(await workflowPause(tx, workflowId)).paused) return false;
  await tx
    .update(enrollments)
    .set({ status: 'paused', waitUntil: null, waitingFor: HELD_FOR })
    .where(and(eq(enrollments.id, id), isNull(enrollments.endedAt)));
  return true;
}

/** Rings everybody whom a pause that is over has held; how many. */
export async function ringHeld(tx: Tx, workflowId: string): Promise<number> {
  const rung = await tx.execute(sql`
    insert into ${outbox} (id, kind, lane, payload)
    select gen_random_uuid(), 'bell', 'bulk', jsonb_build_object('enrollmentId', id)
    from ${enrollments}
    where workflow_id = ${workflowId} and status = 'paused' and ended_at is null
    returning 1`);
  return rung.length;
}
