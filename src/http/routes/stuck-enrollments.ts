import { listStuck } from '../../db/stuck';
import { listAnswer, listOf, pageQuery } from '../common';
import { readRoute } from '../route';
import { stuckReason, stuckSchema, stuckView } from '../views/stuck';

export const stuckEnrollmentRoutes = [
  readRoute({
    method: 'get',
    path: '/enrollments/stuck',
    operationId: 'listStuckEnrollments',
    summary: 'List enrollments that should have moved on by now, the newest first',
    description:
      'As found when the upkeep last came by, once a minute and less often where there are very many. Who moves on or ends is taken off.',
    scope: 'enrollments:read',
    query: pageQuery.extend({ reason: stuckReason.optional() }),
    answers: { 200: { description: 'Stuck enrollments.', schema: listOf(stuckSchema) } },
    handle: ({ query, transaction }) =>
      transaction(async (tx) => listAnswer(await listStuck(tx, query, query), stuckView)),
  }),
];
