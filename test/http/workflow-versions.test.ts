import { sql } from 'drizzle-orm';
import { ThroughlineClient } from '../../src/client/index';
import { createApiKey } from '../../src/db/api-keys';
import { orderNext } from '../../src/db/job-batch';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const pause = (length: string) => ({
  nodes: [{ id: 'pause', type: 'wait', data: { for: length } }],
});
const enroll = (key: string, email: string) =>
  api.post(`/workflows/${key}/enrollments`, { contact: { email } });
const audited = async (action: string) =>
  (
    await api.admin`select actor, subject_id as "subjectId", detail from audit where action = ${action} order by id`
  ).map((row) => row as { actor: string; subjectId: string; detail: Record<string, unknown> });

/** A workflow with version 1, which waits an hour, and version 2, which waits two. */
async function twoVersions(key: string): Promise<void> {
  await api.post('/workflows', waiting(key));
  await api.post(`/workflows/${key}/activate`, { changelog: 'The first.' });
  await enroll(key, `${key}@example.com`);
  await api.patch(`/workflows/${key}`, pause('2h'));
  await api.post(`/workflows/${key}/activate`, { changelog: 'Waits longer.' });
}

test('versions are listed with who published them and how many people are in them', async () => {
  const ada = await api.db.inWorkspace(api.workspaceId, (tx) =>
    createApiKey(tx, { name: "Ada's laptop", scopes: ['admin'] }),
  );
  await api.post('/workflows', waiting('listed'));
  await api.post('/workflows/listed/activate', { changelog: 'The first.' });
  await enroll('listed', 'ada@example.com');
  await enroll('listed', 'bo@example.com');
  await api.patch('/workflows/listed', pause('2h'));
  await api.post('/workflows/listed/activate', {}, ada.key);
  await enroll('listed', 'cleo@example.com');

  const { status, body } = await api.get('/workflows/listed/versions');
  expect(status).toBe(200);
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  const at = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(body).toEqual({
    data: [
      {
        ...{ version: 2, changelog: null, author: { id: ada.id, name: "Ada's laptop" } },
        ...{ publishedAt: at, contentHash: hash, openEnrollments: 1 },
        ...{ isActive: true, isCanary: false },
      },
      {
        ...{
          version: 1,
          changelog: 'The first.',
          author: { id: expect.any(String), name: 'test' },
        },
        ...{ publishedAt: at, contentHash: hash, openEnrollments: 2 },
        ...{ isActive: false, isCanary: false },
      },
    ],
    nextCursor: null,
  });
  const [newest, first] = body.data as object[];
  const page = await api.get('/workflows/listed/versions?limit=1');
  expect(page.body.data).toEqual([newest]);
  const next = await api.get(`/workflows/listed/versions?limit=1&cursor=${page.body.nextCursor}`);
  expect(next.body).toEqual({ data: [first], nextCursor: null });

  const one = await api.get('/workflows/listed/versions/1');
  expect(one.body).toMatchObject({
    ...first,
    definition: { nodes: [{ data: { for: 3_600_000 } }] },
  });
});

test('what is not there is said to be missing, in another workspace too', async () => {
  await api.post('/workflows', waiting('young'));
  const missing = await api.get('/workflows/young/versions/1');
  expectProblem(missing, 404, 'workflow.version_not_found');
  expect(missing.body.detail).toContain('never activated');
  for (const path of ['', '/1', '/diff'])
    expectProblem(
      await api.get(`/workflows/young/versions${path}`, api.other.key),
      404,
      'workflow.not_found',
    );
  expectProblem(await api.get('/workflows/young/versions/diff'), 404, 'workflow.version_not_found');
  expectProblem(await api.get('/workflows/young/versions/first'), 422, 'request.invalid');
  expectProblem(await api.get('/workflows/young/versions/diff?to=now'), 422, 'request.invalid');
  expectProblem(
    await api.post('/workflows/young/versions/3/revert'),
    404,
    'workflow.version_not_found',
  );
});

test('a diff names each change with both values and in words', async () => {
  await twoVersions('told-apart');
  const { body } = await api.get('/workflows/told-apart/versions/diff?from=1&to=2');
  expect(body).toEqual({
    from: { version: 1, contentHash: expect.any(String) },
    to: { version: 2, contentHash: expect.any(String) },
    changes: [
      {
        ...{ part: 'node', kind: 'changed', id: 'pause', path: 'data.for' },
        ...{ before: 3_600_000, after: 7_200_000 },
        sentence: 'The step "pause" does this now: wait 2 hours (before: wait 1 hour).',
      },
    ],
  });
  await api.patch('/workflows/told-apart', { goals: [{ id: 'paid', event: 'cart.paid' }] });
  const draft = await api.get('/workflows/told-apart/versions/diff');
  expect([draft.body.from.version, draft.body.to.version]).toEqual([2, null]);
  expect(draft.body.changes).toMatchObject([
    { part: 'goal', kind: 'added', id: 'paid', path: null, sentence: 'The goal "paid" is new.' },
  ]);
});

test('going back publishes the earlier definition as a new version and as the draft', async () => {
  await twoVersions('going-back');
  const reverted = await api.post('/workflows/going-back/versions/1/revert', {
    changelog: 'An hour was better.',
  });
  expect(reverted.body).toMatchObject({
    ...{ status: 'active', version: 3, revision: 3 },
    definition: { nodes: [{ data: { for: '1 hour' } }] },
  });
  const { data } = (await api.get('/workflows/going-back/versions')).body as {
    data: { version: number; contentHash: string; changelog: string }[];
  };
  expect(data.map(({ version }) => version)).toEqual([3, 2, 1]);
  expect(data[0]).toMatchObject({ changelog: 'An hour was better.', isActive: true });
  expect(data[0]?.contentHash).toBe(data[2]?.contentHash);
  expect((await api.get('/workflows/going-back/versions/diff')).body.changes).toEqual([]);
  const { id } = reverted.body as { id: string };
  const rows = (await audited('workflow.revert')).filter(({ subjectId }) => subjectId === id);
  expect(rows).toMatchObject([{ detail: { status: 'applied', to: 1 } }]);
});

test('going back to the active version only gives the draft up, and a paused workflow stays paused', async () => {
  await twoVersions('given-up');
  await api.patch('/workflows/given-up', { name: 'A mistake' });
  const same = await api.post('/workflows/given-up/versions/2/revert');
  expect(same.body).toMatchObject({ version: 2, name: 'Waiting', revision: 4 });
  await api.post('/workflows/given-up/pause');
  const paused = await api.post('/workflows/given-up/versions/1/revert');
  expect(paused.body).toMatchObject({ version: 3, status: 'paused' });
});

test('going back runs the tests of that version, unless forced', async () => {
  await api.post(
    '/workflows',
    waiting('tested', { tests: [{ name: 'fails', expect: { status: 'failed' } }] }),
  );
  await api.post('/workflows/tested/activate', { force: true });
  await api.patch('/workflows/tested', { tests: null });
  await api.post('/workflows/tested/activate');
  const refused = await api.post('/workflows/tested/versions/1/revert');
  expectProblem(refused, 409, 'workflow.tests_failed');
  expect((await api.get('/workflows/tested')).body).toMatchObject({ version: 2, revision: 2 });
  const forced = await api.post('/workflows/tested/versions/1/revert', { force: true });
  expect(forced.body).toMatchObject({ version: 3 });
});

test('whoever comes too late with a draft is told who was faster, and what to do', async () => {
  const ada = await api.db.inWorkspace(api.workspaceId, (tx) =>
    createApiKey(tx, { name: "Ada's laptop", scopes: ['admin'] }),
  );
  await api.post('/workflows', waiting('shared'));
  const read = (await api.get('/workflows/shared')).headers.etag as string;
  expect(read).toBe('"1"');
  await api.patch('/workflows/shared', { name: 'Hers' }, ada.key).set('If-Match', read);
  const late = [
    api.patch('/workflows/shared', { name: 'Mine' }),
    api.post('/workflows/shared/activate'),
  ];
  for (const call of late) {
    const refused = await call.set('If-Match', read);
    expectProblem(refused, 412, 'workflow.draft_changed');
    expect(refused.body.detail).toMatch(
      /entity tag "2" now, not "1": the API key "Ada's laptop" changed it at .*; ask .* Read it again \(GET \/api\/v1\/workflows\/shared\).* with the new tag as If-Match\.$/,
    );
  }
  expect((await api.get('/workflows/shared')).body).toMatchObject({ name: 'Hers', version: null });
  const current = await api.post('/workflows/shared/activate').set('If-Match', '"2"');
  expect(current.body).toMatchObject({ version: 1 });
  const back = await api.post('/workflows/shared/versions/1/revert').set('If-Match', read);
  expectProblem(back, 412, 'workflow.draft_changed');
});

test.each([
  ['migrate', { version: 2, map: {} }],
  ['cancel', { reason: 'Version 2 was published.' }],
])(
  'activation with inFlight %s orders it for those in earlier versions, and for no one else',
  async (inFlight, input) => {
    const key = `under-way-${inFlight}`;
    await api.post('/workflows', waiting(key));
    await api.post(`/workflows/${key}/activate`);
    const first = await enroll(key, `a-${inFlight}@example.com`);
    const second = await enroll(key, `b-${inFlight}@example.com`);
    const ended = await enroll(key, `c-${inFlight}@example.com`);
    await api.admin`update enrollments set ended_at = now(), status = 'completed' where id = ${ended.body.id as string}`;
    await api.patch(`/workflows/${key}`, pause('2h'));
    const active = await api.post(`/workflows/${key}/activate`, { inFlight });
    expect(active.body).toMatchObject({ version: 2 });
    const [job] = await api.admin<{ id: string }[]>`
      select id from jobs where workflow_id = ${active.body.id as string}`;
    await api.db.inWorkspace(api.workspaceId, (tx) => orderNext(tx, job?.id ?? '', new Date()));
    const rows = await api.admin`
    select enrollment_id as id, type, input from commands
    join enrollments e on e.id = enrollment_id where e.workflow_key = ${key} order by e.id`;
    const order = { type: inFlight, input };
    expect(rows).toEqual([
      { id: first.body.id, ...order },
      { id: second.body.id, ...order },
    ]);
  },
);

test('people under way stay in their version when nothing else is said', async () => {
  await twoVersions('drained');
  const rows = await api.admin`
    select 1 from jobs join workflows w on w.id = workflow_id where w.key = 'drained'`;
  expect(rows).toHaveLength(0);
});

test('nobody changes or deletes a version, not even the application', async () => {
  await twoVersions('for-good');
  const statements = [
    sql`update workflow_versions set changelog = 'other'`,
    sql`delete from workflow_versions`,
  ];
  for (const statement of statements)
    await expect(
      api.db.inWorkspace(api.workspaceId, (tx) => tx.execute(statement)),
    ).rejects.toMatchObject({ code: '42501' });
});

test('the client lists, compares and goes back', async () => {
  await twoVersions('by-client');
  const { workflows } = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
  const { data } = await workflows.versions('by-client');
  expect(data.map(({ version }) => version)).toEqual([2, 1]);
  expect((await workflows.version('by-client', 1)).definition).toMatchObject({ key: 'by-client' });
  expect((await workflows.diff('by-client', { from: 2, to: 1 })).changes).toHaveLength(1);
  expect((await workflows.diff('by-client')).changes).toEqual([]);
  expect((await workflows.revert('by-client', 1, { changelog: 'Back.' })).version).toBe(3);
});
