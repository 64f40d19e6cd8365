import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const mail = { id: 'mail', type: 'send_email', data: { subject: 'Hi', text: 'Hi' } };

const journey = (wait: string, node = 'pause') => ({
  nodes: [{ id: node, type: 'wait', data: { for: wait } }, mail],
  edges: [
    { source: node, target: 'mail' },
    { source: 'mail', target: 'end' },
  ],
});

/** Three people in version 1, of whom two began to wait so many days ago; then another version. */
async function given(key: string, days: readonly number[], second: object): Promise<void> {
  await api.post('/workflows', { ...waiting(key), ...journey('30 days') });
  await api.post(`/workflows/${key}/activate`);
  for (const [n, past] of days.entries()) {
    const contact = { email: `${key}-${n}@example.com` };
    const { body } = await api.post(`/workflows/${key}/enrollments`, { contact });
    await api.admin`
      update enrollments set status = 'waiting', current_node_ids = '{pause}' where id = ${body.id as string}`;
    await api.admin`
      insert into steps (workspace_id, enrollment_id, node_id, visit, node_type, status, started_at)
      values (${api.workspaceId}, ${body.id as string}, 'pause', 1, 'wait', 'waiting',
        now() - ${past} * interval '1 day')`;
  }
  await api.patch(`/workflows/${key}`, second);
  await api.post(`/workflows/${key}/activate`);
}

const planned = async (key: string, body: object) =>
  api.post(`/workflows/${key}/migrations/plan`, body);

test('the plan tells by node and outcome how many, what becomes of them, and who would be written to', async () => {
  await given('plan', [1, 12, 25], journey('20 days'));
  await api.admin`
    update enrollments set status = 'paused' where id = (
      select enrollment_id from steps where started_at < now() - interval '20 days')`;
  const { status, body } = await planned('plan', { to: 2 });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    totals: { people: 3, paused: 1, cannotMove: 0, sendsAtOnce: 0 },
    nodes: [
      { nodeId: 'pause', version: 1, count: 2, paused: 0, becomes: 'pause', would: 'waits' },
      { nodeId: 'pause', count: 1, paused: 1, would: 'goes_on_at_once', waitUntil: null },
    ],
  });
  const { earliest, latest } = body.nodes[0].waitUntil;
  expect((Date.parse(latest) - Date.parse(earliest)) / 86_400_000).toBeCloseTo(11, 2);
  await api.admin`update enrollments set status = 'waiting' where status = 'paused'`;
  const again = await planned('plan', { to: 2 });
  expect(again.body.totals).toMatchObject({ paused: 0, sendsAtOnce: 1 });
});

test('a node that is gone is told, and a map is where they go on', async () => {
  await given('renamed', [1, 2], journey('30 days', 'rest'));
  const stuck = await planned('renamed', { to: 2 });
  expect(stuck.body).toMatchObject({
    totals: { people: 2, cannotMove: 2 },
    nodes: [{ would: 'cannot_move', becomes: null, why: 'command.node_removed: pause', count: 2 }],
  });
  const mapped = await planned('renamed', { to: 2, map: { pause: 'rest' } });
  expect(mapped.body).toMatchObject({
    totals: { cannotMove: 0, sendsAtOnce: 0 },
    nodes: [{ would: 'begins_anew', becomes: 'rest', why: null, count: 2 }],
  });
  expect(mapped.body.hash).not.toBe(stuck.body.hash);
});

test('a migration is a job; one whose plan was made for something else is refused', async () => {
  await given('moved', [1], journey('20 days'));
  const { body: plan } = await planned('moved', { to: 2, map: { pause: 'pause' } });
  const migrate = (body: object) => api.post('/workflows/moved/migrations', body);
  expectProblem(await migrate({ to: 2, hash: plan.hash }), 409, 'migration.plan_changed');
  const accepted = await migrate({ to: 2, map: { pause: 'pause' }, hash: plan.hash, perSecond: 7 });
  expect(accepted.status).toBe(202);
  expect(accepted.body).toMatchObject({
    command: { type: 'migrate', input: { version: 2, map: { pause: 'pause' } } },
    ...{ where: { exceptVersion: 2 }, perSecond: 7, total: 1, status: 'running' },
  });
});

test('a plan no longer fits when people are in a version that it did not look at', async () => {
  await given('later', [1], journey('20 days'));
  const { body: plan } = await planned('later', { to: 1 });
  await api.post('/workflows/later/enrollments', { contact: { email: 'new@example.com' } });
  const body = { to: 1, hash: plan.hash };
  expectProblem(await api.post('/workflows/later/migrations', body), 409, 'migration.plan_changed');
});

test('versions and nodes that do not exist are refused by their place', async () => {
  await given('astray', [1], journey('20 days'));
  const at = async (body: object) => {
    const refused = await planned('astray', body);
    expectProblem(refused, 422, 'request.invalid');
    return refused.body.issues[0].path;
  };
  expect(await at({ to: 7 })).toBe('to');
  expect(await at({ to: 2, from: 7 })).toBe('from');
  expect(await at({ to: 2, from: 2 })).toBe('from');
  expect(await at({ to: 2, map: { pause: 'nowhere' } })).toBe('map.pause');
});

test('a definition that is not published yet has a plan too, and no version', async () => {
  await given('ahead', [1, 25], journey('20 days'));
  const definition = { ...waiting('ahead'), ...journey('10 days') };
  const { status, body } = await planned('ahead', { definition });
  expect(status).toBe(200);
  expect(body).toMatchObject({ to: null, totals: { people: 2, cannotMove: 0, sendsAtOnce: 1 } });
  const renamed = { ...waiting('ahead'), ...journey('10 days', 'rest') };
  expect((await planned('ahead', { definition: renamed })).body.totals.cannotMove).toBe(2);
  const mapped = await planned('ahead', { definition: renamed, map: { pause: 'nowhere' } });
  expectProblem(mapped, 422, 'request.invalid');
  expect(mapped.body.detail).toContain('The definition has no node "nowhere"');
  expectProblem(
    await planned('ahead', { definition: { key: 'ahead' } }),
    422,
    'definition.invalid',
  );
  for (const body of [{}, { to: 2, definition }])
    expectProblem(await planned('ahead', body), 422, 'request.invalid');
  const theirs = await api.post('/workflows/ahead/migrations/plan', { definition }, api.other.key);
  expectProblem(theirs, 404, 'workflow.not_found');
});
