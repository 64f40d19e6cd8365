import request from 'supertest';
import { startMetricsServer } from '../../src/http/metrics';
import { scrape } from '../../src/metrics';
import { startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** The lines of one metric, sorted. */
async function linesOf(name: string): Promise<string[]> {
  const { text } = await request(api.address).get('/metrics');
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .sort();
}

/** What came to a counter while `work` was done, by labels. */
async function addedTo(
  name: string,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const read = async () =>
    new Map(
      (await linesOf(name)).map((line): [string, number] => {
        const cut = line.lastIndexOf(' ');
        return [line.slice(name.length, cut), Number(line.slice(cut + 1))];
      }),
    );
  const before = await read();
  await work();
  const after = await read();
  const added = [...after].map(([labels, n]): [string, number] => [
    labels,
    n - (before.get(labels) ?? 0),
  ]);
  return Object.fromEntries(added.filter(([, n]) => n > 0));
}

test('requests are counted by the template of their route, whatever was typed in', async () => {
  const added = await addedTo('throughline_http_requests_total', async () => {
    await api.get('/contacts/ada@example.com');
    await api.get('/enrollments/0190b6c2-0000-7000-8000-000000000000');
    await request(api.address).get('/api/v1/contacts');
    await request(api.address).get('/ada@example.com');
    await request(api.address).get('/healthz');
    await api.post('/contacts', { email: 'ada@example.com' });
  });
  expect(added).toEqual({
    '{method="GET",route="/api/v1/contacts/:id",status="404"}': 1,
    '{method="GET",route="/api/v1/enrollments/:id",status="404"}': 1,
    '{method="GET",route="/api/v1/contacts",status="401"}': 1,
    '{method="GET",route="none",status="404"}': 1,
    '{method="GET",route="/healthz",status="200"}': 1,
    '{method="POST",route="/api/v1/contacts",status="201"}': 1,
    '{method="GET",route="/metrics",status="200"}': 1,
  });
  const durations = await linesOf('throughline_http_request_duration_seconds_count');
  expect(durations.join('\n')).toContain('route="/api/v1/contacts/:id"');
});

test('what a journey does is counted behind the commit, once', async () => {
  await api.post('/workflows', waiting('counted'));
  await api.post('/workflows/counted/activate');
  const contact = { email: 'bo@example.com' };
  const enter = () => api.post('/workflows/counted/enrollments', { contact });
  expect(await addedTo('throughline_enrollments_started_total', enter)).toEqual({
    '{by="api"}': 1,
  });
  expect(await addedTo('throughline_enrollments_started_total', enter)).toEqual({});
  expect(await addedTo('throughline_enrollments_blocked_total', enter)).toEqual({
    '{reason="already_active"}': 1,
  });
  const event = { email: 'bo@example.com', type: 'cart.paid', id: 'once' };
  const report = () => api.post('/events', event);
  expect(await addedTo('throughline_events_total', report)).toEqual({ '{origin="outside"}': 1 });
  expect(await addedTo('throughline_events_total', report)).toEqual({});
  const { body } = await api.get('/contacts?email=bo@example.com');
  const erase = () => api.delete(`/contacts/${body.data[0].id}`);
  expect(await addedTo('throughline_enrollments_ended_total', erase)).toEqual({
    '{status="cancelled"}': 1,
  });
});

test('a transaction that is undone counts nothing', async () => {
  const undone = api.db.inWorkspace(api.workspaceId, async (tx) => {
    tx.onCommit(() => {
      throw new Error('It was counted.');
    });
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
});

test('no label says who somebody is', async () => {
  const { text } = await scrape();
  const labels = [...text.matchAll(/="([^"]*)"/g)].map(([, value = '']) => value);
  expect(labels.length).toBeGreaterThan(10);
  expect(labels.filter((label) => /@|[0-9a-f]{8}-[0-9a-f]{4}-|counted/.test(label))).toEqual([]);
});

test('with a token only who shows it is answered, and only at its address', async () => {
  const server = await startMetricsServer({ port: 0, host: '127.0.0.1', token: 'a-good-token' });
  const address = `http://127.0.0.1:${server.port}`;
  const ask = (path: string, authorization = '') =>
    request(address).get(path).set('Authorization', authorization);
  expect((await ask('/metrics')).status).toBe(401);
  expect((await ask('/metrics', 'Bearer another-token')).status).toBe(401);
  const answer = await ask('/metrics', 'Bearer a-good-token');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  expect(answer.text).toContain('# HELP throughline_steps_total');
  expect((await ask('/')).status).toBe(404);
  expect((await request(address).post('/metrics')).status).toBe(405);
  await server.close();
});
