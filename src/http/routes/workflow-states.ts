/** Activating, pausing and archiving workflows. */
import { z } from 'zod';
import { recordAudit } from '../../db/audit';
import type { Tx } from '../../db/client';
import type { JsonObject } from '../../db/json';
import { ringHeld } from '../../db/workflow-pause';
import type { WorkflowRow } from '../../db/workflows';
import { lockWorkflow, pauseWorkflow, setWorkflowStatus } from '../../db/workflow-changes';
import { AppError, fail } from '../../errors';
import { latePolicy } from '../../journey/commands';
import { byId } from '../common';
import { requireMatch } from '../drafts';
import { activation, judged, type Judged, publish } from '../publish';
import { type Answer, writeRoute } from '../route';
import { workflowAnswer, workflowSchema } from '../views/workflow';
import { requireWorkflow, requireUnarchived, workflowMissing } from './workflows';

export const workflowPause = z
  .strictObject({
    late: latePolicy
      .optional()
      .describe(
        'What becomes of people whom the pause holds, once it is over: they go on (`send`, unless told), go on without the messages before their next wait (`skip`), or leave (`exit`).',
      ),
  })
  .meta({ id: 'WorkflowPause' });

export const nothing = z.strictObject({});

export const workflowStateRoutes = [
  writeRoute({
    method: 'post',
    path: '/workflows/:id/activate',
    operationId: 'activateWorkflow',
    summary: 'Publish the draft: people enter this version from now on',
    description:
      'A draft equal to the active version is not published again. If-Match takes the entity tag of the draft that was read.',
    scope: 'workflows:write',
    params: byId,
    body: activation,
    answers: { 200: { description: 'The workflow, active.', schema: workflowSchema } },
    problems: [
      'definition.invalid',
      'workflow.not_found',
      'workflow.archived',
      'workflow.draft_changed',
      'workflow.tests_failed',
      'simulation.too_long',
    ],
    async write(tx, { params: { id }, body: order, key: { keyId: by }, header }) {
      const draft = await judgedDraft(tx, id, order.force ?? false);
      const detail: JsonObject = { inFlight: order.inFlight ?? 'drain' };
      return audited(tx, { id, did: 'activate', by, detail }, async (row) => {
        requireUnarchived(row);
        await requireMatch(tx, row, header('If-Match'));
        if (draft instanceof AppError) throw draft;
        if (row.draftRevision !== draft.revision) throw changedMeanwhile(row);
        const warnings = await publish(tx, row, { ...draft, order, author: by });
        const active = await setWorkflowStatus(tx, row.id, 'active');
        if (row.status === 'paused') await ringHeld(tx, row.id);
        return workflowAnswer(200, active, warnings);
      });
    },
  }),
  writeRoute({
    method: 'post',
    path: '/workflows/:id/pause',
    operationId: 'pauseWorkflow',
    summary: 'Let nobody enter, and nobody go on, until it is activated again',
    description:
      'People inside stay, and are held at their next node. Goals and exits still end their enrollments.',
    scope: 'workflows:write',
    params: byId,
    body: workflowPause,
    answers: { 200: { description: 'The workflow, paused.', schema: workflowSchema } },
    problems: ['workflow.not_found', 'workflow.not_active', 'workflow.archived'],
    async write(tx, { params: { id }, body: { late }, key }) {
      const detail: JsonObject = late === undefined ? {} : { late };
      return audited(tx, { id, did: 'pause', by: key.keyId, detail }, async (row) => {
        requireUnarchived(row);
        if (row.status === 'draft')
          throw fail(
            'workflow.not_active',
            `The workflow "${row.key}" was never activated, so there is nothing to pause.`,
          );
        const unchanged = row.status === 'paused' ? row.pauseLate : 'send';
        return workflowAnswer(200, await pauseWorkflow(tx, row.id, late ?? unchanged));
      });
    },
  }),
  writeRoute({
    method: 'post',
    path: '/workflows/:id/archive',
    operationId: 'archiveWorkflow',
    summary: 'Let nobody enter any more',
    description: 'People inside go on, and so do those whom a pause has held.',
    scope: 'workflows:write',
    params: byId,
    body: nothing,
    answers: { 200: { description: 'The workflow, archived.', schema: workflowSchema } },
    problems: ['workflow.not_found'],
    async write(tx, { params: { id }, key }) {
      return audited(tx, { id, did: 'archive', by: key.keyId }, async (row) => {
        if (row.status === 'archived') return workflowAnswer(200, row);
        const archived = await setWorkflowStatus(tx, row.id, 'archived');
        if (row.status === 'paused') await ringHeld(tx, row.id);
        return workflowAnswer(200, archived);
      });
    },
  }),
];

/** The draft, judged before the workflow is locked: its tests may take seconds. Or why it cannot be activated. */
async function judgedDraft(
  tx: Tx,
  id: string,
  force: boolean,
): Promise<(Judged & { readonly revision: number }) | AppError> {
  const row = await requireWorkflow(tx, id);
  try {
    return { ...(await judged(tx, row.draft, force)), revision: row.draftRevision };
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function changedMeanwhile({ key, draftRevision }: WorkflowRow) {
  return fail(
    'workflow.draft_changed',
    `The draft of "${key}" was changed while its tests ran; it is at revision ${draftRevision} now. Activate it again.`,
  );
}

interface Act {
  /** Or the key. */
  readonly id: string;
  readonly did: 'activate' | 'revert' | 'pause' | 'archive';
  readonly by: string;
  readonly detail?: JsonObject;
}

/**
 * Does something to a workflow and notes it, also when it was refused. What is refused must have written nothing:
 * the transaction commits.
 */
export async function audited(
  tx: Tx,
  { id, did, by: actor, detail = {} }: Act,
  work: (row: WorkflowRow) => Promise<Answer>,
): Promise<Answer | AppError> {
  const row = await lockWorkflow(tx, id);
  if (!row) throw workflowMissing(id);
  const answer = await work(row).catch((error: unknown) => {
    if (error instanceof AppError) return error;
    throw error;
  });
  const came =
    answer instanceof AppError
      ? { status: 'refused', reason: answer.code }
      : { status: 'applied', was: row.status };
  const subject = { subjectType: 'workflow', subjectId: row.id } as const;
  await recordAudit(tx, {
    actor,
    action: `workflow.${did}`,
    ...subject,
    detail: { ...came, ...detail },
  });
  return answer;
}
