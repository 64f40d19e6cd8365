import { and, eq, isNull, sql } from 'drizzle-orm';
import { fail } from '../errors';
import { isUuid } from '../ids';
import type { LatePolicy } from '../journey/commands';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { workflows, type WorkflowStatus } from './schema/workflows';
import type { WorkflowRow } from './workflows';

/** The workflow with this id or key, held until the end of the transaction; null when there is none. */
export async function lockWorkflow(tx: Tx, idOrKey: string): Promise<WorkflowRow | null> {
  const named = isUuid(idOrKey) ? eq(workflows.id, idOrKey) : eq(workflows.key, idOrKey);
  const [row] = await tx
    .select()
    .from(workflows)
    .where(and(named, isNull(workflows.deletedAt)))
    .for('update');
  return row ?? null;
}

/** Replaces the draft, which makes it the next revision. Fails with `workflow.not_found`. */
export async function replaceDraft(
  tx: Tx,
  { workflowId, name, draft }: { workflowId: string; name: string; draft: object },
): Promise<WorkflowRow> {
  return changed(tx, workflowId, {
    name,
    draft: draft as JsonObject,
    draftRevision: sql`${workflows.draftRevision} + 1`,
  });
}

/** Sets the status, whatever it was. Fails with `workflow.not_found`. */
export async function setWorkflowStatus(
  tx: Tx,
  workflowId: string,
  status: WorkflowStatus,
): Promise<WorkflowRow> {
  return changed(tx, workflowId, { status });
}

/** Pauses it; `late` says what becomes of people whom that holds. Fails with `workflow.not_found`. */
export async function pauseWorkflow(
  tx: Tx,
  workflowId: string,
  late: LatePolicy,
): Promise<WorkflowRow> {
  return changed(tx, workflowId, { status: 'paused', pauseLate: late });
}

/** Takes it out of sight for good; its key stays taken, and what happened in it stays told. Fails with `workflow.not_found`. */
export async function deleteWorkflow(tx: Tx, workflowId: string): Promise<void> {
  await changed(tx, workflowId, { status: 'archived', deletedAt: sql`now()` });
}

type Changes = Parameters<ReturnType<Tx['update']>['set']>[0];

async function changed(tx: Tx, workflowId: string, changes: Changes): Promise<WorkflowRow> {
  const [row] = await tx
    .update(workflows)
    .set({ ...changes, updatedAt: sql`now()` })
    .where(and(eq(workflows.id, workflowId), isNull(workflows.deletedAt)))
    .returning();
  if (!row)
    throw fail('workflow.not_found', `There is no workflow ${workflowId} in this workspace.`);
  return row;
}
