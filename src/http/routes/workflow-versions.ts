/** Published versions of a workflow: which there are, what differs, and going back to one. */
import { z } from 'zod';
import type { Tx } from '../../db/client';
import { getVersion, listVersions } from '../../db/versions';
import { setWorkflowStatus } from '../../db/workflow-changes';
import { loadVersion, type WorkflowRow } from '../../db/workflows';
import { fail } from '../../errors';
import type { Definition } from '../../journey/definition';
import { contentHash } from '../../language/content-hash';
import { diffDefinitions } from '../../language/definition-diff';
import { exportDefinition } from '../../language/export-definition';
import { requireNoCanary } from '../canary';
import { byId, listAnswer, listOf, pageQuery } from '../common';
import { requireDefinition } from '../definition-input';
import { changeDraft, requireMatch } from '../drafts';
import { judged, publication, publish } from '../publish';
import { readRoute, writeRoute } from '../route';
import {
  type DiffSide,
  diffSchema,
  diffView,
  versionSchema,
  versionView,
  versionWithDefinitionSchema,
} from '../views/version';
import { workflowAnswer, workflowSchema } from '../views/workflow';
import { audited } from './workflow-states';
import { requireWorkflow, requireUnarchived } from './workflows';

const number = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'Expected the number of a version.')
  .transform(Number)
  .meta({ override: { type: 'integer', minimum: 1 } });
const byVersion = byId.extend({ version: number.describe('The number of the version.') });

const numberOrDraft = z
  .string()
  .regex(/^(?:draft|[1-9]\d{0,8})$/, 'Expected the number of a version, or "draft".')
  .meta({ override: { type: 'string', pattern: '^(draft|[1-9][0-9]*)$' } });
const diffQuery = z.strictObject({
  from: numberOrDraft.optional().describe('The active version unless told.'),
  to: numberOrDraft.optional().describe('`draft` unless told.'),
});

export const workflowVersionRoutes = [
  readRoute({
    method: 'get',
    path: '/workflows/:id/versions',
    operationId: 'listVersions',
    summary: 'List the versions of a workflow, the newest first',
    scope: 'workflows:read',
    params: byId,
    query: pageQuery,
    answers: { 200: { description: 'Versions.', schema: listOf(versionSchema) } },
    problems: ['workflow.not_found'],
    async handle({ params: { id }, query, transaction }) {
      const { row, versions } = await transaction(async (tx) => {
        const workflow = await requireWorkflow(tx, id);
        return { row: workflow, versions: await listVersions(tx, workflow.id, query) };
      });
      return listAnswer(versions, (version) => versionView(version, row));
    },
  }),
  readRoute({
    method: 'get',
    path: '/workflows/:id/versions/diff',
    operationId: 'diffVersions',
    summary: 'Tell two versions apart, or a version and the draft',
    description: 'The order in which nodes and edges are listed is no difference.',
    scope: 'workflows:read',
    params: byId,
    query: diffQuery,
    answers: { 200: { description: 'What changes between them.', schema: diffSchema } },
    problems: ['workflow.not_found', 'workflow.version_not_found', 'definition.invalid'],
    async handle({ params: { id }, query, transaction }) {
      const [from, to] = await transaction(async (tx) => {
        const row = await requireWorkflow(tx, id);
        return [
          await sideOf(tx, row, query.from ?? row.activeVersion ?? 1),
          await sideOf(tx, row, query.to ?? 'draft'),
        ] as const;
      });
      const changes = diffDefinitions(from.definition, to.definition);
      return { status: 200, body: diffView(from.side, to.side, changes) };
    },
  }),
  readRoute({
    method: 'get',
    path: '/workflows/:id/versions/:version',
    operationId: 'getVersion',
    summary: 'Get a version with its definition',
    scope: 'workflows:read',
    params: byVersion,
    answers: { 200: { description: 'The version.', schema: versionWithDefinitionSchema } },
    problems: ['workflow.not_found', 'workflow.version_not_found'],
    async handle({ params: { id, version }, transaction }) {
      const { row, found } = await transaction(async (tx) => {
        const workflow = await requireWorkflow(tx, id);
        return { row: workflow, found: await getVersion(tx, workflow.id, version) };
      });
      if (!found) throw versionMissing(row, version);
      const body = { ...versionView(found, row), definition: found.definition };
      return { status: 200, body };
    },
  }),
  writeRoute({
    method: 'post',
    path: '/workflows/:id/versions/:version/revert',
    operationId: 'revertWorkflow',
    summary: 'Publish an earlier version again, as a new one; it becomes the draft too',
    description:
      'A paused workflow stays paused. Going back to the active version gives up what is new in the draft. If-Match takes the entity tag of the draft that was read.',
    scope: 'workflows:write',
    params: byVersion,
    body: publication,
    answers: { 200: { description: 'The workflow, as it was.', schema: workflowSchema } },
    problems: [
      'definition.invalid',
      'workflow.not_found',
      'workflow.version_not_found',
      'workflow.archived',
      'workflow.draft_changed',
      'workflow.tests_failed',
      'simulation.too_long',
      'canary.running',
    ],
    async write(tx, { params: { id, version }, body: order, key: { keyId: by }, header }) {
      const detail = { to: version, inFlight: order.inFlight ?? 'drain' };
      return audited(tx, { id, did: 'revert', by, detail }, async (row) => {
        requireUnarchived(row);
        requireNoCanary(row);
        await requireMatch(tx, row, header('If-Match'));
        const { definition } = await sideOf(tx, row, version);
        const source = asWritten(definition);
        const ready = await judged(tx, source, order.force ?? false);
        const warnings = await publish(tx, row, { ...ready, order, author: by });
        await changeDraft(tx, row, { name: definition.name, draft: source, actor: by });
        const status = row.status === 'paused' ? 'paused' : 'active';
        return workflowAnswer(200, await setWorkflowStatus(tx, row.id, status), warnings);
      });
    },
  }),
];

function versionMissing({ key, activeVersion }: WorkflowRow, version: number | string) {
  const never = activeVersion === null ? ' It was never activated, so it has none.' : '';
  return fail(
    'workflow.version_not_found',
    `The workflow "${key}" has no version ${version}.${never} GET /api/v1/workflows/${key}/versions lists them.`,
  );
}

/** A version, or the draft as it would be published. */
async function sideOf(
  tx: Tx,
  row: WorkflowRow,
  which: number | string,
): Promise<{ readonly side: DiffSide; readonly definition: Definition }> {
  if (which === 'draft') {
    const { definition } = await requireDefinition(tx, row.draft);
    return { side: { version: null, contentHash: contentHash(definition) }, definition };
  }
  const found = await loadVersion(tx, row.id, Number(which));
  if (!found) throw versionMissing(row, which);
  const { version, contentHash: hash } = found;
  // A version was parsed when it was published, and never changes.
  const definition = found.definition as unknown as Definition;
  return { side: { version, contentHash: hash }, definition };
}

/** A definition as somebody would write it: a draft is edited by people. */
function asWritten(definition: Definition): object {
  return JSON.parse(exportDefinition(definition, { form: 'graph', format: 'json' })) as object;
}
