import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { createApp } from '../../src/http/app';
import { createAuthLimit, FAILURES_PER_MINUTE } from '../../src/http/auth-limit';
import { createLogger } from '../../src/log';
import { expectProblem, startApi, type TestApi } from './api';

describe('the limit of an address', () => {
  let at = 0;
  const limited = () => createAuthLimit({ now: () => at });
  const refused = (work: () => void): boolean => {
    try {
      work();
      return false;
    } catch (error) {
      expect((error as { code: string }).code).toBe('auth.rate_limited');
      return true;
    }
  };
  const exhausted = (address: string) => {
    const limit = limited();
    for (let count = 0; count < FAILURES_PER_MINUTE; count += 1) {
      expect(refused(() => limit.check(address, 'bad'))).toBe(false);
      limit.failed(address);
    }
    return limit;
  };

  test('takes so many failures, and one more each second', () => {
    at = 0;
    const limit = exhausted('192.0.2.1');
    expect(refused(() => limit.check('192.0.2.1', 'bad'))).toBe(true);
    at = 999;
    expect(refused(() => limit.check('192.0.2.1', 'bad'))).toBe(true);
    at = 1_000;
    expect(refused(() => limit.check('192.0.2.1', 'bad'))).toBe(false);
    limit.failed('192.0.2.1');
    expect(refused(() => limit.check('192.0.2.1', 'bad'))).toBe(true);
  });

  test('is its own, and one for a network of IPv6', () => {
    const limit = exhausted('2001:db8:1:2:3::4');
    expect(refused(() => limit.check('192.0.2.2', 'bad'))).toBe(false);
    expect(refused(() => limit.check('2001:db8:1:2:ffff::1', 'bad'))).toBe(true);
    expect(refused(() => limit.check('2001:db8:1:3::1', 'bad'))).toBe(false);
    const mapped = exhausted('::ffff:192.0.2.3');
    expect(refused(() => mapped.check('192.0.2.3', 'bad'))).toBe(true);
    expect(refused(() => mapped.check('::ffff:192.0.2.4', 'bad'))).toBe(false);
  });

  test('remembers for ten minutes which key was good', () => {
    at = 0;
    const limit = exhausted('192.0.2.1');
    limit.succeeded('good');
    expect(refused(() => limit.check('192.0.2.1', 'good'))).toBe(false);
    at = 600_000;
    for (let count = 0; count < FAILURES_PER_MINUTE; count += 1) limit.failed('192.0.2.1');
    expect(refused(() => limit.check('192.0.2.1', 'good'))).toBe(true);
  });
});

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  await api.close();
});

/** The API with its limits on, behind so many proxies. */
function limitedApi(trustProxy?: number) {
  const app = createApp({
    db: api.db,
    enrollments: { tryStart: async () => null },
    steering: { tell: async () => undefined },
    evaluators: createEvaluators(),
    wakeRelay: () => undefined,
    ready: async () => api.readiness,
    ...{ rateLimit: 1_000, trustProxy },
    log: createLogger('test', 'silent'),
  });
  const server = app.listen(0);
  servers.push(server);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return (key: string, from = '192.0.2.7') =>
    request(address)
      .get('/api/v1/contacts')
      .set('Authorization', `Bearer ${key}`)
      .set('X-Forwarded-For', from);
}

async function exhaust(ask: ReturnType<typeof limitedApi>, from?: string): Promise<void> {
  for (let count = 0; count < FAILURES_PER_MINUTE + 5; count += 1) await ask('nonsense', from);
}

test('an address that shows too many keys that are none is told when to come again', async () => {
  const ask = limitedApi();
  expectProblem(await ask('nonsense'), 401, 'auth.invalid');
  await exhaust(ask);
  const refused = await ask('nonsense');
  expectProblem(refused, 429, 'auth.rate_limited');
  expect(refused.headers['retry-after']).toBe('1');
});

test('a key that was good a while ago goes on working beside somebody who guesses', async () => {
  const ask = limitedApi();
  const key = await api.keyWith(['contacts:read']);
  expect((await ask(key)).status).toBe(200);
  await exhaust(ask);
  expect((await ask(key)).status).toBe(200);
  expect((await ask('nonsense')).status).toBe(429);
});

test('without proxies nobody hides behind a header; behind one, its entry says who asks', async () => {
  const open = limitedApi();
  await exhaust(open, '192.0.2.1');
  expect((await open('nonsense', '192.0.2.2')).status).toBe(429);
  const behind = limitedApi(1);
  await exhaust(behind, '203.0.113.9, 192.0.2.1');
  expect((await behind('nonsense', '203.0.113.8, 192.0.2.1')).status).toBe(429);
  expect((await behind('nonsense', '203.0.113.9, 192.0.2.2')).status).toBe(401);
});

test('the page at / counts and refuses by the same limit', async () => {
  const ask = limitedApi();
  await exhaust(ask);
  const { url } = ask('x');
  const page = url.replace('/api/v1/contacts', '/');
  expectProblem(
    await request(page).get('').set('Authorization', 'Bearer x'),
    429,
    'auth.rate_limited',
  );
  const form = await request(page).post('').type('form').send({ key: 'another' });
  expect(form.status).toBe(401);
  expect(form.text).toContain('not in force more than');
});
