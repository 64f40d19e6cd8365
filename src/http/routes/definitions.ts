/** Definitions as files: import in any form, export in any form and format. */
import { z } from 'zod';
import { createWorkflow } from '../../db/workflows';
import { lockWorkflow } from '../../db/workflow-changes';
import { exportDefinition } from '../../language/export-definition';
import { LARGE_BODY_LIMIT } from '../body';
import { byId, jsonObject } from '../common';
import { readRoute, writeRoute } from '../route';
import { workflowAnswer, workflowSchema } from '../views/workflow';
import { requireDefinition } from '../definition-input';
import { changeDraft, requireMatch } from '../drafts';
import { requireWorkflow, lockedWorkflow, workflowMissing } from './workflows';

export const exportQuery = z.strictObject({
  form: z.enum(['graph', 'steps', 'actions']).optional().describe('`graph` unless told.'),
  format: z.enum(['yaml', 'json']).optional().describe('`yaml` unless told.'),
});

export const definitionRoutes = [
  writeRoute({
    method: 'post',
    path: '/workflows/import',
    operationId: 'importWorkflow',
    summary: 'Store a definition as a new draft, or as the draft of the workflow with its key',
    description: 'If-Match takes the entity tag of the draft that is replaced.',
    scope: 'workflows:write',
    maxBody: LARGE_BODY_LIMIT,
    body: jsonObject,
    bodyIsDefinition: true,
    acceptsYaml: true,
    answers: {
      200: {
        description: 'The workflow that had this key, its draft replaced.',
        schema: workflowSchema,
      },
      201: { description: 'The workflow, a draft.', schema: workflowSchema },
    },
    problems: [
      'definition.invalid',
      'workflow.not_found',
      'workflow.archived',
      'workflow.draft_changed',
    ],
    async write(tx, { body, key: { keyId: actor }, header }) {
      const { definition, source, warnings } = await requireDefinition(tx, body);
      const { key, name } = definition;
      const ifMatch = header('If-Match');
      if ((await lockWorkflow(tx, key)) === null) {
        // Who has read a draft means to replace that one, and makes none anew.
        if (ifMatch !== undefined) throw workflowMissing(key);
        return workflowAnswer(
          201,
          await createWorkflow(tx, { key, name, draft: source }),
          warnings,
        );
      }
      const row = await lockedWorkflow(tx, key);
      await requireMatch(tx, row, ifMatch);
      const replaced = await changeDraft(tx, row, { name, draft: source, actor });
      return workflowAnswer(200, replaced, warnings);
    },
  }),
  readRoute({
    method: 'get',
    path: '/workflows/:id/export',
    operationId: 'exportWorkflow',
    summary: "Write a workflow's draft as a file",
    description: 'Importing what was exported gives the identical definition.',
    scope: 'workflows:read',
    params: byId,
    query: exportQuery,
    answers: { 200: { description: 'The definition.', schema: jsonObject, yaml: true } },
    problems: ['workflow.not_found', 'definition.invalid'],
    async handle({ params: { id }, query, transaction }) {
      const { form = 'graph', format = 'yaml' } = query;
      const { row, definition } = await transaction(async (tx) => {
        const found = await requireWorkflow(tx, id);
        return { row: found, ...(await requireDefinition(tx, found.draft)) };
      });
      const type = format === 'yaml' ? 'application/yaml' : 'application/json';
      return {
        status: 200,
        body: exportDefinition(definition, { form, format }),
        headers: {
          'Content-Type': `${type}; charset=utf-8`,
          'Content-Disposition': `inline; filename="${row.key}.${format}"`,
        },
      };
    },
  }),
];
