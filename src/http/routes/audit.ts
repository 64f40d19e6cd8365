import { z } from 'zod';
import { type AuditRow, listAudit } from '../../db/audit';
import { instant, jsonObject, listAnswer, listOf, pageQuery, uuid } from '../common';
import { readRoute } from '../route';

export const auditSchema = z
  .object({
    id: uuid,
    at: instant,
    actor: z
      .string()
      .describe('The id of an API key; `temporal`, or `throughline` for what it did by itself.'),
    action: z.string().describe('What was done, such as `enrollment.pause`.'),
    subjectType: z.string(),
    subjectId: z.string(),
    detail: jsonObject.describe('What came of it; ids and codes, never what tells of a person.'),
  })
  .meta({ id: 'AuditEntry' });

export const auditRoutes = [
  readRoute({
    method: 'get',
    path: '/audit',
    operationId: 'listAudit',
    summary: 'List who did what, the newest first',
    scope: 'audit:read',
    query: pageQuery.extend({
      subjectId: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe(
          'Only what was done to this one: the id of an enrollment, workflow, contact, job, suppression, list or API key, or the name of a variable.',
        ),
    }),
    answers: { 200: { description: 'Audit entries.', schema: listOf(auditSchema) } },
    handle: ({ query, transaction }) =>
      transaction(async (tx) => listAnswer(await listAudit(tx, query, query), auditView)),
  }),
];

function auditView(row: AuditRow): z.infer<typeof auditSchema> {
  const { id, actor, action, subjectType, subjectId, detail } = row;
  return { id, at: row.at.toISOString(), actor, action, subjectType, subjectId, detail };
}
