import { z } from 'zod';
import { recordAudit } from '../../db/audit';
import {
  getSuppression,
  listSuppressions,
  removeSuppression,
  suppress,
} from '../../db/suppressions';
import { fail } from '../../errors';
import { mailAddress } from '../../journey/contact-fields';
import { byId, found, listAnswer, listOf, pageQuery } from '../common';
import { readRoute, writeRoute } from '../route';
import { suppressionReason, suppressionSchema, suppressionView } from '../views/suppression';

const address = mailAddress.max(320);

export const suppressionInput = z
  .strictObject({
    address: address.describe('The address that nothing is to be sent to any more.'),
    reason: suppressionReason.default('manual').describe('Why; `manual` unless told.'),
  })
  .meta({ id: 'SuppressionInput' });

const missing = (id: string) => () =>
  fail(
    'suppression.not_found',
    `There is no suppression "${id.slice(0, 100)}" in this workspace. Find it by GET /suppressions?address=….`,
  );

export const suppressionRoutes = [
  writeRoute({
    method: 'post',
    path: '/suppressions',
    operationId: 'createSuppression',
    summary: 'Let nothing be sent to an address any more',
    description:
      'Bounces for good and complaints that are reported as events do this by themselves. An address that is suppressed already stays as it is.',
    scope: 'contacts:write',
    body: suppressionInput,
    answers: {
      200: { description: 'It was suppressed already.', schema: suppressionSchema },
      201: { description: 'It is suppressed now.', schema: suppressionSchema },
    },
    async write(tx, { body, key }) {
      const order = { ...body, at: new Date(), createdBy: key.keyId };
      const { suppression, created } = await suppress(tx, order);
      const { id: subjectId, reason } = suppression;
      if (created)
        await recordAudit(tx, {
          ...{ actor: key.keyId, action: 'suppression.create', subjectType: 'suppression' },
          ...{ subjectId, detail: { reason } },
        });
      const headers = { Location: `/api/v1/suppressions/${subjectId}` };
      return { status: created ? 201 : 200, body: suppressionView(suppression), headers };
    },
  }),
  readRoute({
    method: 'get',
    path: '/suppressions',
    operationId: 'listSuppressions',
    summary: 'List addresses that nothing is sent to, the newest first',
    scope: 'contacts:read',
    query: pageQuery.extend({
      address: address.optional().describe('Only this address.'),
      reason: suppressionReason.optional(),
    }),
    answers: { 200: { description: 'Suppressions.', schema: listOf(suppressionSchema) } },
    handle: ({ query, transaction }) =>
      transaction(async (tx) =>
        listAnswer(await listSuppressions(tx, query, query), suppressionView),
      ),
  }),
  readRoute({
    method: 'get',
    path: '/suppressions/:id',
    operationId: 'getSuppression',
    summary: 'Get a suppression',
    scope: 'contacts:read',
    params: byId,
    answers: { 200: { description: 'The suppression.', schema: suppressionSchema } },
    problems: ['suppression.not_found'],
    handle: ({ params: { id }, transaction }) =>
      transaction(async (tx) => {
        const row = await found(id, (known) => getSuppression(tx, known), missing(id));
        return { status: 200, body: suppressionView(row) };
      }),
  }),
  writeRoute({
    method: 'delete',
    path: '/suppressions/:id',
    operationId: 'deleteSuppression',
    summary: 'Let an address be written to again',
    description: 'The next bounce for good, or complaint, suppresses it anew.',
    scope: 'contacts:write',
    params: byId,
    answers: { 200: { description: 'What held until now.', schema: suppressionSchema } },
    problems: ['suppression.not_found'],
    async write(tx, { params: { id }, key }) {
      const row = await found(id, (known) => removeSuppression(tx, known), missing(id));
      await recordAudit(tx, {
        ...{ actor: key.keyId, action: 'suppression.delete', subjectType: 'suppression' },
        ...{ subjectId: row.id, detail: { reason: row.reason } },
      });
      return { status: 200, body: suppressionView(row) };
    },
  }),
];
