/** Letting many people into a workflow at once, by a job. */
import { z } from 'zod';
import type { Tx } from '../../db/client';
import { forecastEntries } from '../../db/entry-forecast';
import { type Entrants, startEntryJob } from '../../db/entry-job';
import { listRefused } from '../../db/job-people';
import { refusedCommands } from '../../db/job-progress';
import { getJob } from '../../db/jobs';
import { fail } from '../../errors';
import { byId, found, jsonObject, listAnswer, listOf, pageQuery } from '../common';
import { fromContactIds } from '../entry-sources/contact-ids';
import { fromCsv } from '../entry-sources/csv';
import { fromFilter } from '../entry-sources/filter';
import { fromList } from '../entry-sources/list';
import type { EntrySource } from '../entry-sources/source';
import { readRoute, writeRoute } from '../route';
import {
  entryForecastSchema,
  entryForecastView,
  jobSchema,
  refusedSchema,
  refusedView,
} from '../views/job';
import { jobAnswer, jobMissing, perSecond } from './jobs';
import { requireWorkflow } from './workflows';

/** A file of 5,000,000 characters, and what JSON makes of its quotation marks and line ends. */
const BODY_LIMIT = 12_000_000;
/** Behind that a dry run answers what it has seen. */
const FORECAST_MS = 10_000;

/** Who is let in; a new source is a file of `entry-sources` and a line here. */
const SOURCES = { list: fromList, filter: fromFilter, contactIds: fromContactIds, csv: fromCsv };

const KINDS = Object.keys(SOURCES) as (keyof typeof SOURCES)[];
const NAMED = KINDS.map((kind) => `"${kind}"`).join(', ');

const options = {
  key: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The key of each enrollment, for a workflow with `whenActive: parallel`.'),
};

export const bulkEntry = z
  .strictObject({
    list: fromList.field.optional(),
    filter: fromFilter.field.optional(),
    contactIds: fromContactIds.field.optional(),
    csv: fromCsv.field.optional(),
    variables: jsonObject
      .optional()
      .describe('What templates and conditions see as `variables`; those of a row come first.'),
    ...options,
    perSecond: perSecond.describe('How many people enter in a second at most; 50 unless told.'),
    dryRun: z.boolean().optional().describe('Only says how many would enter, and why others not.'),
  })
  .refine((body) => KINDS.filter((kind) => body[kind] !== undefined).length === 1, {
    message: `Say who enters by one of ${NAMED}.`,
  })
  .meta({ id: 'EntryOfMany' });

/** For a body that is a file and has no room for them. */
const query = z.strictObject({
  ...options,
  perSecond: z
    .string()
    .regex(/^\d{1,4}$/, 'Expected a whole number from 1 to 1000.')
    .transform(Number)
    .pipe(z.int().min(1).max(1_000))
    .meta({ override: { type: 'integer', minimum: 1, maximum: 1_000 } })
    .optional()
    .describe('The same as in a body of JSON.'),
  dryRun: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .meta({ override: { type: 'boolean', enum: [true, false] } })
    .optional()
    .describe('The same as in a body of JSON.'),
});

type Body = z.output<typeof bulkEntry>;

export const bulkEntryRoutes = [
  writeRoute({
    method: 'post',
    path: '/workflows/:id/enrollments/bulk',
    operationId: 'enrollMany',
    summary: 'Let many people enter a workflow, at a rate',
    description:
      'A job lets them in one by one, by the rules that hold for each, behind everybody who comes by herself. The body may be a CSV file itself, with the options in the address. A row that is wrong is refused with its line; the others enter.',
    scope: 'enrollments:write',
    params: byId,
    query,
    maxBody: BODY_LIMIT,
    acceptsCsv: true,
    body: bulkEntry,
    answers: {
      200: { description: 'With `dryRun`: what would come of it.', schema: entryForecastSchema },
      202: { description: 'The job, stored.', schema: jobSchema },
    },
    problems: ['workflow.not_found', 'workflow.not_active', 'list.not_found'],
    async write(tx, { params: { id }, query: asked, body, key: { keyId }, deps }) {
      const workflow = await requireWorkflow(tx, id);
      const { variables, key, perSecond: rate, dryRun } = { ...body, ...asked };
      const entrants = await opened(tx, body);
      if (dryRun === true) {
        const judge = deps.evaluators.condition;
        const forecast = await forecastEntries(tx, {
          ...{ workflow, entrants, judge, at: new Date(), longestMs: FORECAST_MS },
          ...{ key: key ?? null, variables: variables ?? {} },
        });
        return { status: 200, body: entryForecastView(forecast) };
      }
      if (workflow.status !== 'active')
        throw fail(
          'workflow.not_active',
          `The workflow "${workflow.key}" is ${workflow.status}: it lets nobody in. Activate it first.`,
        );
      const order = { workflowId: workflow.id, entrants, variables, key, perSecond: rate };
      return jobAnswer(tx, 202, await startEntryJob(tx, { ...order, createdBy: keyId }));
    },
  }),
  readRoute({
    method: 'get',
    path: '/jobs/:id/refused',
    operationId: 'listRefused',
    summary: 'List those for whom a job could do nothing, in its order',
    scope: 'enrollments:read',
    params: byId,
    query: pageQuery,
    answers: { 200: { description: 'Who, and why.', schema: listOf(refusedSchema) } },
    problems: ['job.not_found'],
    handle: ({ params: { id }, query: page, transaction }) =>
      transaction(async (tx) => {
        const job = await found(id, (known) => getJob(tx, known), jobMissing(id));
        return job.type === 'commands'
          ? listAnswer(await refusedCommands(tx, job.id, page), refusedView)
          : listAnswer(await listRefused(tx, job.id, page), refusedView);
      }),
  }),
];

/** Whom the one source means that was given. */
async function opened(tx: Tx, body: Body): Promise<Entrants> {
  const [kind = 'list'] = KINDS.filter((each) => body[each] !== undefined);
  // The schema of the body has judged what stands under the name of the source.
  const source = SOURCES[kind] as EntrySource<z.ZodType>;
  return source.open(tx, body[kind]);
}
