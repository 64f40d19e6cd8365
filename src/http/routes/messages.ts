import { findMessage, listMessages } from '../../db/messages';
import { fail } from '../../errors';
import { byId, found, listAnswer, listOf, pageQuery, uuid } from '../common';
import { readRoute } from '../route';
import { messageSchema, messageStatus, messageView } from '../views/message';

const missing = (id: string) => () =>
  fail('message.not_found', `There is no message "${id.slice(0, 100)}" in this workspace.`);

export const messageRoutes = [
  readRoute({
    method: 'get',
    path: '/messages',
    operationId: 'listMessages',
    summary: 'List messages and what became of them, the newest first',
    scope: 'contacts:read',
    query: pageQuery.extend({
      enrollmentId: uuid.optional(),
      contactId: uuid.optional(),
      status: messageStatus.optional(),
    }),
    answers: { 200: { description: 'Messages.', schema: listOf(messageSchema) } },
    handle: ({ query, transaction }) =>
      transaction(async (tx) => listAnswer(await listMessages(tx, query, query), messageView)),
  }),
  readRoute({
    method: 'get',
    path: '/messages/:id',
    operationId: 'getMessage',
    summary: 'Get a message and what became of it',
    scope: 'contacts:read',
    params: byId,
    answers: { 200: { description: 'The message.', schema: messageSchema } },
    problems: ['message.not_found'],
    handle: ({ params: { id }, transaction }) =>
      transaction(async (tx) => {
        const row = await found(id, (known) => findMessage(tx, known), missing(id));
        return { status: 200, body: messageView(row) };
      }),
  }),
];
