import { listMessages } from '../../db/messages';
import { listAnswer, listOf, pageQuery, uuid } from '../common';
import { readRoute } from '../route';
import { messageSchema, messageStatus, messageView } from '../views/message';

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
];
