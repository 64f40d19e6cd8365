/**
 * Steering one enrollment.
 *
 * 1. A command is stored before anybody acts on it; who judges it, and its audit, is activities/steer.ts.
 * 2. The answer tells what the row says. Where nobody has judged it in time, that it is pending: the relay rings
 *    until the enrollment has heard.
 */
import type { Tx } from '../../db/client';
import { getCommand, listCommands, orderCommand, refuseOrder } from '../../db/commands';
import { type EnrollmentRow, getEnrollment, holdEnrollment } from '../../db/enrollments';
import type { JsonObject } from '../../db/json';
import { retryEnrollment } from '../../db/retry-enrollment';
import type { AppError } from '../../errors';
import { COMMAND_SUMMARIES, COMMAND_TYPES, commandInputs } from '../../journey/commands';
import { byId, found, listAnswer, listOf, pageQuery } from '../common';
import { commandRefused } from '../refusals';
import { type Answer, readRoute, writeRoute } from '../route';
import { commandSchema, commandView, pendingCommandSchema } from '../views/command';
import { enrollmentSchema, enrollmentView } from '../views/enrollment';
import { nothing } from './workflow-states';
import { enrollmentMissing, START_DEADLINE_MS } from './enrollments';

/** How long an answer may wait for the enrollment to judge its command. */
const JUDGE_DEADLINE_MS = 5_000;

const PENDING = 'Stored, and not judged yet: no worker has answered in time. It is not lost.';

export const enrollmentCommandRoutes = [
  ...COMMAND_TYPES.map((type) =>
    writeRoute({
      method: 'post',
      path: `/enrollments/:id/${type}`,
      operationId: `${type}Enrollment`,
      summary: COMMAND_SUMMARIES[type],
      description:
        'A command is stored first and judged where the enrollment is interpreted. GET /enrollments/:id/commands says what became of one that was pending.',
      scope: 'enrollments:write',
      params: byId,
      body: commandInputs[type],
      answers: {
        200: { description: 'The enrollment, steered.', schema: enrollmentSchema },
        202: { description: PENDING, schema: pendingCommandSchema },
      },
      problems: ['enrollment.not_found', 'command.refused'],
      async write(tx, { params: { id }, body, key, deps, transaction }) {
        const enrollment = await held(tx, id);
        const input = body as JsonObject;
        const order = { enrollmentId: enrollment.id, type, input, requestedBy: key.keyId };
        if (enrollment.endedAt !== null) {
          await refuseOrder(tx, order, 'command.ended');
          return commandRefused('command.ended');
        }
        const commandId = await orderCommand(tx, order);
        const judged = async (): Promise<Answer | AppError> => {
          await deps.steering.tell(enrollment, { id: commandId, type }, JUDGE_DEADLINE_MS);
          return transaction((later) => answerTo(later, commandId, enrollment.id));
        };
        return { ...pending(commandId, enrollment.id), afterCommit: judged };
      },
    }),
  ),
  writeRoute({
    method: 'post',
    path: '/enrollments/:id/retry',
    operationId: 'retryEnrollment',
    summary: 'Visit the node that failed once more, and go on',
    description:
      'The enrollment is open again, in a Temporal workflow of its own. Its start is tried at once, and made by the relay otherwise.',
    scope: 'enrollments:write',
    params: byId,
    body: nothing,
    answers: { 200: { description: 'The enrollment, open again.', schema: enrollmentSchema } },
    problems: ['enrollment.not_found', 'command.refused'],
    async write(tx, { params: { id }, key, deps, transaction }) {
      const known = await found(id, (uuid) => getEnrollment(tx, uuid), enrollmentMissing(id));
      const retried = await retryEnrollment(tx, known, { requestedBy: key.keyId });
      if ('refused' in retried) return commandRefused(retried.refused);
      const { enrollment } = retried;
      const started = async (): Promise<Answer> => {
        await deps.enrollments.tryStart(enrollment, START_DEADLINE_MS);
        return shown(
          (await transaction((later) => getEnrollment(later, enrollment.id))) ?? enrollment,
        );
      };
      return { ...shown(enrollment), afterCommit: started };
    },
  }),
  readRoute({
    method: 'get',
    path: '/enrollments/:id/commands',
    operationId: 'listCommands',
    summary: 'List what was ordered for an enrollment, the newest first',
    scope: 'enrollments:read',
    params: byId,
    query: pageQuery,
    answers: { 200: { description: 'Commands.', schema: listOf(commandSchema) } },
    problems: ['enrollment.not_found'],
    handle: ({ params: { id }, query, transaction }) =>
      transaction(async (tx) => {
        const known = await found(id, (uuid) => getEnrollment(tx, uuid), enrollmentMissing(id));
        return listAnswer(await listCommands(tx, known.id, query), commandView);
      }),
  }),
];

/** Held, so that it does not end between the look at it and the command: an end refuses what is pending. */
async function held(tx: Tx, id: string): Promise<EnrollmentRow> {
  return found(id, (known) => holdEnrollment(tx, known), enrollmentMissing(id));
}

async function answerTo(tx: Tx, commandId: string, id: string): Promise<Answer | AppError> {
  const [command, enrollment] = [await getCommand(tx, commandId), await getEnrollment(tx, id)];
  if (command?.status === 'refused') return commandRefused(command.reason ?? '');
  if (command?.status === 'applied' && enrollment !== null) return shown(enrollment);
  return pending(commandId, id);
}

function pending(commandId: string, id: string): Answer {
  const headers = { Location: `/api/v1/enrollments/${id}/commands` };
  return { status: 202, body: { status: 'pending', commandId }, headers };
}

function shown(enrollment: EnrollmentRow): Answer {
  return { status: 200, body: enrollmentView(enrollment) };
}
