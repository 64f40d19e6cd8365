import type { Tx } from '../../src/db/client';
import {
  createWorkflow,
  findTriggers,
  getWorkflow,
  listWorkflows,
  loadVersion,
  type Publication,
  publishVersion,
} from '../../src/db/workflows';
import { setWorkflowStatus } from '../../src/db/workflow-changes';
import { newId } from '../../src/ids';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);
const create = (key: string = newId()) =>
  inside((tx) => createWorkflow(tx, { key, name: 'Cart', draft: { nodes: [] } }));
const publish = (workflowId: string, more: Partial<Publication> = {}) =>
  inside((tx) =>
    publishVersion(tx, {
      workflowId,
      definition: { n: 1 },
      contentHash: 'hash',
      listensTo: ['a'],
      triggers: [],
      ...more,
    }),
  );

test('a key is taken once per workspace', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 5 }, () => create('cart')));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'workflow.key_taken' },
  });
  const elsewhere = t.db.inWorkspace(await t.newWorkspace(), (tx) =>
    createWorkflow(tx, { key: 'cart', name: 'Cart', draft: {} }),
  );
  await expect(elsewhere).resolves.toMatchObject({ status: 'draft', activeVersion: null });
});

test('a workflow is found by id and by key, in its workspace only', async () => {
  const { id, key } = await create('by-key');
  expect((await inside((tx) => getWorkflow(tx, id)))?.key).toBe(key);
  expect((await inside((tx) => getWorkflow(tx, key)))?.id).toBe(id);
  expect(await t.db.inWorkspace(await t.newWorkspace(), (tx) => getWorkflow(tx, id))).toBeNull();
  expect((await inside((tx) => listWorkflows(tx, {}))).data.map((row) => row.id)).toContain(id);
});

test('publications at once get numbers of their own, and the versions stay as published', async () => {
  const { id } = await create();
  const versions = await Promise.all(
    Array.from({ length: 5 }, (_, n) => publish(id, { definition: { n }, changelog: `c${n}` })),
  );
  expect([...versions].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  for (const [n, version] of versions.entries()) {
    expect(await inside((tx) => loadVersion(tx, id, version))).toMatchObject({
      definition: { n },
      contentHash: 'hash',
      listensTo: ['a'],
      changelog: `c${n}`,
    });
  }
  expect(await inside((tx) => getWorkflow(tx, id))).toMatchObject({
    status: 'active',
    activeVersion: 5,
  });
  await expect(publish(newId())).rejects.toMatchObject({ code: 'workflow.not_found' });
});

test('the triggers of the published version replace the earlier ones, and sleep while the workflow does', async () => {
  const { id, key } = await create();
  const matches = (type: string) => inside((tx) => findTriggers(tx, type));
  const filter = { operator: 'AND', conditions: [] };
  const rateLimit = { max: 1, per: 60_000 };
  const row = { workflowId: id, workflowKey: key, version: 1 };
  await publish(id, {
    triggers: [
      { eventType: 'form.sent', filter },
      { eventType: 'form.sent', rateLimit },
      { eventType: 'form.left' },
    ],
  });
  expect(await matches('form.sent')).toEqual([
    { ...row, filter, rateLimit: null, triggerKey: 'form.sent#1' },
    { ...row, filter: null, rateLimit, triggerKey: 'form.sent#2' },
  ]);
  await publish(id, { triggers: [{ eventType: 'form.sent' }] });
  expect(await matches('form.sent')).toMatchObject([{ version: 2, filter: null }]);
  expect(await matches('form.left')).toEqual([]);
  await inside((tx) => setWorkflowStatus(tx, id, 'paused'));
  expect(await matches('form.sent')).toEqual([]);
});
