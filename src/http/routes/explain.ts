/** "Why did she (not) get it?": the story of a contact, from what was recorded. */
import { z } from 'zod';
import type { Tx } from '../../db/client';
import { type ContactRow, getContact } from '../../db/contacts';
import type { EnrollmentRow } from '../../db/enrollments';
import { contactFacts } from '../../db/facts';
import { listsOf } from '../../db/lists';
import { countOfTypes, doorChanges, missedTriggers } from '../../db/missed-triggers';
import { loadStory, type StoryRows } from '../../db/story';
import { getWorkflow, loadVersion, type WorkflowRow } from '../../db/workflows';
import type { Definition } from '../../journey/definition';
import type { Evaluators } from '../../journey/facts';
import { type Graph, indexGraph } from '../../journey/graph';
import { authorize } from '../auth';
import { byId, found } from '../common';
import { readRoute } from '../route';
import { missedLine } from '../story/missed-lines';
import { tell, type Unrecorded, workflowIdOf } from '../story/tell';
import { storySchema, storyView } from '../views/story';
import { joined, quoted } from '../words';
import { contactMissing } from './contacts';
import { requireWorkflow } from './workflows';

const query = z.strictObject({
  workflow: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Only this workflow, by its key or id. Then also the events that could have let her in and did not; without it, every workflow that she was in or refused by.',
    ),
});

const NOTHING: Unrecorded = { missed: [], noWayIn: null };

export const explainRoutes = [
  readRoute({
    method: 'get',
    path: '/contacts/:id/explain',
    operationId: 'explainContact',
    summary: 'Tell why somebody did (not) get something, in sentences',
    description:
      'From recorded reasons: entries and refusals, each step, each message and call, waits, commands, ends. The key needs `enrollments:read` and `events:read` too.',
    scope: 'contacts:read',
    params: byId,
    query,
    answers: { 200: { description: 'The story.', schema: storySchema } },
    problems: ['contact.not_found', 'workflow.not_found'],
    handle: ({ params: { id }, query: { workflow: named }, key, deps, transaction }) => {
      for (const scope of ['enrollments:read', 'events:read'] as const) authorize(key, scope);
      return transaction(async (tx) => {
        const contact = await found(id, (known) => getContact(tx, known), contactMissing(id));
        const workflow = named === undefined ? null : await requireWorkflow(tx, named);
        const asked = { contactId: contact.id, workflowId: workflow?.id ?? null };
        const rows = await loadStory(tx, asked);
        const names = {
          workflows: await workflowsOf(tx, rows, workflow),
          graphOf: await graphsOf(tx, rows.enrollments),
        };
        const unrecorded =
          workflow === null ? NOTHING : await notRecorded(tx, contact, workflow, deps.evaluators);
        const story = tell(rows, names, unrecorded);
        return { status: 200, body: storyView(contact.id, story, rows.isWhole) };
      });
    },
  }),
];

/** The workflow asked about, or each that the rows name, by id. */
async function workflowsOf(
  tx: Tx,
  { enrollments, refusals }: StoryRows,
  asked: WorkflowRow | null,
): Promise<ReadonlyMap<string, WorkflowRow>> {
  if (asked !== null) return new Map([[asked.id, asked]]);
  const ids = [...enrollments.map(({ workflowId }) => workflowId), ...refusals.map(workflowIdOf)];
  const known = new Map<string, WorkflowRow>();
  for (const id of new Set(ids)) {
    const row = await getWorkflow(tx, id);
    if (row !== null) known.set(id, row);
  }
  return known;
}

/** The graphs of the versions that she is or was in. */
async function graphsOf(
  tx: Tx,
  rows: readonly EnrollmentRow[],
): Promise<(row: EnrollmentRow) => Graph | null> {
  const nameOf = ({ workflowId, version }: EnrollmentRow) => `${workflowId}/${version}`;
  const graphs = new Map<string, Graph>();
  for (const row of rows) {
    if (graphs.has(nameOf(row))) continue;
    const definition = await definitionOf(tx, row.workflowId, row.version);
    if (definition !== null) graphs.set(nameOf(row), indexGraph(definition));
  }
  return (row) => graphs.get(nameOf(row)) ?? null;
}

async function definitionOf(
  tx: Tx,
  workflowId: string,
  version: number | null,
): Promise<Definition | null> {
  const stored = version === null ? null : await loadVersion(tx, workflowId, version);
  // A version was parsed when it was published, and never changes.
  return stored === null ? null : (stored.definition as unknown as Definition);
}

/** What could have let her into the workflow, and did not. */
async function notRecorded(
  tx: Tx,
  contact: ContactRow,
  workflow: WorkflowRow,
  evaluators: Evaluators,
): Promise<Unrecorded> {
  const definition = await definitionOf(tx, workflow.id, workflow.activeVersion);
  if (definition === null)
    return { missed: [], noWayIn: 'The workflow was never activated, so nobody can enter it.' };
  const types = [
    ...new Set(definition.triggers.flatMap((each) => (each.type === 'event' ? [each.event] : []))),
  ];
  const asked = { contactId: contact.id, workflowId: workflow.id, types };
  const missed = await missedTriggers(tx, asked);
  const door = {
    ...{ workflow, definition, evaluators },
    changes: await doorChanges(tx, workflow.id),
    contact: contactFacts(contact, await listsOf(tx, contact.id)),
  };
  const hasCome = types.length > 0 && (await countOfTypes(tx, contact.id, types)) > 0;
  return {
    missed: missed.map((each) => missedLine(each, door)),
    noWayIn: hasCome ? null : noWayIn(types),
  };
}

function noWayIn(types: readonly string[]): string {
  if (types.length === 0)
    return 'No event lets people into it: they are enrolled through the API, and nobody enrolled her.';
  const named = joined(types.map(quoted));
  return `People enter it by the event${types.length > 1 ? 's' : ''} ${named}, and none has come about her.`;
}
