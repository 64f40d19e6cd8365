/** Activating, pausing and archiving workflows. */
import { z } from 'zod';
import type { Tx } from '../../db/client';
import { loadVersion, publishVersion, type WorkflowRow } from '../../db/workflows';
import { lockWorkflow, setWorkflowStatus } from '../../db/workflow-changes';
import { fail } from '../../errors';
import { contentHash } from '../../language/content-hash';
import { listensTo, triggerRows } from '../../language/listens-to';
import { requirePassingTests } from '../definition-tests';
import { byId } from '../common';
import { writeRoute } from '../route';
import { workflowAnswer, workflowSchema } from '../views/workflow';
import { requireDefinition } from '../definition-input';
import { lockedWorkflow, workflowMissing } from './workflows';

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
      'simulation.too_long',
    ],
    async write(tx, { params: { id }, body, key }) {
      const row = await lockedWorkflow(tx, id);
      const warnings = await publish(tx, row, {
        changelog: body.changelog ?? null,
        author: key.keyId,
        force: body.force ?? false,
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

/** Publishes the draft unless it is the active version already; returns the draft's warnings. */
async function publish(
  tx: Tx,
  row: WorkflowRow,
  {
    force,
    ...by
  }: { readonly changelog: string | null; readonly author: string; readonly force: boolean },
) {
  const { definition, warnings } = await requireDefinition(tx, row.draft, { activated: true });
  if (!force) await requirePassingTests(definition);
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
      ...by,
    });
  }
  return warnings;
}
