/**
 * Lets an enrollment that failed go on, where the node that failed is visited anew.
 *
 * Owns: who may, and the row. Does not own: where she goes on (`resumeState`, saved when she failed).
 *
 * Invariants:
 * 1. Each retry is an execution of its own, under a workflow id of its own, and has its number in `retries`: what
 *    the execution before it may still do is told apart by that.
 * 2. Nobody is let in twice by it: the door is held, as for an entry.
 */
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { refusalOf } from '../journey/admission';
import type { EnrollmentState } from '../journey/state';
import { recordAudit } from './audit';
import type { Tx } from './client';
import { noteJudged } from './commands';
import { holdContact } from './contacts';
import { type EnrollmentRow, getEnrollment, holdEnrollment } from './enrollments';
import { earlierEnrollments, holdDoor, versionSettings } from './entry-rules';
import { enqueue } from './outbox';
import { enrollments } from './schema/enrollments';
import type { OutboxLane } from './schema/outbox';
import { getWorkflow } from './workflows';

export type RetryRefusal =
  | 'command.not_failed'
  | 'command.not_resumable'
  | 'command.erased'
  | 'command.workflow_deleted'
  | 'already_active';

export type Retried = { readonly enrollment: EnrollmentRow } | { readonly refused: RetryRefusal };

export interface RetryRequest {
  readonly requestedBy: string;
  readonly jobId?: string | undefined;
}

/**
 * Reopens the enrollment and has the relay start it; with an audit row and one among its commands, also when it is
 * refused.
 */
export async function retryEnrollment(
  tx: Tx,
  { id, workflowId, contactId }: Pick<EnrollmentRow, 'id' | 'workflowId' | 'contactId'>,
  { requestedBy, jobId }: RetryRequest,
): Promise<Retried> {
  await holdDoor(tx, workflowId, contactId);
  const contact = await holdContact(tx, contactId);
  const row = await holdEnrollment(tx, id);
  if (row === null) throw new Error(`Enrollment ${id} was deleted in front of whoever retries it.`);
  const reason = contact === null ? 'command.erased' : await reasonAgainst(tx, row);
  const refused = { status: 'refused', reason };
  const applied = { status: 'applied', retry: row.retries + 1, failed: row.error };
  await recordAudit(tx, {
    actor: requestedBy,
    action: 'enrollment.retry',
    subjectType: 'enrollment',
    subjectId: id,
    detail: {
      ...(reason === null ? applied : refused),
      ...(jobId === undefined ? {} : { jobId }),
    },
  });
  const order = { enrollmentId: id, type: 'retry', input: {}, requestedBy };
  await noteJudged(tx, jobId === undefined ? order : { ...order, jobId }, reason);
  if (reason !== null) return { refused: reason };
  return { enrollment: await reopen(tx, row, jobId === undefined ? 'live' : 'bulk') };
}

/** Retries each of the enrollments, behind what is live. */
export async function retryForMany(
  tx: Tx,
  ids: readonly string[],
  order: RetryRequest,
): Promise<void> {
  for (const id of ids) {
    const row = await getEnrollment(tx, id);
    if (row !== null) await retryEnrollment(tx, row, order);
  }
}

async function reasonAgainst(tx: Tx, row: EnrollmentRow): Promise<RetryRefusal | null> {
  if (row.status !== 'failed') return 'command.not_failed';
  if (row.resumeState === null) return 'command.not_resumable';
  if ((await getWorkflow(tx, row.workflowId)) === null) return 'command.workflow_deleted';
  const { enrollment: rules } = await versionSettings(tx, row.workflowId, row.version);
  const earlier = await earlierEnrollments(tx, row.workflowId, row.contactId);
  const others = earlier.filter(({ id }) => id !== row.id);
  // It was let in already; what matters now is only who is inside.
  const whenActive = rules.whenActive === 'parallel' ? 'parallel' : 'ignore';
  const entry = { at: row.startedAt.getTime(), key: row.key, ways: [] };
  const refusal = refusalOf({ allowMultiple: true, whenActive }, others, entry);
  return refusal === null ? null : 'already_active';
}

async function reopen(tx: Tx, row: EnrollmentRow, lane: OutboxLane): Promise<EnrollmentRow> {
  const { cursors } = row.resumeState as unknown as EnrollmentState;
  const number = row.retries + 1;
  const [reopened] = await tx
    .update(enrollments)
    .set({
      status: 'running',
      currentNodeIds: [...new Set(cursors.map(({ node }) => node))],
      ...{ endedAt: null, error: null, reason: null, goalId: null, temporalRunId: null },
      retries: number,
      temporalWorkflowId: sql`regexp_replace(${enrollments.temporalWorkflowId}, '/retry-[0-9]+$', '') || ${`/retry-${number}`}`,
    })
    .where(and(eq(enrollments.id, row.id), isNotNull(enrollments.endedAt)))
    .returning();
  if (!reopened) throw new Error(`Enrollment ${row.id} was reopened while its row was held.`);
  await enqueue(tx, { kind: 'start', payload: { enrollmentId: row.id }, lane });
  return reopened;
}
