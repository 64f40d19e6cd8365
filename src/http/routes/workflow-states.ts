/** Activating, pausing and archiving workflows. */
import { z } from 'zod';
import type { Tx } from '../../db/client';
import { getWorkflow, loadVersion, publishVersion, type WorkflowRow } from '../../db/workflows';
import { lockWorkflow, setWorkflowStatus } from '../../db/workflow-changes';
import { fail, type Issue } from '../../errors';
import type { Definition } from '../../journey/definition';
import { contentHash } from '../../language/content-hash';
import { listensTo, triggerRows } from '../../language/listens-to';
import { requirePassingTests } from '../definition-tests';
import { byId } from '../common';
import { writeRoute } from '../route';
import { workflowAnswer, workflowSchema } from '../views/workflow';
import { requireDefinition } from '../definition-input';
import { lockedWorkflow, workflowArchived, workflowMissing } from './workflows';

export const activation = z
  .strictObject({
    changelog: z.string().max(2_000).optional().describe('What is new, for the list of versions.'),
    inFlight: z
      .literal('drain')
      .optional()
      .describe('What becomes of people under way: they finish on the version they entered.'),
    force: z.boolean().optional().describe('Publishes although tests of the definition fail.'),
  })
  .meta({ id: 'Activation' });

const nothing = z.strictObject({});

export const workflowStateRoutes = [
  writeRoute({
    method: 'post',
    path: '/workflows/:id/activate',
    operationId: 'activateWorkflow',
    summary: 'Publish the draft: people enter this version from now on',
    description: 'A draft equal to the version published last is not published again.',
    scope: 'workflows:write',
    params: byId,
    body: activation,
    answers: { 200: { description: 'The workflow, active.', schema: workflowSchema } },
    problems: [
      'definition.invalid',
      'workflow.not_found',
      'workflow.archived',
      'workflow.tests_failed',
      'request.precondition_failed',
      'simulation.too_long',
    ],
    async write(tx, { params: { id }, body, key }) {
      const draft = await activatedDraft(tx, id, body.force ?? false);
      const row = await lockedWorkflow(tx, id);
      if (row.draftRevision !== draft.revision) throw changedMeanwhile(row);
      const warnings = await publish(tx, row, {
        ...draft,
        changelog: body.changelog ?? null,
        author: key.keyId,
      });
      return workflowAnswer(200, await setWorkflowStatus(tx, row.id, 'active'), warnings);
    },
  }),
  writeRoute({
    method: 'post',
    path: '/workflows/:id/pause',
    operationId: 'pauseWorkflow',
    summary: 'Let nobody enter until it is activated again',
    scope: 'workflows:write',
    params: byId,
    body: nothing,
    answers: { 200: { description: 'The workflow, paused.', schema: workflowSchema } },
    problems: ['workflow.not_found', 'workflow.not_active', 'workflow.archived'],
    async write(tx, { params: { id } }) {
      const row = await lockedWorkflow(tx, id);
      if (row.status === 'draft') {
        throw fail(
          'workflow.not_active',
          `The workflow "${row.key}" was never activated, so there is nothing to pause.`,
        );
      }
      return workflowAnswer(
        200,
        row.status === 'paused' ? row : await setWorkflowStatus(tx, row.id, 'paused'),
      );
    },
  }),
  writeRoute({
    method: 'post',
    path: '/workflows/:id/archive',
    operationId: 'archiveWorkflow',
    summary: 'Let nobody enter any more',
    scope: 'workflows:write',
    params: byId,
    body: nothing,
    answers: { 200: { description: 'The workflow, archived.', schema: workflowSchema } },
    problems: ['workflow.not_found'],
    async write(tx, { params: { id } }) {
      const row = await lockWorkflow(tx, id);
      if (!row) throw workflowMissing(id);
      return workflowAnswer(
        200,
        row.status === 'archived' ? row : await setWorkflowStatus(tx, row.id, 'archived'),
      );
    },
  }),
];

interface ActivatedDraft {
  readonly revision: number;
  readonly definition: Definition;
  readonly warnings: Issue[];
}

/** The draft, which may be activated. Its tests run before the workflow is locked: they may take seconds. */
async function activatedDraft(tx: Tx, id: string, force: boolean): Promise<ActivatedDraft> {
  const row = await getWorkflow(tx, id);
  if (!row) throw workflowMissing(id);
  if (row.status === 'archived') throw workflowArchived(row.key);
  const { definition, warnings } = await requireDefinition(tx, row.draft, { activated: true });
  if (!force) await requirePassingTests(definition);
  return { revision: row.draftRevision, definition, warnings };
}

function changedMeanwhile({ key, draftRevision }: WorkflowRow) {
  return fail(
    'request.precondition_failed',
    `The draft of "${key}" was changed while its tests ran; it is at revision ${draftRevision} now. Activate it again.`,
  );
}

/** Publishes the draft unless it is the active version already; returns the draft's warnings. */
async function publish(
  tx: Tx,
  row: WorkflowRow,
  {
    definition,
    warnings,
    changelog,
    author,
  }: ActivatedDraft & { readonly changelog: string | null; readonly author: string },
) {
  const hash = contentHash(definition);
  const active =
    row.activeVersion === null ? null : await loadVersion(tx, row.id, row.activeVersion);
  if (active?.contentHash !== hash) {
    const triggers = triggerRows(definition);
    await publishVersion(tx, {
      workflowId: row.id,
      definition,
      contentHash: hash,
      listensTo: listensTo(definition),
      triggers,
      changelog,
      author,
    });
  }
  return warnings;
}
