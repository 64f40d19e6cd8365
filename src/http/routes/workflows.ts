import { getWorkflow, listWorkflows, createWorkflow, type WorkflowRow } from '../../db/workflows';
import { lockWorkflow } from '../../db/workflow-changes';
import type { Tx } from '../../db/client';
import type { JsonObject } from '../../db/json';
import { fail } from '../../errors';
import { guardJson } from '../../language/json-guard';
import { LARGE_BODY_LIMIT } from '../body';
import { byId, jsonObject, listAnswer, listOf, pageQuery } from '../common';
import { draftWarnings, readPart, requireDefinition } from '../definition-input';
import { changeDraft, requireMatch } from '../drafts';
import { readRoute, writeRoute } from '../route';
import { workflowAnswer, workflowSchema, workflowView } from '../views/workflow';

export const workflowMissing = (idOrKey: string) =>
  fail(
    'workflow.not_found',
    `There is no workflow with the id or key "${idOrKey.slice(0, 100)}" in this workspace.`,
  );

export const workflowRoutes = [
  writeRoute({
    method: 'post',
    path: '/workflows',
    operationId: 'createWorkflow',
    summary: 'Store a definition as the draft of a new workflow',
    scope: 'workflows:write',
    maxBody: LARGE_BODY_LIMIT,
    body: jsonObject,
    bodyIsDefinition: true,
    acceptsYaml: true,
    answers: { 201: { description: 'The workflow, a draft.', schema: workflowSchema } },
    problems: ['definition.invalid', 'workflow.key_taken'],
    async write(tx, { body }) {
      const { definition, source, warnings } = await requireDefinition(tx, body);
      const row = await createWorkflow(tx, {
        key: definition.key,
        name: definition.name,
        draft: source,
      });
      return workflowAnswer(201, row, warnings);
    },
  }),
  readRoute({
    method: 'get',
    path: '/workflows',
    operationId: 'listWorkflows',
    summary: 'List workflows, the newest first',
    scope: 'workflows:read',
    query: pageQuery,
    answers: { 200: { description: 'Workflows.', schema: listOf(workflowSchema) } },
    async handle({ query, transaction }) {
      return listAnswer(await transaction((tx) => listWorkflows(tx, query)), (row) =>
        workflowView(row),
      );
    },
  }),
  readRoute({
    method: 'get',
    path: '/workflows/:id',
    operationId: 'getWorkflow',
    summary: 'Get a workflow by its id or key',
    scope: 'workflows:read',
    params: byId,
    answers: {
      200: {
        description: 'The workflow; its entity tag is the revision of the draft.',
        schema: workflowSchema,
      },
    },
    problems: ['workflow.not_found'],
    async handle({ params: { id }, transaction }) {
      return transaction(async (tx) => {
        const row = await requireWorkflow(tx, id);
        return workflowAnswer(200, row, await draftWarnings(tx, row.draft));
      });
    },
  }),
  writeRoute({
    method: 'patch',
    path: '/workflows/:id',
    operationId: 'changeWorkflow',
    summary: 'Replace the given parts of the draft; null removes one',
    description:
      'People under way and the active version are not touched until the draft is activated. If-Match takes the entity tag.',
    scope: 'workflows:write',
    params: byId,
    maxBody: LARGE_BODY_LIMIT,
    body: jsonObject,
    bodyIsDefinition: true,
    answers: { 200: { description: 'The workflow, changed.', schema: workflowSchema } },
    problems: [
      'definition.invalid',
      'workflow.not_found',
      'workflow.archived',
      'workflow.draft_changed',
    ],
    async write(tx, { params: { id }, body, header, key }) {
      const row = await lockedWorkflow(tx, id);
      await requireMatch(tx, row, header('If-Match'));
      const { definition, source, warnings } = await requireDefinition(
        tx,
        merged(row.draft, readPart(body)),
      );
      if (definition.key !== row.key) throw keyChanged(row.key);
      const change = { name: definition.name, draft: source, actor: key.keyId };
      return workflowAnswer(200, await changeDraft(tx, row, change), warnings);
    },
  }),
];

/** The workflow with this id or key. Fails with `workflow.not_found`. */
export async function requireWorkflow(tx: Tx, idOrKey: string): Promise<WorkflowRow> {
  const row = await getWorkflow(tx, idOrKey);
  if (!row) throw workflowMissing(idOrKey);
  return row;
}

/** Locks a workflow that may be changed. Fails with `workflow.not_found`, `workflow.archived`. */
export async function lockedWorkflow(tx: Tx, idOrKey: string): Promise<WorkflowRow> {
  const row = await lockWorkflow(tx, idOrKey);
  if (!row) throw workflowMissing(idOrKey);
  requireUnarchived(row);
  return row;
}

/** Fails with `workflow.archived`. */
export function requireUnarchived({ status, key }: WorkflowRow): void {
  if (status === 'archived')
    throw fail('workflow.archived', `The workflow "${key}" is archived and cannot be changed.`);
}

function keyChanged(key: string) {
  const message = `The key of a workflow never changes; it is "${key}". Create another workflow for another key.`;
  return fail('definition.invalid', message, {
    issues: [{ code: 'definition.wrong_value', path: 'key', message }],
  });
}

/** The draft with the given top-level fields replaced, as in RFC 7396 one level deep. */
function merged(draft: JsonObject, patch: unknown): unknown {
  // Spreading would lose a `__proto__` key instead of refusing it.
  if (
    typeof patch !== 'object' ||
    patch === null ||
    Array.isArray(patch) ||
    guardJson(patch, 'definition').length > 0
  )
    return patch;
  const fields = patch as JsonObject;
  const rest = Object.entries(draft).filter(
    ([field]) => !Object.hasOwn(fields, field) && !isRivalOf(field, fields),
  );
  return Object.fromEntries([
    ...rest,
    ...Object.entries(fields).filter(([, value]) => value !== null),
  ]);
}

/** Fields that say the same in different forms: giving one replaces the others. */
const RIVALS: readonly (readonly string[])[] = [
  ['trigger', 'triggers'],
  ['nodes', 'steps', 'actions'],
  ['edges', 'steps', 'actions'],
  ['settings', 'enrollmentSettings'],
];

function isRivalOf(field: string, fields: JsonObject): boolean {
  return RIVALS.some(
    (names) =>
      names.includes(field) && names.some((name) => name !== field && Object.hasOwn(fields, name)),
  );
}
