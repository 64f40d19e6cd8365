/**
 * Whatever the API can do, the client can: every method of it is called against a server that notes what it is asked,
 * and every route must have been asked for.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ThroughlineClient } from '../../src/client/index';
import type { Route } from '../../src/http/route';
import { routes } from '../../src/http/routes/index';

interface Asked {
  readonly method: string;
  readonly segments: readonly string[];
  readonly headers: IncomingMessage['headers'];
}

/** Stands for every name, id and number. */
const NAME = '7';
/** Whatever a method may take: a name that is an object of options too, and says what was read. */
const anything = () => Object.assign(new String(NAME), { revision: 3 });

const asked: Asked[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const segments = pathname.replace(/^\/api\/v1\//, '').split('/');
    asked.push({ method: request.method ?? '', segments, headers: request.headers });
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ id: NAME, count: 1, endedAt: 'over' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = await ThroughlineClient.connect({ address, apiKey: 'a-key' });
  asked.length = 0;
  await callAll(client);
  await callAll(await client.enroll(NAME, { contactId: NAME }));
});
afterAll(() => new Promise((done) => server.close(done)));

/** Calls the methods of an object, those of its class and those of the objects in it. */
async function callAll(holder: object): Promise<void> {
  const own = Object.entries(holder);
  const ofClass = Object.getOwnPropertyNames(Object.getPrototypeOf(holder))
    .filter((name) => name !== 'constructor')
    .map((name): [string, unknown] => [name, (holder as Record<string, unknown>)[name]]);
  const inherited = Object.getPrototypeOf(holder) === Object.prototype ? [] : ofClass;
  for (const [, value] of [...own, ...inherited]) {
    const given = [anything(), anything(), anything(), anything()];
    if (typeof value === 'function') await value.apply(holder, given);
    else if (typeof value === 'object' && value !== null) await callAll(value);
  }
}

const isOf =
  ({ method, path }: Route) =>
  (request: Asked): boolean => {
    const parts = path.slice(1).split('/');
    return (
      request.method === method.toUpperCase() &&
      request.segments.length === parts.length &&
      parts.every((part, index) =>
        part.startsWith(':') ? request.segments[index] === NAME : request.segments[index] === part,
      )
    );
  };

test('every route has a method', () => {
  expect(asked.length).toBeGreaterThan(80);
  const without = routes.filter((route) => !asked.some(isOf(route)));
  expect(without.map(({ method, path }) => `${method.toUpperCase()} ${path}`)).toEqual([]);
});

test('no method asks for what is no route', () => {
  const astray = asked.filter((request) => !routes.some((route) => isOf(route)(request)));
  expect(astray.map(({ method, segments }) => `${method} ${segments.join('/')}`)).toEqual([]);
});

test('every POST has an idempotency key of its own', () => {
  const posts = asked.filter(({ method }) => method === 'POST');
  const keys = new Set(posts.map(({ headers }) => headers['idempotency-key']));
  expect(keys.has(undefined)).toBe(false);
  expect(keys.size).toBe(posts.length);
});

test('every route that takes the entity tag that was read has a method that sends it', () => {
  const tagged = routes.filter(({ problems = [] }) =>
    problems.some((code) => code === 'workflow.draft_changed' || code === 'template.changed'),
  );
  expect(tagged.length).toBeGreaterThan(5);
  const without = tagged.filter(
    (route) => !asked.filter(isOf(route)).some(({ headers }) => headers['if-match'] === '"3"'),
  );
  expect(without.map(({ operationId }) => operationId)).toEqual([]);
});
