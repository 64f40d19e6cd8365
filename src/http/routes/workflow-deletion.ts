/** Taking a workflow out of sight for good. */
import type { Tx } from '../../db/client';
import { countSelected } from '../../db/selection';
import { deleteWorkflow } from '../../db/workflow-changes';
import type { WorkflowRow } from '../../db/workflows';
import { fail } from '../../errors';
import { haltForArchive } from '../canary';
import { byId } from '../common';
import { requireMatch } from '../drafts';
import { writeRoute } from '../route';
import { workflowSchema, workflowView } from '../views/workflow';
import { counted } from '../words';
import { audited } from './workflow-states';

export const workflowDeletionRoutes = [
  writeRoute({
    method: 'delete',
    path: '/workflows/:id',
    operationId: 'deleteWorkflow',
    summary: 'Delete a workflow that nobody is under way in',
    description:
      'Its draft, versions and figures are shown no more, and its key stays taken. What became of people in it stays with them: GET /contacts/:id/enrollments, GET /enrollments/:id. If-Match takes the entity tag of the draft that was read.',
    scope: 'workflows:write',
    params: byId,
    answers: { 200: { description: 'What it was.', schema: workflowSchema } },
    problems: ['workflow.not_found', 'workflow.in_use', 'workflow.draft_changed'],
    write: (tx, { params: { id }, header, key: { keyId: by } }) =>
      audited(tx, { id, did: 'delete', by }, async (row, note) => {
        await requireMatch(tx, row, header('If-Match'));
        await requireEmpty(tx, row);
        const halted = await haltForArchive(tx, row, by, 'The workflow was deleted.');
        note({ key: row.key, ...halted });
        await deleteWorkflow(tx, row.id);
        return { status: 200, body: workflowView(row) };
      }),
  }),
];

/** Fails with `workflow.in_use` while somebody is under way in it. */
async function requireEmpty(tx: Tx, { id, key }: WorkflowRow): Promise<void> {
  const inside = await countSelected(tx, id, {});
  if (inside === 0) return;
  throw fail(
    'workflow.in_use',
    `In "${key}" ${counted(inside, 'enrollment')} ${inside === 1 ? 'is' : 'are'} under way. Archive it, so that nobody enters any more, and wait for their end, or cancel them: POST /api/v1/workflows/${key}/enrollments/commands.`,
  );
}
