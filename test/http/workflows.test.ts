import { findTriggers, loadVersion } from '../../src/db/workflows';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const version = (id: string, number: number) =>
  api.db.inWorkspace(api.workspaceId, (tx) => loadVersion(tx, id, number));

test('a definition becomes a draft that is found by id and by key', async () => {
  const created = await api.post('/workflows', waiting('first', { description: 'Waits.' }));
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    key: 'first',
    name: 'Waiting',
    status: 'draft',
    version: null,
    warnings: [],
  });
  expect(created.body.definition).toEqual(waiting('first', { description: 'Waits.' }));
  expect((await api.get('/workflows/first')).body).toEqual(created.body);
  expect((await api.get(`/workflows/${created.body.id}`)).body).toEqual(created.body);
  expectProblem(await api.post('/workflows', waiting('first')), 409, 'workflow.key_taken');
});

test('activation publishes the parsed definition with what it listens for', async () => {
  const definition = waiting('listening', {
    triggers: [
      { type: 'event', event: 'cart.left', filter: [{ field: 'total', operator: '>', value: 5 }] },
    ],
    trigger: undefined,
    nodes: [{ id: 'open', type: 'wait_for_event', data: { event: 'email.opened', timeout: '1d' } }],
    edges: [],
    goals: [{ id: 'paid', event: 'cart.paid' }],
  });
  const { id } = (await api.post('/workflows', definition)).body as { id: string };
  const active = await api.post('/workflows/listening/activate', { changelog: 'The first.' });
  expect(active.body).toMatchObject({ status: 'active', version: 1 });
  expect(await version(id, 1)).toMatchObject({
    listensTo: ['cart.paid', 'email.opened'],
    changelog: 'The first.',
    contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    definition: {
      key: 'listening',
      settings: { visitLimit: 100 },
      nodes: [{ data: { timeout: 86_400_000 } }],
    },
  });
  const triggers = () => api.db.inWorkspace(api.workspaceId, (tx) => findTriggers(tx, 'cart.left'));
  expect(await triggers()).toMatchObject([
    { workflowId: id, version: 1, filter: { operator: 'AND' } },
  ]);
  await api.post('/workflows/listening/pause');
  expect(await triggers()).toEqual([]);
});

test('the same draft is not published twice, a changed one is', async () => {
  const { id } = (await api.post('/workflows', waiting('again'))).body as { id: string };
  await api.post('/workflows/again/activate');
  expect((await api.post('/workflows/again/activate')).body.version).toBe(1);
  await api.patch('/workflows/again', { name: 'Waiting longer' });
  expect((await api.get('/workflows/again')).body).toMatchObject({
    name: 'Waiting longer',
    version: 1,
    revision: 2,
  });
  expect((await api.post('/workflows/again/activate')).body.version).toBe(2);
  expect((await version(id, 1))?.definition).toMatchObject({ name: 'Waiting' });
  expect((await api.post('/workflows/again/pause')).body.status).toBe('paused');
  expect((await api.post('/workflows/again/activate')).body).toMatchObject({
    status: 'active',
    version: 2,
  });
});

test('a patch replaces parts, is judged whole, and heeds If-Match', async () => {
  const created = await api.post('/workflows', waiting('patched', { description: 'Old.' }));
  expect(created.headers.etag).toBe('"1"');
  const changed = await api
    .patch('/workflows/patched', { description: null, triggers: [{ type: 'manual' }] })
    .set('If-Match', '"1"');
  expect(changed.status).toBe(200);
  expect(changed.headers.etag).toBe('"2"');
  expect(changed.body.definition).not.toHaveProperty('description');
  expect(changed.body.definition).not.toHaveProperty('trigger');
  expectProblem(
    await api.patch('/workflows/patched', { name: 'Late' }).set('If-Match', '"1"'),
    412,
    'workflow.draft_changed',
  );
  const dangling = await api.patch('/workflows/patched', {
    edges: [{ source: 'pause', target: 'nowhere' }],
  });
  expectProblem(dangling, 422, 'definition.invalid');
  expect(dangling.body.issues[0]).toMatchObject({
    code: 'definition.dangling_edge',
    path: 'edges[0].target',
  });
  const renamed = await api.patch('/workflows/patched', { key: 'other' });
  expectProblem(renamed, 422, 'definition.invalid');
  expect((await api.get('/workflows/patched')).body.revision).toBe(2);
  const polluted = await api
    .patch('/workflows/patched')
    .set('Content-Type', 'application/json')
    .send('{"__proto__":{"name":"x"}}');
  expectProblem(polluted, 422, 'definition.invalid');
});

test('of many patches of one revision one succeeds', async () => {
  await api.post('/workflows', waiting('raced'));
  const patches = Array.from({ length: 8 }, (_, index) =>
    api.patch('/workflows/raced', { name: `Name ${index}` }).set('If-Match', '"1"'),
  );
  const statuses = (await Promise.all(patches)).map(({ status }) => status).sort((a, b) => a - b);
  expect(statuses).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
});

test('pausing needs an activation, and an archived workflow stays as it is', async () => {
  await api.post('/workflows', waiting('retired'));
  expectProblem(await api.post('/workflows/retired/pause'), 409, 'workflow.not_active');
  expect((await api.post('/workflows/retired/archive')).body.status).toBe('archived');
  expect((await api.post('/workflows/retired/archive')).body.status).toBe('archived');
  expectProblem(await api.post('/workflows/retired/activate'), 409, 'workflow.archived');
  expectProblem(await api.patch('/workflows/retired', { name: 'x' }), 409, 'workflow.archived');
});

test('whoever reads a workflow is warned of what its draft names and what is gone by now', async () => {
  await api.post('/workflows', waiting('named'));
  const names = waiting('reading', {
    nodes: [{ id: 'enroll', type: 'enroll_in_workflow', data: { workflow: 'named' } }],
    edges: [{ source: 'enroll', sourceHandle: 'blocked', target: 'end' }],
  });
  await api.post('/workflows', names);
  expect((await api.get('/workflows/reading')).body.warnings).toEqual([]);
  await api.delete('/workflows/named');
  expect((await api.get('/workflows/reading')).body.warnings).toMatchObject([
    { code: 'definition.unknown_workflow', path: 'nodes[0].data.workflow' },
  ]);
});
