import { ThroughlineClient } from '../../src/client/index';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
let ids: string[];
beforeAll(async () => {
  api = await startApi();
  await api.post('/workflows', waiting('stuck'));
  await api.post('/workflows/stuck/activate');
  ids = [];
  for (const name of ['ada', 'bo', 'cem', 'dora']) {
    const contact = { email: `${name}@example.com` };
    ids.push((await api.post('/workflows/stuck/enrollments', { contact })).body.id);
  }
  // As the upkeep notes them; the last of them has ended since.
  await api.admin`
    insert into stuck_enrollments (workspace_id, enrollment_id, reason, found_at, rung_at)
    select ${api.workspaceId}, id, case when id = ${ids[0] ?? ''} then 'not_started' else 'wait_over' end,
      '2026-11-01T08:00:00Z', case when id = ${ids[0] ?? ''} then null else '2026-11-01T09:00:00Z'::timestamptz end
    from enrollments where id = any(${ids})`;
  await api.admin`update enrollments set ended_at = now() where id = ${ids[3] ?? ''}`;
});
afterAll(() => api.close());

test('it lists who should have moved on, the newest first, page by page', async () => {
  const first = await api.get('/enrollments/stuck?limit=2');
  expect(first.status).toBe(200);
  expect(first.body.data).toMatchObject([
    { enrollment: { id: ids[2], workflowKey: 'stuck' }, reason: 'wait_over' },
    { enrollment: { id: ids[1] }, rungAt: '2026-11-01T09:00:00.000Z' },
  ]);
  const rest = await api.get(`/enrollments/stuck?limit=2&cursor=${first.body.nextCursor}`);
  expect(rest.body).toMatchObject({
    data: [{ enrollment: { id: ids[0] }, foundAt: '2026-11-01T08:00:00.000Z', rungAt: null }],
    nextCursor: null,
  });
});

test('by their reason, from the client too', async () => {
  const client = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
  const { data } = await client.enrollments.stuck({ reason: 'not_started' });
  expect(data.map(({ enrollment }) => enrollment.id)).toEqual([ids[0]]);
  expectProblem(await api.get('/enrollments/stuck?reason=bored'), 422, 'request.invalid');
});

test('another workspace sees nobody, and a key needs the scope', async () => {
  const theirs = await api.get('/enrollments/stuck', api.other.key);
  expect(theirs.body).toEqual({ data: [], nextCursor: null });
  const key = await api.keyWith(['contacts:read']);
  expectProblem(await api.get('/enrollments/stuck', key), 403, 'auth.forbidden');
});
