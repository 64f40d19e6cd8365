/** Templates of mails, which `send_email` names by their keys. */
import { z } from 'zod';
import { recordAudit } from '../../db/audit';
import type { Tx } from '../../db/client';
import {
  createTemplate,
  deleteTemplate,
  getTemplate,
  holdTemplate,
  listTemplates,
  replaceTemplate,
  type TemplateRow,
} from '../../db/templates';
import { draftsWith, publishedUses } from '../../db/template-uses';
import { variableNames } from '../../db/variables';
import { fail, type Issue } from '../../errors';
import type { MailContent } from '../../journey/mail-template';
import { checkTemplate } from '../../language/check-template';
import { templateContent, templateInput } from '../../language/mail-content';
import { parseDefinition } from '../../language/parse-definition';
import { LARGE_BODY_LIMIT } from '../body';
import { listAnswer, listOf, pageQuery } from '../common';
import { matchesTag } from '../entity-tag';
import { readRoute, writeRoute } from '../route';
import { refuseIf } from '../validate';
import {
  templateAnswer,
  templateSchema,
  templateSummary,
  templateSummarySchema,
  templateTag,
} from '../views/template';
import { joined } from '../words';

export { templateContent, templateInput };

export const byTemplate = z.strictObject({ id: z.string().describe('The id, or the key.') });

const oneVersion = z.strictObject({
  version: z
    .string()
    .regex(/^\d{1,9}$/, 'Expected the number of a version.')
    .transform(Number)
    .meta({ override: { type: 'integer', minimum: 1 } })
    .optional()
    .describe('What it said then; the latest unless told.'),
});

export const templateMissing = (idOrKey: string) =>
  fail(
    'template.not_found',
    `There is no template with the id or key "${idOrKey.slice(0, 100)}" in this workspace, or none of this version.`,
  );

export const templateRoutes = [
  writeRoute({
    method: 'post',
    path: '/templates',
    operationId: 'createTemplate',
    summary: 'Store a template of a mail',
    description:
      'Liquid and MJML that cannot be read are refused, with line and column in the field. What is written becomes version 1.',
    scope: 'workflows:write',
    maxBody: LARGE_BODY_LIMIT,
    body: templateInput,
    answers: { 201: { description: 'The template.', schema: templateSchema } },
    problems: ['template.key_taken'],
    async write(tx, { body, key: { keyId: author } }) {
      const warnings = await checked(tx, body);
      const { name = body.key } = body;
      const row = await createTemplate(tx, { ...body, name, author });
      await audited(tx, author, row, 'create');
      return templateAnswer(201, row, warnings);
    },
  }),
  readRoute({
    method: 'get',
    path: '/templates',
    operationId: 'listTemplates',
    summary: 'List templates without their bodies, the newest first',
    scope: 'workflows:read',
    query: pageQuery,
    answers: { 200: { description: 'Templates.', schema: listOf(templateSummarySchema) } },
    handle: ({ query, transaction }) =>
      transaction(async (tx) => listAnswer(await listTemplates(tx, query), templateSummary)),
  }),
  readRoute({
    method: 'get',
    path: '/templates/:id',
    operationId: 'getTemplate',
    summary: 'Get a template by its id or key',
    scope: 'workflows:read',
    params: byTemplate,
    query: oneVersion,
    answers: {
      200: {
        description: 'The template; its entity tag is the latest version.',
        schema: templateSchema,
      },
    },
    problems: ['template.not_found'],
    handle: ({ params: { id }, query: { version }, transaction }) =>
      transaction(async (tx) => templateAnswer(200, await requireTemplate(tx, id, version))),
  }),
  writeRoute({
    method: 'put',
    path: '/templates/:id',
    operationId: 'replaceTemplate',
    summary: 'Replace what a template says',
    description:
      'The next version. Mails that are claimed from now on say it, of people under way too; a mail that is tried again says what it said before. The same once more is no new version. If-Match takes the entity tag.',
    scope: 'workflows:write',
    params: byTemplate,
    maxBody: LARGE_BODY_LIMIT,
    body: templateContent,
    answers: { 200: { description: 'The template, replaced.', schema: templateSchema } },
    problems: ['template.not_found', 'template.changed'],
    async write(tx, { params: { id }, body, header, key: { keyId: author } }) {
      const warnings = await checked(tx, body);
      const row = await heldTemplate(tx, id);
      requireMatch(row, header('If-Match'));
      const { name = row.name } = body;
      const after = await replaceTemplate(tx, row, { ...body, name, author });
      if (after !== row) await audited(tx, author, after, 'replace');
      return templateAnswer(200, after, warnings);
    },
  }),
  writeRoute({
    method: 'delete',
    path: '/templates/:id',
    operationId: 'deleteTemplate',
    summary: 'Delete a template with its versions',
    description:
      'Refused while a draft names it, a version that people may enter, or one that somebody is under way in. Mails that were sent keep the key and the version.',
    scope: 'workflows:write',
    params: byTemplate,
    answers: { 200: { description: 'What it said at last.', schema: templateSchema } },
    problems: ['template.not_found', 'template.in_use', 'template.changed'],
    async write(tx, { params: { id }, header, key: { keyId: actor } }) {
      const row = await heldTemplate(tx, id);
      requireMatch(row, header('If-Match'));
      const uses = await usesOf(tx, row.key);
      if (uses.length > 0) throw inUse(row.key, uses);
      await deleteTemplate(tx, row.id);
      await audited(tx, actor, row, 'delete');
      const { status, body } = templateAnswer(200, row);
      return { status, body };
    },
  }),
];

/** The template with this id or key, at its latest version or the one asked for. Fails with `template.not_found`. */
export async function requireTemplate(
  tx: Tx,
  idOrKey: string,
  version?: number,
): Promise<TemplateRow> {
  const row = await getTemplate(tx, idOrKey, version);
  if (row === null) throw templateMissing(idOrKey);
  return row;
}

async function heldTemplate(tx: Tx, idOrKey: string): Promise<TemplateRow> {
  const row = await holdTemplate(tx, idOrKey);
  if (row === null) throw templateMissing(idOrKey);
  return row;
}

/** The warnings about a template. Fails with `request.invalid` where it cannot be read. */
async function checked(tx: Tx, content: MailContent): Promise<readonly Issue[]> {
  const { errors, warnings } = checkTemplate(content, await variableNames(tx));
  refuseIf(errors, 'template');
  return warnings;
}

/** Fails with `template.changed` when the template has moved on from the entity tag; without one it never does. */
function requireMatch(row: TemplateRow, ifMatch: string | undefined): void {
  const tag = templateTag(row);
  if (matchesTag(ifMatch, tag)) return;
  throw fail(
    'template.changed',
    `The template "${row.key}" has the entity tag ${tag} now, not ${ifMatch?.slice(0, 100)}. Read it again (GET /api/v1/templates/${row.key}), repeat your change on it and send that with the new tag as If-Match.`,
  );
}

interface Use {
  readonly workflow: string;
  /** Null for its draft. */
  readonly version: number | null;
}

async function usesOf(tx: Tx, key: string): Promise<readonly Use[]> {
  const published = await publishedUses(tx, key);
  const drafts = (await draftsWith(tx, key)).filter(({ draft }) =>
    parseDefinition(draft).templates.some((named) => named.key === key),
  );
  return [
    ...drafts.map((draft) => ({ workflow: draft.key, version: null })),
    ...published.map(({ workflowKey, version }) => ({ workflow: workflowKey, version })),
  ];
}

const USES_NAMED = 5;

function inUse(key: string, uses: readonly Use[]) {
  const named = uses
    .slice(0, USES_NAMED)
    .map(({ workflow, version }) =>
      version === null ? `the draft of "${workflow}"` : `version ${version} of "${workflow}"`,
    );
  const others = uses.length > USES_NAMED ? [`${uses.length - USES_NAMED} others`] : [];
  const detail = `The template "${key}" is sent by ${joined([...named, ...others])}. Let them send another one first; people under way in an older version finish or are moved.`;
  return fail('template.in_use', detail, { uses });
}

function audited(
  tx: Tx,
  actor: string,
  { id, key, version }: TemplateRow,
  did: 'create' | 'replace' | 'delete',
): Promise<void> {
  return recordAudit(tx, {
    ...{ actor, action: `template.${did}`, subjectType: 'template', subjectId: id },
    detail: { key, version },
  });
}
