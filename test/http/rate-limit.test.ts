import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import request from 'supertest';
import { ThroughlineClient } from '../../src/client/index';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { createApp } from '../../src/http/app';
import { createRateLimit } from '../../src/http/rate-limit';
import { createLogger } from '../../src/log';
import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
let server: Server;
let address: string;
beforeAll(async () => {
  api = await startApi();
  const app = createApp({
    db: api.db,
    enrollments: { tryStart: async () => null },
    steering: { tell: async () => undefined },
    evaluators: createEvaluators(),
    wakeRelay: () => undefined,
    ready: async () => api.readiness,
    rateLimit: 3,
    log: createLogger('test', 'silent'),
  });
  server = app.listen(0);
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await api.close();
});

const ask = (key: string, path = '/api/v1/contacts') =>
  request(address).get(path).set('Authorization', `Bearer ${key}`);

const burst = (key: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => ask(key)));

describe('the bucket of a key', () => {
  /** What each of the requests at these milliseconds gets: how many are left, or the refusal's code. */
  function asked(perSecond: number, instants: readonly number[], keys: readonly string[] = ['a']) {
    let at = 0;
    const limit = createRateLimit({ perSecond, now: () => at });
    return instants.map((instant, index) => {
      at = instant;
      const headers: Record<string, string> = {};
      const locals = { key: { keyId: keys[index % keys.length] } };
      const response = { locals, set: (given: object) => Object.assign(headers, given) };
      let passed = false;
      const next: NextFunction = () => {
        passed = true;
      };
      try {
        limit({} as Request, response as unknown as Response, next);
      } catch (error) {
        return (error as { code: string }).code;
      }
      expect(passed).toBe(true);
      return headers['RateLimit'];
    });
  }
  const left = (count: number) => `"key";r=${count};t=1`;
  const REFUSED = 'request.rate_limited';

  test("holds a second's worth and fills again at a steady rate", () => {
    const instants = [0, 0, 0, 499, 500, 500, 1_000, 9_000, 9_000, 9_000];
    expect(asked(2, instants)).toEqual([
      ...[left(1), left(0), REFUSED, REFUSED, left(0), REFUSED],
      ...[left(0), left(1), left(0), REFUSED],
    ]);
  });

  test('is its own', () => {
    expect(asked(1, [0, 0, 0, 0], ['a', 'b'])).toEqual([left(0), left(0), REFUSED, REFUSED]);
  });

  test('without a limit there is none', () => {
    expect(new Set(asked(0, Array(50).fill(0)))).toEqual(new Set([undefined]));
  });
});

test('a key that asks too often is told when to come again, and others are not held up', async () => {
  const key = await api.keyWith(['contacts:read']);
  const answers = await burst(key, 12);
  const refused = answers.find(({ status }) => status === 429);
  if (refused === undefined) throw new Error('Nothing was refused.');
  expectProblem(refused, 429, 'request.rate_limited');
  expect(refused.headers).toMatchObject({
    'retry-after': '1',
    'ratelimit-policy': '"key";q=3;w=1',
    ratelimit: '"key";r=0;t=1',
  });
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(3);
  expect((await ask(await api.keyWith(['contacts:read']))).status).toBe(200);
});

test('what needs no key is not limited, and a key that is none has no bucket', async () => {
  for (const path of ['/healthz', '/readyz', '/openapi.json']) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => request(address).get(path)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]?.headers).not.toHaveProperty('ratelimit');
  }
  const answers = await burst('nonsense', 8);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
});

test('a request is limited before its body is read or its scope judged', async () => {
  const key = await api.keyWith(['audit:read']);
  const answers = await burst(key, 12);
  const statuses = new Set(answers.map(({ status }) => status));
  expect(statuses).toEqual(new Set([403, 429]));
});

test('the client waits as long as it is asked to, and gets everything done', async () => {
  const apiKey = await api.keyWith(['contacts:*']);
  const client = await ThroughlineClient.connect({ address, apiKey, timeoutMs: 60_000 });
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      client.contacts.upsert({ externalId: `rate-${index}` }),
    ),
  );
  expect(new Set(made.map(({ id }) => id)).size).toBe(8);
}, 70_000);
