import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { ThroughlineClient, ThroughlineError } from '../../src/client/index';
import { closeEnrollment } from '../../src/db/enrollments';
import { startApi, type TestApi, waiting } from '../http/api';

let api: TestApi;
let client: ThroughlineClient;
beforeAll(async () => {
  api = await startApi();
  client = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
  await client.workflows.create(waiting('journey'));
  await client.workflows.activate('journey', { changelog: 'First.' });
});
afterAll(() => api.close());

const proxies: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((between) => between.close()));
});

/** What happened to a call that must not succeed. */
async function failure(call: Promise<unknown>): Promise<ThroughlineError> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ThroughlineError) return error;
  throw new Error(`Expected a ThroughlineError, got ${String(error)}.`);
}

/** A proxy before the API that may spoil an answer; `spoil` gets the number of the request. */
async function proxy(
  spoil: (response: ServerResponse, count: number) => 'spoilt' | 'lose' | 'pass',
) {
  const keys: string[] = [];
  let count = 0;
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    count += 1;
    const key = incoming.headers['idempotency-key'];
    if (typeof key === 'string') keys.push(key);
    const fate = spoil(outgoing, count);
    if (fate === 'spoilt') return;
    const target = forward(
      api.address + String(incoming.url),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (fate === 'lose') {
          answer.resume().once('end', () => outgoing.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(target);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxies.push({
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  });
  return { address, keys, count: () => count };
}

test('a backend enrolls, reports an event and reads what came of it', async () => {
  const { id: contactId } = await client.contacts.upsert({
    externalId: randomUUID(),
    firstName: 'Ada',
  });
  expect((await client.contacts.get(contactId)).firstName).toBe('Ada');
  const enrollment = await client.enroll('journey', { contactId, variables: { cartId: 'c1' } });
  expect(enrollment.status).toBe('running');
  expect(
    await client.event({ contactId, type: 'cart.paid', occurredAt: new Date() }),
  ).toMatchObject({ accepted: 1 });
  expect(await client.events([{ email: 'nobody@example.com', type: 'a.b' }])).toMatchObject({
    accepted: 0,
    rejected: 1,
  });
  expect((await enrollment.get()).variables).toEqual({ cartId: 'c1' });
  expect(
    (await client.enrollments.list('journey', { status: 'running' })).data.map(({ id }) => id),
  ).toContain(enrollment.id);
  expect((await client.enrollments.steps(enrollment.id)).data).toEqual([]);
  expect((await client.workflows.list({ limit: 1 })).data).toHaveLength(1);
  expect((await client.workflows.get('journey')).status).toBe('active');
});

test('result waits for the end, and no longer than it may', async () => {
  const enrollment = await client.enroll('journey', { contact: { externalId: randomUUID() } });
  const early = await failure(enrollment.result({ timeoutMs: 300 }));
  expect(early.code).toBe('client.timeout');
  const outcome = enrollment.result();
  await api.db.inWorkspace(api.workspaceId, (tx) =>
    closeEnrollment(tx, enrollment.id, { status: 'goal_reached', goalId: 'paid', at: new Date() }),
  );
  expect(await outcome).toMatchObject({ status: 'goal_reached', goalId: 'paid' });
});

test('a problem is an error with its code, status, issues, reason and request id', async () => {
  const invalid = await failure(client.contacts.upsert({ emial: 'x' } as object));
  expect(invalid).toMatchObject({
    code: 'request.invalid',
    status: 422,
    requestId: expect.any(String),
  });
  expect(invalid.issues[0]).toMatchObject({ code: 'request.unknown_field', suggestion: 'email' });
  const contact = { externalId: randomUUID() };
  await client.enroll('journey', { contact });
  expect(await failure(client.enroll('journey', { contact }))).toMatchObject({
    code: 'enrollment.blocked',
    reason: 'already_active',
  });
});

test('connecting proves address and key', async () => {
  expect(
    (await failure(ThroughlineClient.connect({ address: api.address, apiKey: 'wrong' }))).code,
  ).toBe('auth.invalid');
  const nowhere = { address: 'http://127.0.0.1:1', apiKey: api.key, maxAttempts: 2 };
  expect((await failure(ThroughlineClient.connect(nowhere))).code).toBe('client.unreachable');
  await expect(ThroughlineClient.connect({ address: 'nonsense', apiKey: api.key })).rejects.toThrow(
    'Invalid URL',
  );
  const narrow = await ThroughlineClient.connect({
    address: api.address,
    apiKey: await api.keyWith(['events:write']),
  });
  const unknown = { email: 'x@example.com', type: 'a.b' };
  expect(await failure(narrow.event(unknown))).toMatchObject({
    ...{ code: 'contact.not_found', status: null },
    message: expect.stringContaining('This contact is not known.'),
  });
  expect(await narrow.events([unknown])).toMatchObject({ accepted: 0, rejected: 1 });
});

test('answers that are lost on the way have no second effect', async () => {
  const between = await proxy((_response, count) => (count > 1 && count <= 3 ? 'lose' : 'pass'));
  const far = await ThroughlineClient.connect({ address: between.address, apiKey: api.key });
  const contactId = (await client.contacts.upsert({ externalId: randomUUID() })).id;
  const { accepted, duplicates } = await far.event({ contactId, type: 'once.only' });
  expect([accepted, duplicates]).toEqual([1, 0]);
  expect(between.keys).toHaveLength(3);
  expect(new Set(between.keys).size).toBe(1);
  const { data } = (await api.get(`/events?type=once.only&contactId=${contactId}`)).body;
  expect(data).toHaveLength(1);
});

test('a change whose answer was lost is not refused for what it has changed itself', async () => {
  const { key, revision } = await client.workflows.create(waiting('changed-once'));
  const between = await proxy((_response, count) => (count === 2 ? 'lose' : 'pass'));
  const far = await ThroughlineClient.connect({ address: between.address, apiKey: api.key });
  const changed = await far.workflows.change(key, { name: 'Changed once' }, { revision });
  expect(changed).toMatchObject({ name: 'Changed once' });
  expect(between.count()).toBe(3);
});

test('a deletion whose answer was lost says what was deleted', async () => {
  const { key } = await client.workflows.create(waiting('deleted-once'));
  const between = await proxy((_response, count) => (count === 2 ? 'lose' : 'pass'));
  const far = await ThroughlineClient.connect({ address: between.address, apiKey: api.key });
  await expect(far.workflows.remove(key)).resolves.toMatchObject({ key });
  expect(between.count()).toBe(3);
});

test('429 and 503 are tried again, other answers are not', async () => {
  const spoiling = (status: number) => (response: ServerResponse, count: number) => {
    if (count !== 2) return 'pass' as const;
    response.writeHead(status, { 'Content-Type': 'application/problem+json' });
    response.end(JSON.stringify({ code: 'service.unavailable', detail: 'Later.' }));
    return 'spoilt' as const;
  };
  for (const [status, tries] of [
    [503, 3],
    [429, 3],
    [500, 2],
  ] as const) {
    const between = await proxy(spoiling(status));
    const far = await ThroughlineClient.connect({ address: between.address, apiKey: api.key });
    const outcome = await far.workflows.get('journey').then(
      ({ key }) => key,
      (error: ThroughlineError) => error.status,
    );
    expect([outcome, between.count()]).toEqual([status === 500 ? 500 : 'journey', tries]);
  }
});

test.each([
  ['in seconds', '3600'],
  ['as a date', new Date(Date.now() + 3_600_000).toUTCString()],
])(
  'whoever is asked to come again in an hour, %s, is told so at once, and does not ask again',
  async (_form, retryAfter) => {
    const between = await proxy((response, count) => {
      if (count === 1) return 'pass';
      response.writeHead(429, { 'Retry-After': retryAfter });
      response.end(JSON.stringify({ code: 'request.rate_limited', detail: 'Later.' }));
      return 'spoilt';
    });
    const far = await ThroughlineClient.connect({ address: between.address, apiKey: api.key });
    expect(await failure(far.workflows.get('journey'))).toMatchObject({ status: 429 });
    expect(between.count()).toBe(2);
  },
);

test('an answer of something else is named as such', async () => {
  const between = await proxy((response, count) => {
    if (count === 1) return 'pass';
    response.end('<html>');
    return 'spoilt';
  });
  const far = await ThroughlineClient.connect({ address: between.address, apiKey: api.key });
  expect((await failure(far.workflows.get('journey'))).code).toBe('client.bad_answer');
});

test('a call ends at its timeout with all its tries', async () => {
  const between = await proxy((_response, count) => (count === 1 ? 'pass' : 'spoilt'));
  const far = await ThroughlineClient.connect({
    address: between.address,
    apiKey: api.key,
    timeoutMs: 500,
  });
  const before = performance.now();
  expect((await failure(far.workflows.get('journey'))).code).toBe('client.timeout');
  expect(performance.now() - before).toBeLessThan(3_000);
});

test('the client loads nothing of the server', () => {
  const folder = resolve(__dirname, '../../src/client');
  for (const file of readdirSync(folder)) {
    const imports = readFileSync(resolve(folder, file), 'utf8').matchAll(
      /^import (type )?[^;]*?from '([^']+)';/gms,
    );
    for (const [, isType, from = ''] of imports) {
      expect({
        file,
        from,
        loads: isType === undefined && !/^(node:|\.\/)/.test(from),
      }).toMatchObject({ loads: false });
    }
  }
});

test('erases a person, and takes an answer that was lost for one that was given', async () => {
  const { id } = await client.contacts.upsert({ externalId: randomUUID() });
  const between = await proxy((_response, count) => (count === 2 ? 'lose' : 'pass'));
  const options = { address: between.address, apiKey: api.key };
  const lossy = await ThroughlineClient.connect(options);
  await expect(lossy.contacts.erase(id)).resolves.toBeUndefined();
  expect(between.count()).toBe(3);
  expect(await failure(client.contacts.get(id))).toMatchObject({ code: 'contact.not_found' });
});
