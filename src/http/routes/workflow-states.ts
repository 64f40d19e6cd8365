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
import { haltForArchive, publishCanary, unchangedBesideCanary } from '../canary';
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
      'A draft equal to the active version is not published again. With `canary`, only a share of new people enter it. While a canary runs nothing else is published, but a paused workflow goes on with both if its draft is one of them. If-Match takes the entity tag of the draft that was read.',
    scope: 'workflows:write',
    params: byId,
    body: activation,
    answers: { 200: { description: 'The workflow, active.', schema: workflowSchema } },
    problems: [
      'definition.invalid',
      'workflow.not_found',
      'workflow.archived',
      'workflow.draft_changed',
      'workflow.not_active',
      'workflow.tests_failed',
      'simulation.too_long',
      'canary.running',
      'canary.no_difference',
      'canary.entry_differs',
    ],
    async write(tx, { params: { id }, body: order, key: { keyId: by }, header }) {
      const draft = await judgedDraft(tx, id, order.force ?? false);
      const { canary } = order;
      const detail: JsonObject = { inFlight: order.inFlight ?? 'drain' };
      return audited(tx, { id, did: 'activate', by, detail }, async (row, note) => {
        requireUnarchived(row);
        await requireMatch(tx, row, header('If-Match'));
        if (draft instanceof AppError) throw draft;
        if (row.draftRevision !== draft.revision) throw changedMeanwhile(row);
        const ready = { ...draft, order, author: by };
        if (canary !== undefined) note(await publishCanary(tx, row, { ...ready, canary }));
        else if (!(await unchangedBesideCanary(tx, row, ready))) await publish(tx, row, ready);
        const { warnings } = draft;
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
    description:
      'People inside go on, and so do those whom a pause has held. A canary that runs is halted.',
    scope: 'workflows:write',
    params: byId,
    body: nothing,
    answers: { 200: { description: 'The workflow, archived.', schema: workflowSchema } },
    problems: ['workflow.not_found'],
    async write(tx, { params: { id }, key }) {
      return audited(tx, { id, did: 'archive', by: key.keyId }, async (row, note) => {
        if (row.status === 'archived') return workflowAnswer(200, row);
        note(await haltForArchive(tx, row, key.keyId));
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
  readonly did:
    | 'activate'
    | 'revert'
    | 'pause'
    | 'archive'
    | 'delete'
    | 'canary_change'
    | 'canary_halt'
    | 'canary_promote';
  readonly by: string;
  readonly detail?: JsonObject;
}

/**
 * Does something to a workflow and notes it with `detail` and what `note` is told, also when it was refused. What is
 * refused must have written nothing: the transaction commits.
 */
export async function audited(
  tx: Tx,
  { id, did, by: actor, detail = {} }: Act,
  work: (row: WorkflowRow, note: (more: JsonObject) => void) => Promise<Answer>,
): Promise<Answer | AppError> {
  const row = await lockWorkflow(tx, id);
  if (!row) throw workflowMissing(id);
  const noted: JsonObject = {};
  const answer = await work(row, (more) => void Object.assign(noted, more)).catch(
    (error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    },
  );
  const came =
    answer instanceof AppError
      ? { status: 'refused', reason: answer.code }
      : { status: 'applied', was: row.status };
  const subject = { subjectType: 'workflow', subjectId: row.id } as const;
  await recordAudit(tx, {
    actor,
    action: `workflow.${did}`,
    ...subject,
    detail: { ...came, ...detail, ...noted },
  });
  return answer;
}
