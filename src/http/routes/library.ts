/** The library: journeys that come with Throughline, to read and to begin with. */
import { z } from 'zod';
import { listed, positionOf } from '../../db/page';
import { createWorkflow } from '../../db/workflows';
import { fail } from '../../errors';
import { definitionSchema } from '../../journey/definition';
import { journeyText, type LibraryJourney, listJourneys } from '../../library/journeys';
import { jsonObject, listOf, pageQuery } from '../common';
import { readRoute, writeRoute } from '../route';
import { workflowAnswer, workflowSchema } from '../views/workflow';
import { requireDefinition } from '../definition-input';

const byKey = z.strictObject({ key: z.string().describe('The key of the journey.') });

const { key, name } = definitionSchema.shape;

const KEY = /^[a-z0-9-]{1,64}$/;

export const instantiateBody = z.strictObject({
  key: key
    .optional()
    .describe("The key of the new workflow: from the name when absent, else the journey's own."),
  name: name.optional().describe("The name of the new workflow; the journey's own when absent."),
});

export const libraryJourneySchema = z
  .object({
    key: z.string(),
    name: z.string(),
    description: z.string(),
    nodes: z.int().describe('How many nodes it has.'),
    tests: z.int().describe('How many tests it has.'),
  })
  .meta({ id: 'LibraryJourney' }) satisfies z.ZodType<LibraryJourney>;

export const libraryRoutes = [
  readRoute({
    method: 'get',
    path: '/library',
    operationId: 'listLibrary',
    summary: 'List the journeys that come with Throughline, by key',
    scope: 'workflows:read',
    query: pageQuery,
    answers: { 200: { description: 'Journeys.', schema: listOf(libraryJourneySchema) } },
    async handle({ query }) {
      const after = positionOf(query, KEY);
      const journeys = listJourneys();
      const rest = journeys.slice(journeys.findIndex(({ key }) => key === after) + 1);
      return { status: 200, body: listed(rest, query, ({ key }) => key) };
    },
  }),
  readRoute({
    method: 'get',
    path: '/library/:key',
    operationId: 'getLibraryJourney',
    summary: 'Read the definition of a journey of the library, with its comments and tests',
    scope: 'workflows:read',
    params: byKey,
    answers: { 200: { description: 'The definition.', schema: jsonObject, yaml: 'only' } },
    problems: ['journey.not_found'],
    async handle({ params }) {
      return {
        status: 200,
        body: requireText(params.key),
        headers: {
          'Content-Type': 'application/yaml; charset=utf-8',
          'Content-Disposition': `inline; filename="${params.key}.yaml"`,
        },
      };
    },
  }),
  writeRoute({
    method: 'post',
    path: '/library/:key/instantiate',
    operationId: 'instantiateLibraryJourney',
    summary: 'Begin a workflow with a journey of the library',
    description: 'The workflow is a draft like any other; the library does not change it again.',
    scope: 'workflows:write',
    params: byKey,
    body: instantiateBody,
    answers: { 201: { description: 'The workflow, a draft.', schema: workflowSchema } },
    problems: ['journey.not_found', 'workflow.key_taken', 'definition.invalid'],
    async write(tx, { params, body }) {
      const { source: journey } = await requireDefinition(tx, requireText(params.key));
      const { key: ownKey, ...unnamed } = journey;
      const { source, definition, warnings } = await requireDefinition(
        tx,
        body.name === undefined ? { key: ownKey, ...unnamed, ...body } : { ...unnamed, ...body },
      );
      const row = await createWorkflow(tx, {
        key: definition.key,
        name: definition.name,
        draft: source,
      });
      return workflowAnswer(201, row, warnings);
    },
  }),
];

function requireText(journeyKey: string): string {
  const text = journeyText(journeyKey);
  if (text !== null) return text;
  throw fail(
    'journey.not_found',
    `There is no journey "${journeyKey.slice(0, 100)}" in the library. GET /api/v1/library lists them.`,
  );
}
