/** Moving people who are under way to another version: the plan, and the job. */
import { z } from 'zod';
import { startCommandJob } from '../../db/jobs';
import { fail } from '../../errors';
import { commandInputs } from '../../journey/commands';
import { versionNumber } from '../../journey/names';
import { LARGE_BODY_LIMIT } from '../body';
import { byId, jsonObject } from '../common';
import { requireDefinition } from '../definition-input';
import { type MigrationInput, migrationHash, movedBy, planMigration } from '../migration-plan';
import { writeRoute } from '../route';
import { jobSchema } from '../views/job';
import { planSchema, planView } from '../views/migration-plan';
import { jobAnswer, perSecond } from './jobs';
import { requireWorkflow } from './workflows';

const migration = {
  to: versionNumber.describe('The published version that they go on in.'),
  from: versionNumber.optional().describe('The version that they are in; every other when absent.'),
  map: commandInputs.migrate.shape.map.optional(),
};

export const migrationPlanInput = z
  .strictObject({
    ...migration,
    to: migration.to.optional(),
    definition: z
      .union([z.string(), jsonObject])
      .optional()
      .describe('Instead of `to`: a definition that is not published yet, as an object or a text.'),
  })
  .refine(({ to, definition }) => (to === undefined) !== (definition === undefined), {
    message: 'Say where people would go on by either "to" or "definition".',
  })
  .meta({ id: 'MigrationPlanInput' });

export const migrationInput = z
  .strictObject({
    ...migration,
    perSecond,
    hash: z
      .string()
      .max(100)
      .optional()
      .describe('That of the plan that was looked at; refused if it no longer fits.'),
  })
  .meta({ id: 'MigrationInput' });

export const migrationRoutes = [
  writeRoute({
    method: 'post',
    path: '/workflows/:id/migrations/plan',
    operationId: 'planMigration',
    summary: 'Tell what a migration would do, and do nothing',
    description:
      'By version and node: how many stand there, where and how they would go on, how many would be written to at once.',
    scope: 'enrollments:read',
    params: byId,
    maxBody: LARGE_BODY_LIMIT,
    body: migrationPlanInput,
    answers: { 200: { description: 'The plan.', schema: planSchema } },
    problems: ['workflow.not_found', 'definition.invalid'],
    async write(tx, { params: { id }, body }) {
      const workflow = await requireWorkflow(tx, id);
      const { to = null, from = null, map = {}, definition } = body;
      const target = to ?? (await requireDefinition(tx, definition)).definition;
      const plan = await planMigration(tx, workflow, { to: target, from, map }, new Date());
      return { status: 200, body: planView(to, plan) };
    },
  }),
  writeRoute({
    method: 'post',
    path: '/workflows/:id/migrations',
    operationId: 'migrate',
    summary: 'Move people who are under way to another version, at a rate',
    description:
      'Those who cannot move stay where they are; the job counts them with the reason. Waits count from where they began.',
    scope: 'enrollments:write',
    params: byId,
    body: migrationInput,
    answers: { 202: { description: 'The job, stored.', schema: jobSchema } },
    problems: ['workflow.not_found', 'migration.plan_changed'],
    async write(tx, { params: { id }, body, key }) {
      const workflow = await requireWorkflow(tx, id);
      const input = inputOf(body);
      const hash = await migrationHash(tx, workflow, input);
      if (body.hash !== undefined && body.hash !== hash)
        throw fail(
          'migration.plan_changed',
          'The plan was made for another map, or people are in other versions now. Plan anew, and look at what it says.',
        );
      const job = await startCommandJob(tx, {
        workflowId: workflow.id,
        command: { type: 'migrate', input: { version: input.to, map: input.map } },
        selection: movedBy(input),
        perSecond: body.perSecond,
        createdBy: key.keyId,
      });
      return jobAnswer(tx, 202, job);
    },
  }),
];

function inputOf({ to, from, map }: z.output<typeof migrationInput>): MigrationInput {
  return { to, from: from ?? null, map: map ?? {} };
}
