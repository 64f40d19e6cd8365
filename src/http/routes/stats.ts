/** The figures of a workflow. */
import { z } from 'zod';
import type { Tx } from '../../db/client';
import { countEffects, countPeople, countVariants, countVisits, durationsOf } from '../../db/stats';
import { loadVersion, type WorkflowRow } from '../../db/workflows';
import { fail } from '../../errors';
import type { Definition } from '../../journey/definition';
import { nodeTypes } from '../../journey/nodes/index';
import { byId } from '../common';
import { createKept } from '../kept';
import { nodesOf, peopleOf, ratesOf, variantsOf } from '../figures';
import { readRoute } from '../route';
import { type StatsView, statsSchema } from '../views/stats';
import { requireWorkflow } from './workflows';

const query = z.strictObject({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'Expected the number of a version.')
    .transform(Number)
    .meta({ override: { type: 'integer', minimum: 1 } })
    .optional()
    .describe('Only who entered this version, and steps in it.'),
});

export const statsRoutes = [
  readRoute({
    method: 'get',
    path: '/workflows/:id/stats',
    operationId: 'getStats',
    summary: 'Get the figures of a workflow',
    description:
      'Counted at each call; what takes longer than a tenth of a second to count is kept for some seconds, a minute at most: `at` says when it was so. Somebody counts for the version that she entered, a step for the version that she was in then.',
    scope: 'workflows:read',
    params: byId,
    query,
    answers: { 200: { description: 'The figures.', schema: statsSchema } },
    problems: ['workflow.not_found', 'workflow.version_not_found'],
    async handle({ params: { id }, query: { version = null }, key, transaction }) {
      const { workflow, definition } = await transaction(async (tx) => {
        const row = await requireWorkflow(tx, id);
        return { workflow: row, definition: await definitionOf(tx, row, version) };
      });
      const { id: workflowId, activeVersion } = workflow;
      const name = [key.workspaceId, workflowId, version, activeVersion].join('/');
      const count = () => figuresOf(transaction, workflow, { version, definition });
      return { status: 200, body: await kept(name, count) };
    },
  }),
];

const kept = createKept<StatsView>();

/** The version asked for, or the active one; null before the first activation. */
async function definitionOf(
  tx: Tx,
  { id, key, activeVersion }: WorkflowRow,
  version: number | null,
): Promise<Definition | null> {
  const wanted = version ?? activeVersion;
  const stored = wanted === null ? null : await loadVersion(tx, id, wanted);
  if (stored === null && version !== null)
    throw fail('workflow.version_not_found', `The workflow "${key}" has no version ${version}.`);
  // A version was parsed when it was published, and never changes.
  return stored === null ? null : (stored.definition as unknown as Definition);
}

interface Wanted {
  readonly version: number | null;
  readonly definition: Definition | null;
}

/** Counts them, in a few transactions, so that they are counted side by side. */
export async function figuresOf(
  transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  { id: workflowId, key: workflowKey }: Pick<WorkflowRow, 'id' | 'key'>,
  { version, definition }: Wanted,
): Promise<StatsView> {
  const asked = { workflowId, version };
  const at = new Date().toISOString();
  const splits = (definition?.nodes ?? []).flatMap(({ id, type }) =>
    nodeTypes.get(type)?.comparesPorts ? [id] : [],
  );
  const [{ counts, visits }, variants, { durations, effects }] = await Promise.all([
    transaction(async (tx) => {
      return { counts: await countPeople(tx, asked), visits: await countVisits(tx, asked) };
    }),
    transaction((tx) => countVariants(tx, asked, splits)),
    transaction(async (tx) => {
      return { durations: await durationsOf(tx, asked), effects: await countEffects(tx, asked) };
    }),
  ]);
  const people = peopleOf(counts);
  return {
    ...{ workflowId, workflowKey, version, at, people },
    rates: ratesOf(people, counts, effects),
    ...{ durations, nodes: nodesOf(visits, definition), variants: variantsOf(variants) },
    effects: effects.map(({ kind, status, count, repeated }) => ({
      kind,
      status,
      count,
      repeated,
    })),
  };
}
