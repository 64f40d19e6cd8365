/**
 * Owns: who may enter a workflow, decided and written in one transaction.
 *
 * 1. Admissions of one contact to one workflow take turns (an advisory lock until the commit), so the
 *    count of earlier enrollments is true when the next number is given.
 * 2. The row and the relay's order to start it commit together.
 * 3. One event starts a workflow at most once, however often the relay comes back with it.
 */
import { and, eq, sql } from 'drizzle-orm';
import { fail } from '../errors';
import { newId } from '../ids';
import type { Tx } from './client';
import { holdContact } from './contacts';
import { getEvent } from './events';
import type { JsonObject } from './json';
import { enqueue } from './outbox';
import { enrollments } from './schema/enrollments';
import { getWorkflow, type WorkflowRow } from './workflows';

type EnrollmentRow = typeof enrollments.$inferSelect;

export type BlockedReason = 'already_active' | 'already_entered' | 'workflow_not_active';

export interface Admission {
  workflowId: string;
  contactId: string;
  /** Where several enrollments are allowed, those with different keys may run side by side. */
  key?: string | null | undefined;
  variables?: JsonObject | undefined;
  triggerEventId?: string | null | undefined;
  at: Date;
  /** Whether somebody who was here before may enter again. */
  allowMultiple: boolean;
}

/**
 * Lets a contact into the workflow's active version, or says why not. Given the same trigger event
 * again it returns the enrollment made then. Fails with `workflow.not_found`, `contact.not_found`.
 */
export async function admitEnrollment(
  tx: Tx,
  admission: Admission,
): Promise<{ enrollment: EnrollmentRow } | { blocked: BlockedReason }> {
  const { workflowId, contactId, triggerEventId } = admission;
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`${workflowId}/${contactId}`}, 0))`,
  );
  const earlier = await earlierEnrollments(tx, workflowId, contactId);
  const same = triggerEventId
    ? earlier.find((row) => row.triggerEventId === triggerEventId)
    : undefined;
  if (same) return { enrollment: same };
  const workflow = await requireParties(tx, admission);
  const version = workflow.activeVersion;
  if (workflow.status !== 'active' || version === null) return { blocked: 'workflow_not_active' };
  const blocked = refusal(earlier, admission);
  if (blocked) return { blocked };
  const number = earlier.reduce((highest, row) => Math.max(highest, row.number), 0) + 1;
  return { enrollment: await write(tx, admission, { workflow, version, number }) };
}

async function earlierEnrollments(
  tx: Tx,
  workflowId: string,
  contactId: string,
): Promise<EnrollmentRow[]> {
  return tx
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.workflowId, workflowId), eq(enrollments.contactId, contactId)));
}

async function requireParties(tx: Tx, { workflowId, contactId }: Admission): Promise<WorkflowRow> {
  const workflow = await getWorkflow(tx, workflowId);
  if (!workflow)
    throw fail('workflow.not_found', `There is no workflow ${workflowId} in this workspace.`);
  if (!(await holdContact(tx, contactId))) {
    throw fail('contact.not_found', `There is no contact ${contactId} in this workspace.`);
  }
  return workflow;
}

function refusal(earlier: readonly EnrollmentRow[], admission: Admission): BlockedReason | null {
  const { key = null, allowMultiple } = admission;
  const rivals = allowMultiple ? earlier.filter((row) => row.key === key) : earlier;
  if (rivals.some((row) => row.endedAt === null)) return 'already_active';
  return !allowMultiple && earlier.length > 0 ? 'already_entered' : null;
}

async function write(
  tx: Tx,
  admission: Admission,
  { workflow, version, number }: { workflow: WorkflowRow; version: number; number: number },
): Promise<EnrollmentRow> {
  const { contactId, key, variables, triggerEventId, at } = admission;
  const trigger = triggerEventId ? await getEvent(tx, triggerEventId) : null;
  const [enrollment] = await tx
    .insert(enrollments)
    .values({
      id: newId(),
      workflowId: workflow.id,
      workflowKey: workflow.key,
      version,
      contactId,
      number,
      key,
      status: 'running',
      variables: variables ?? {},
      triggerEventId,
      depth: trigger?.depth ?? 0,
      startedAt: at,
      temporalWorkflowId: `journey/${tx.workspaceId}/${workflow.key}/${contactId}/${number}`,
    })
    .returning();
  if (!enrollment) throw new Error('An enrollment was not stored: an insert returned no row.');
  await enqueue(tx, { kind: 'start', payload: { enrollmentId: enrollment.id } });
  return enrollment;
}
