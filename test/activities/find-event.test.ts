/** Waits and goals look through everything that has happened since, page by page. */
import { createFactActivities } from '../../activities/index';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { indexGraph } from '../../src/journey/graph';
import * as rows from '../db/rows';
import { admit } from '../support/admit';
import { define } from '../support/define';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const ENTERED = Date.UTC(2026, 2, 1, 9);
const DAY = 86_400_000;
const isPricing = [{ field: 'event.page', operator: 'equals', value: 'pricing' }];
const definition = define({
  nodes: { look: ['wait_for_event', { event: 'page.viewed', filter: isPricing, timeout: '1d' }] },
  goals: [{ id: 'priced', event: 'page.viewed', condition: isPricing }],
});

async function waiting() {
  const { enrollmentId, contactId, workflowId } = await t.db.inWorkspace(
    t.workspaceId,
    async (tx) => {
      const workflow = await createWorkflow(tx, { key: `w-${newId()}`, name: 'Test', draft: {} });
      const version = { workflowId: workflow.id, definition, contentHash: 'h' };
      await publishVersion(tx, { ...version, listensTo: [], triggers: [] });
      const entry = { workflowId: workflow.id, contactId: await rows.contactId(tx) };
      const { id: enrollmentId } = await admit(tx, { ...entry, at: new Date(ENTERED) });
      return { ...entry, enrollmentId };
    },
  );
  const { workspaceId } = t;
  const graph = { workspaceId, workflowId, version: 1, hash: 'h' };
  const subject = { workspaceId, enrollmentId, graph, at: ENTERED + DAY };
  const { findEvent, look } = createFactActivities({
    db: t.db,
    evaluators: createEvaluators(),
    loadGraph: async () => indexGraph(definition),
  });
  return {
    /** So many views of a page, `everyMs` apart from the entry on. */
    views: (count: number, page: string, everyMs: number, from = ENTERED) => t.admin`
      insert into events (workspace_id, id, contact_id, type, properties, occurred_at, received_at)
      select ${workspaceId}, gen_random_uuid(), ${contactId}, 'page.viewed', ${t.admin.json({ page })},
        ${new Date(from)}::timestamptz + n * ${everyMs} * interval '1 ms', now()
      from generate_series(1, ${count}) as n`,
    find: () =>
      findEvent({
        ...{ ...subject, node: 'look', visit: 1, from: ENTERED, to: ENTERED + DAY },
        ...{ deliveryKey: null, consumed: [], memory: {} },
      }),
    look: () => look({ ...subject, watch: { reached: [], armed: [] } }),
  };
}

test.each([
  ['spread over time', 1_000],
  ['all at one instant', 0],
])(
  'a match behind thousands that do not match, %s, ends the wait and reaches the goal',
  async (_how, everyMs) => {
    const it = await waiting();
    await it.views(2_500, 'home', everyMs);
    expect([await it.find(), (await it.look()).goals]).toEqual([null, []]);
    const at = ENTERED + DAY / 2;
    await it.views(2, 'pricing', 1_000, at);
    expect(await it.find()).toMatchObject({ port: 'received', occurredAt: at + 1_000 });
    expect((await it.look()).goals).toEqual([{ goalId: 'priced', at: at + 1_000 }]);
  },
);

test('behind more than one look goes through, what has just happened is seen all the same', async () => {
  const it = await waiting();
  await it.views(25_000, 'home', 1);
  await it.views(1, 'pricing', 0, ENTERED + DAY / 2);
  expect(await it.find()).toMatchObject({ port: 'received' });
});
