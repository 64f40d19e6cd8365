/** Commands for many, and the jobs that order them. */
import { z } from 'zod';
import type { Tx } from '../../db/client';
import { progressOf } from '../../db/job-progress';
import {
  getJob,
  holdJob,
  type JobOrder,
  type JobRow,
  listJobs,
  type RetryOrder,
  startCommandJob,
  steerJob,
} from '../../db/jobs';
import { countSelected } from '../../db/selection';
import { fail } from '../../errors';
import { type Command, commandInputs } from '../../journey/commands';
import { OPEN_STATUSES } from '../../journey/enrollment-status';
import { nodeId, versionNumber } from '../../journey/names';
import { LARGE_BODY_LIMIT } from '../body';
import { byId, found, jsonObject, listOf, pageQuery, uuid } from '../common';
import { type Answer, readRoute, writeRoute } from '../route';
import { validate } from '../validate';
import { jobSchema, jobView, orderType } from '../views/job';
import { requireWorkflow } from './workflows';

export const perSecond = z
  .int()
  .min(1)
  .max(1_000)
  .optional()
  .describe('How many enrollments get the command in a second; 50 unless told.');

const RETRY = 'retry';

const where = z.strictObject({
  version: versionNumber.optional(),
  status: z.enum([...OPEN_STATUSES, 'failed']).optional(),
  nodeId: nodeId
    .optional()
    .describe('Those who stand on this node; for `retry`, who failed on it.'),
  errorCode: z.string().max(100).optional().describe('For `retry`: those who failed with it.'),
  enrollmentIds: z.array(uuid).min(1).max(10_000).optional(),
});

export const commandsForMany = z
  .strictObject({
    type: orderType.describe('`retry` is for those who failed.'),
    input: jsonObject.optional().describe('The input of the command.'),
    where: where.describe('Which open enrollments, or failed ones; `{}` means all.'),
    perSecond,
    dryRun: z.boolean().optional().describe('Only says for how many it would be.'),
  })
  .superRefine(({ type, where: { status, errorCode } }, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: ['where', field], message });
    if (type === RETRY && (status ?? 'failed') !== 'failed')
      refuse('status', 'Only enrollments that failed can be retried: leave it out.');
    if (type !== RETRY && status === 'failed')
      refuse('status', 'Who failed has left: only "retry" is for those.');
    if (type !== RETRY && errorCode !== undefined)
      refuse('errorCode', 'Only "retry" is for those who failed: leave it out.');
  })
  .meta({ id: 'CommandsForMany' });

export const jobMissing = (id: string) => () =>
  fail('job.not_found', `There is no job "${id.slice(0, 100)}" in this workspace.`);

const steering = (order: JobOrder, summary: string, description: string) =>
  writeRoute({
    method: 'post',
    path: `/jobs/:id/${order}`,
    operationId: `${order}Job`,
    summary,
    description,
    scope: 'enrollments:write',
    params: byId,
    body: z.strictObject({}),
    answers: { 200: { description: 'The job.', schema: jobSchema } },
    problems: ['job.not_found', 'job.ended'],
    async write(tx, { params: { id }, key }) {
      const job = await found(id, (known) => holdJob(tx, known), jobMissing(id));
      const steered = await steerJob(tx, job, order, key.keyId);
      if (steered !== null) return jobAnswer(tx, 200, steered);
      throw fail('job.ended', `The job is ${job.status}: there is nothing to ${order}.`);
    },
  });

export const jobRoutes = [
  writeRoute({
    method: 'post',
    path: '/workflows/:id/enrollments/commands',
    operationId: 'orderForMany',
    summary: 'Order one command for many enrollments, at a rate',
    description:
      'It is for those who have entered by now. Each enrollment judges the command for itself; the job counts what became of it.',
    scope: 'enrollments:write',
    params: byId,
    maxBody: LARGE_BODY_LIMIT,
    body: commandsForMany,
    answers: {
      200: {
        description: 'With `dryRun`: for how many it would be.',
        schema: z.object({ count: z.int() }),
      },
      202: { description: 'The job, stored.', schema: jobSchema },
    },
    problems: ['workflow.not_found'],
    async write(tx, { params: { id }, body, key }) {
      const workflow = await requireWorkflow(tx, id);
      const command = requireOrder(body.type, body.input ?? {});
      const selection =
        body.type === RETRY ? ({ ...body.where, status: 'failed' } as const) : body.where;
      if (body.dryRun === true) {
        const count = await countSelected(tx, workflow.id, selection);
        return { status: 200, body: { count } };
      }
      const job = await startCommandJob(tx, {
        ...{ workflowId: workflow.id, command },
        ...{ selection, perSecond: body.perSecond, createdBy: key.keyId },
      });
      return jobAnswer(tx, 202, job);
    },
  }),
  readRoute({
    method: 'get',
    path: '/jobs',
    operationId: 'listJobs',
    summary: 'List jobs, the newest first',
    scope: 'enrollments:read',
    query: pageQuery,
    answers: { 200: { description: 'Jobs.', schema: listOf(jobSchema) } },
    handle: ({ query, transaction }) =>
      transaction(async (tx) => {
        const { data, nextCursor } = await listJobs(tx, query);
        const progress = await progressOf(tx, data);
        const body = { data: data.map((row) => jobView(row, progress(row))), nextCursor };
        return { status: 200, body };
      }),
  }),
  readRoute({
    method: 'get',
    path: '/jobs/:id',
    operationId: 'getJob',
    summary: 'Get a job with its progress',
    scope: 'enrollments:read',
    params: byId,
    answers: { 200: { description: 'The job.', schema: jobSchema } },
    problems: ['job.not_found'],
    handle: ({ params: { id }, transaction }) =>
      transaction(async (tx) =>
        jobAnswer(tx, 200, await found(id, (known) => getJob(tx, known), jobMissing(id))),
      ),
  }),
  steering('pause', 'Hold a job', 'What it has ordered stays ordered; it orders nothing more.'),
  steering('resume', 'Let a paused job go on', 'It goes on behind the last one ordered.'),
  steering('cancel', 'End a job', 'What it has ordered stays ordered.'),
];

/** A job with its progress. */
export async function jobAnswer(tx: Tx, status: number, row: JobRow): Promise<Answer> {
  const progress = await progressOf(tx, [row]);
  const headers = { Location: `/api/v1/jobs/${row.id}` };
  return { status, body: jobView(row, progress(row)), headers };
}

function requireOrder(type: z.infer<typeof orderType>, input: object): Command | RetryOrder {
  if (type === RETRY) return { type, input: validate(z.strictObject({}), input, 'input') };
  return { type, input: validate(commandInputs[type], input, 'input') } as Command;
}
