import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { createApp } from '../../src/http/app';
import { createLogger } from '../../src/log';
import { newId } from '../../src/ids';
import { startApi, type TestApi, waiting } from './api';

let api: TestApi;
const closing: (() => void)[] = [];
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => {
  for (const close of closing) close();
  await api.close();
});

const TEMPORAL_UI = { url: 'http://127.0.0.1:8233/', namespace: 'default' };

/** The API over the same database, as `npm start` sets it up. */
function inDevelopment(): string {
  const server = createServer(
    createApp({
      db: api.db,
      enrollments: { tryStart: async () => null },
      steering: { tell: async () => undefined },
      evaluators: createEvaluators(),
      wakeRelay: () => undefined,
      ready: async () => ({ database: true, temporal: true }),
      log: createLogger('test', 'silent'),
      inboxUrl: 'http://127.0.0.1:8025',
      temporalUi: TEMPORAL_UI,
      devKey: api.key,
    }),
  ).listen(0);
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const page = (address: string, headers: Record<string, string> = {}) =>
  request(address).get('/').set(headers);

const signIn = (key: string, headers: Record<string, string> = {}) =>
  request(api.address).post('/').type('form').set(headers).send({ key });

const cookieOf = (answer: request.Response): string =>
  String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? '';

/** Somebody inside of a workflow, and somebody whose journey failed. */
async function people(key: string) {
  await api.post('/workflows', waiting(key)).expect(201);
  await api.post(`/workflows/${key}/activate`).expect(200);
  const enroll = async () => {
    const contact = { email: `${newId()}@example.com`, firstName: 'Ada' };
    return String(
      (await api.post(`/workflows/${key}/enrollments`, { contact }).expect(202)).body.id,
    );
  };
  const ids = [await enroll(), await enroll(), await enroll()] as const;
  await api.admin`update enrollments set status = 'failed', ended_at = now(),
    error = ${api.admin.json({ code: 'http.timeout', nodeId: 'call_shop' })} where id = ${ids[1]}`;
  await api.admin`insert into stuck_enrollments (workspace_id, enrollment_id, reason, found_at)
    values (${api.workspaceId}, ${ids[2]}, 'not_started', now())`;
  return ids;
}

test('without a key there is a form, and nothing of any workspace', async () => {
  await api.post('/workflows', waiting('hidden')).expect(201);
  const answer = await page(api.address);
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('<input id="key"');
  expect(answer.text).not.toContain('hidden</code>');
  expect(answer.headers['content-security-policy']).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'/,
  );
});

test('whoever signs in with a key sees the workspace, and is out again afterwards', async () => {
  const [, failed, stuck] = await people('onboarding');
  const signedIn = await signIn(api.key);
  expect(signedIn.status).toBe(303);
  expect(signedIn.headers['set-cookie']?.[0]).toMatch(/HttpOnly; SameSite=Strict$/);
  const shown = await page(api.address, { cookie: cookieOf(signedIn) });
  expect(shown.status).toBe(200);
  const cells = [...shown.text.matchAll(/<td class="number[^"]*">([^<]*)<\/td>/g)];
  const row = shown.text.split('<tr>').find((text) => text.includes('onboarding</code>')) ?? '';
  expect(cells.length).toBeGreaterThan(0);
  expect([...row.matchAll(/<td class="number[^"]*">([^<]*)</g)].map(([, it]) => it)).toEqual(
    // version, in flight, completed, goal reached, exited, failed, cancelled
    ['1', '2', '0', '0', '0', '1', '0'],
  );
  expect(shown.text).toContain('<code class="bad">http.timeout</code>');
  expect(shown.text).toContain('call_shop');
  expect(shown.text).toContain(failed);
  expect(shown.text).toContain(stuck);
  expect(shown.text).not.toContain('example.com');
  expect(shown.text).not.toContain('Ada');
  const out = await request(api.address)
    .post('/')
    .set('cookie', cookieOf(signedIn))
    .type('form')
    .send({ key: '' });
  expect(out.headers['set-cookie']?.[0]).toContain('throughline_key=;');
});

test("another workspace's key shows that workspace alone", async () => {
  const shown = await page(api.address, { authorization: `Bearer ${api.other.key}` });
  expect(shown.status).toBe(200);
  expect(shown.text).not.toContain('onboarding');
  expect(shown.text).toContain('None yet.');
});

test('a wrong key, a revoked cookie and a key without the scopes are told so', async () => {
  const wrong = await signIn('tl_0123456789ab_wrong');
  expect(wrong.status).toBe(401);
  expect(wrong.text).toContain('role="alert"');
  const cookie = 'throughline_key=tl_0123456789ab_wrong';
  const revoked = await page(api.address, { cookie });
  expect(revoked.status).toBe(401);
  expect(revoked.headers['set-cookie']?.[0]).toContain('throughline_key=;');
  const narrow = await signIn(await api.keyWith(['events:write']));
  expect(narrow.status).toBe(401);
  expect(narrow.text).toContain('lacks the scope');
});

test("another site's form signs nobody in", async () => {
  for (const origin of ['https://evil.example', 'null'])
    expect((await signIn(api.key, { origin })).status).toBe(403);
  expect((await signIn(api.key, { origin: api.address })).status).toBe(303);
});

test('the cookie opens this page and nothing of the API', async () => {
  const cookie = cookieOf(await signIn(api.key));
  const answer = await request(api.address).get('/api/v1/workflows').set('cookie', cookie);
  expect(answer.status).toBe(401);
});

test('in development this machine needs no key, and everybody else does', async () => {
  const address = inDevelopment();
  const shown = await page(address);
  expect(shown.text).toContain('onboarding</code>');
  expect(shown.text).toContain('href="http://127.0.0.1:8025"');
  expect(shown.text).toMatch(
    /href="http:\/\/127\.0\.0\.1:8233\/namespaces\/default\/workflows\/journey%2F/,
  );
  for (const headers of [{ host: 'evil.example' }, { 'x-forwarded-for': '203.0.113.9' }])
    expect((await page(address, headers)).text).toContain('<input id="key"');
});

test('what people wrote is text on the page', async () => {
  const name = `<img src=x onerror=alert(1)> & "quoted"`;
  await api.post('/workflows', waiting('angles', { name })).expect(201);
  const shown = await page(api.address, { authorization: `Bearer ${api.key}` });
  expect(shown.text).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;');
  expect(shown.text).not.toContain('<img');
});

test('it updates itself until told not to', async () => {
  const authorization = `Bearer ${api.key}`;
  expect((await page(api.address, { authorization })).text).toContain('http-equiv="refresh"');
  const still = await request(api.address).get('/?live=off').set({ authorization });
  expect(still.text).not.toContain('http-equiv="refresh"');
});
