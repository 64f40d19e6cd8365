import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Tx } from '../../db/client';
import { admitEnrollment } from '../../db/admission';
import type { Blocked } from '../../db/entry-rules';
import { type EnrollmentRow, getEnrollment, listEnrollments } from '../../db/enrollments';
import { getContact } from '../../db/contacts';
import { effectKeyOf, effectsOf } from '../../db/step-effects';
import { listSteps } from '../../db/steps';
import { type AppError, fail, type Issue } from '../../errors';
import { nodeId } from '../../journey/names';
import { blockedSentence } from '../blocked';
import { contactWarnings } from '../contact-warnings';
import { byId, found, jsonObject, listAnswer, listOf, pageQuery, uuid } from '../common';
import { type Call, readRoute, writeRoute } from '../route';
import { saveContact } from '../../db/save-contact';
import {
  enrolledSchema,
  enrolledView,
  enrollmentSchema,
  enrollmentStatus,
  enrollmentView,
  stepSchema,
  stepView,
} from '../views/enrollment';
import { contactInput, contactMissing } from './contacts';
import { requireWorkflow } from './workflows';

/** How long an answer may wait for Temporal; later the relay starts the enrollment. */
export const START_DEADLINE_MS = 1_000;
const POLL_MS = 150;

const enrollmentInput = z
  .strictObject({
    contactId: uuid.optional(),
    contact: contactInput.optional().describe('Created or changed first, as by POST /contacts.'),
    variables: jsonObject.optional().describe('What templates and conditions see as `variables`.'),
    key: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        'Enrollments with different keys run side by side in a workflow with `whenActive: parallel`.',
      ),
  })
  .refine(({ contactId, contact }) => (contactId === undefined) !== (contact === undefined), {
    message: 'Say who enters by either "contactId" or "contact".',
  })
  .meta({ id: 'EnrollmentInput' });

const waitQuery = z.strictObject({
  waitSeconds: z
    .string()
    .regex(/^\d{1,2}$/, 'Expected whole seconds, at most 30.')
    .transform(Number)
    .refine((seconds) => seconds <= 30, 'Expected whole seconds, at most 30.')
    .meta({ override: { type: 'integer', minimum: 0, maximum: 30 } })
    .optional()
    .describe('Answers when the enrollment ends, or after so many seconds.'),
});

export const enrollmentMissing = (id: string) => () =>
  fail('enrollment.not_found', `There is no enrollment "${id.slice(0, 100)}" in this workspace.`);

export const enrollmentRoutes = [
  writeRoute({
    method: 'post',
    path: '/workflows/:id/enrollments',
    operationId: 'enroll',
    summary: 'Let a contact enter a workflow',
    description:
      'The answer means that the enrollment is stored. Its start is tried at once, and made by the relay otherwise.',
    scope: 'enrollments:write',
    params: byId,
    body: enrollmentInput,
    answers: { 202: { description: 'The enrollment, stored.', schema: enrolledSchema } },
    problems: ['workflow.not_found', 'contact.not_found', 'contact.conflict', 'enrollment.blocked'],
    async write(tx, { params: { id }, body, deps, transaction }) {
      const workflow = await requireWorkflow(tx, id);
      const at = new Date();
      const contactId = await entering(tx, body, at);
      const { key, variables, contact = {} } = body;
      const warnings = contactWarnings(contact, 'contact.');
      const admitted = await admitEnrollment(tx, {
        workflowId: workflow.id,
        contactId,
        key,
        variables,
        at,
        judge: deps.evaluators.condition,
      });
      if ('blocked' in admitted) return problemOf(admitted);
      const { enrollment } = admitted;
      const started = async () => {
        await deps.enrollments.tryStart(enrollment, START_DEADLINE_MS);
        return accepted(
          (await transaction((later) => getEnrollment(later, enrollment.id))) ?? enrollment,
          warnings,
        );
      };
      return { ...accepted(enrollment, warnings), afterCommit: started };
    },
  }),
  readRoute({
    method: 'get',
    path: '/workflows/:id/enrollments',
    operationId: 'listEnrollments',
    summary: 'List the enrollments of a workflow, the newest first',
    scope: 'enrollments:read',
    params: byId,
    query: pageQuery.extend({
      status: enrollmentStatus.optional(),
      version: z
        .string()
        .regex(/^[1-9]\d{0,8}$/, 'Expected the number of a version.')
        .transform(Number)
        .meta({ override: { type: 'integer', minimum: 1 } })
        .optional(),
      nodeId: nodeId.optional().describe('Those who stand on this node, or failed at it.'),
    }),
    answers: { 200: { description: 'Enrollments.', schema: listOf(enrollmentSchema) } },
    problems: ['workflow.not_found'],
    handle: ({ params: { id }, query, transaction }) =>
      transaction(async (tx) => {
        const workflow = await requireWorkflow(tx, id);
        const { status, version, nodeId: node } = query;
        const filter = { workflowId: workflow.id, status, version, nodeId: node };
        return listAnswer(await listEnrollments(tx, filter, query), enrollmentView);
      }),
  }),
  readRoute({
    method: 'get',
    path: '/enrollments/:id',
    operationId: 'getEnrollment',
    summary: 'Get an enrollment, at once or when it has ended',
    scope: 'enrollments:read',
    params: byId,
    query: waitQuery,
    answers: { 200: { description: 'The enrollment.', schema: enrollmentSchema } },
    problems: ['enrollment.not_found'],
    async handle(call) {
      return {
        status: 200,
        body: enrollmentView(await awaited(call, call.params.id, call.query.waitSeconds ?? 0)),
      };
    },
  }),
  readRoute({
    method: 'get',
    path: '/enrollments/:id/steps',
    operationId: 'listSteps',
    summary: 'List the steps of an enrollment, in order',
    scope: 'enrollments:read',
    params: byId,
    query: pageQuery,
    answers: { 200: { description: 'Steps.', schema: listOf(stepSchema) } },
    problems: ['enrollment.not_found'],
    handle: ({ params: { id }, query, transaction }) =>
      transaction(async (tx) => {
        const enrollment = await found(
          id,
          (known) => getEnrollment(tx, known),
          enrollmentMissing(id),
        );
        const steps = await listSteps(tx, enrollment.id, query);
        const effects = await effectsOf(tx, steps.data);
        return listAnswer(steps, (step) => stepView(step, effects.get(effectKeyOf(step))));
      }),
  }),
];

async function entering(tx: Tx, body: z.output<typeof enrollmentInput>, at: Date): Promise<string> {
  if (body.contact) return (await saveContact(tx, body.contact, at)).contact.id;
  const id = body.contactId ?? '';
  return (await found(id, (known) => getContact(tx, known), contactMissing(id))).id;
}

function accepted(enrollment: EnrollmentRow, warnings: readonly Issue[]) {
  const headers = { Location: `/api/v1/enrollments/${enrollment.id}` };
  return { status: 202, body: enrolledView(enrollment, warnings), headers };
}

/** Returned, not thrown: the event that tells of the refusal commits with it. */
function problemOf(refusal: Blocked): AppError {
  return fail('enrollment.blocked', blockedSentence(refusal), { reason: refusal.blocked });
}

async function awaited(
  { transaction, signal }: Pick<Call<unknown, unknown, unknown>, 'transaction' | 'signal'>,
  id: string,
  waitSeconds: number,
): Promise<EnrollmentRow> {
  const deadline = performance.now() + waitSeconds * 1_000;
  for (;;) {
    const row = await found(
      id,
      (known) => transaction((tx) => getEnrollment(tx, known)),
      enrollmentMissing(id),
    );
    if (row.endedAt !== null || performance.now() >= deadline || signal.aborted) return row;
    await sleep(POLL_MS);
  }
}
