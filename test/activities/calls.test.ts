import { Webhook } from 'standardwebhooks';
import { createHttpChannel, type HttpChannel } from '../../src/channels/http';
import { closeEnrollment } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { eraseContact } from '../../src/db/erase-contact';
import { type CallCase, callCase, caller } from '../support/calls';
import { eventually } from '../support/eventually';
import { type ReceivingServer, startReceivingServer } from '../support/http';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
let server: ReceivingServer;
let http: HttpChannel;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());
beforeEach(async () => {
  server = await startReceivingServer();
  http = createHttpChannel({ allow: ['127.0.0.1'] });
});
afterEach(async () => {
  await http.close();
  await server.close();
});

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const given = (data: object = {}, more: object = {}, type: CallCase['type'] = 'webhook') =>
  callCase(t.db, t.workspaceId, { type, data: { url: `${server.url}/hook`, ...data }, ...more });
const asking = (data: object = {}, more: object = {}) => given(data, more, 'http_request');
const call = (of: CallCase) => caller(t.db, http)(of);
const key = (of: CallCase) => `${of.enrollmentId}:call:1`;

async function effectOf({ enrollmentId }: CallCase) {
  const rows = await t.admin`select * from effects where enrollment_id = ${enrollmentId}`;
  if (rows.length !== 1) throw new Error(`Expected one effect, not ${rows.length}.`);
  return rows[0];
}

async function variablesOf({ enrollmentId }: CallCase) {
  const [row] = await t.admin`select variables from enrollments where id = ${enrollmentId}`;
  return row?.['variables'] as unknown;
}

async function failure(
  work: Promise<unknown>,
): Promise<{ type?: string; nonRetryable?: boolean; nextRetryDelay?: number; message: string }> {
  return work.then(
    (result) => {
      throw new Error(`It did not fail, but answered ${JSON.stringify(result)}.`);
    },
    (error: { type?: string; message: string }) => error,
  );
}

const pays = (of: CallCase) =>
  t.db.inWorkspace(of.workspaceId, (tx) =>
    recordEvent(tx, {
      contactId: of.contactId,
      type: 'cart.paid',
      occurredAt: new Date('2026-03-01T08:30:00Z'),
      receivedAt: new Date('2026-03-01T08:30:00Z'),
    }),
  );

describe('a webhook', () => {
  test('is made once, signed, and its row says what was asked and answered', async () => {
    const of = await given({ secret, body: { name: '{{ first_name }}' } });
    expect(await call(of)).toEqual({ outcome: 'done', status: 200 });
    expect(await call(of)).toEqual({ outcome: 'done', status: 200 });
    expect(server.calls).toHaveLength(1);
    const [received] = server.calls;
    expect(received).toMatchObject({
      method: 'POST',
      path: '/hook',
      body: '{"name":"Ada"}',
      headers: { 'content-type': 'application/json', 'webhook-id': key(of) },
    });
    const headers = received?.headers as Record<string, string>;
    expect(new Webhook(secret).verify(received?.body ?? '', headers)).toEqual({ name: 'Ada' });
    expect(await effectOf(of)).toMatchObject({
      effect_key: key(of),
      kind: 'webhook',
      node_id: 'call',
      visit: 1,
      status: 'done',
      reason: null,
      attempt: 1,
      request: { method: 'POST', url: `${server.url}/hook`, body: '{"name":"Ada"}' },
      response: { status: 200, body: '{"ok":true}', cut: null },
    });
  });

  test('tells who and what by default', async () => {
    const of = await given();
    await call(of);
    expect(JSON.parse(server.calls[0]?.body ?? '')).toMatchObject({
      type: 'workflow.webhook',
      timestamp: '2026-03-01T09:00:00.000Z',
      data: {
        contact: { id: of.contactId, firstName: 'Ada' },
        event: null,
        enrollment: { id: of.enrollmentId, version: 1 },
        variables: {},
      },
    });
    expect(server.calls[0]?.headers['webhook-signature']).toBeUndefined();
  });

  test('sends an object as a form where the header says so', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await call(await given({ headers, body: { To: '+1 & {{ first_name }}', tag: ['a', 'b'] } }));
    expect(server.calls[0]?.body).toBe('To=%2B1+%26+Ada&tag=a&tag=b');
  });

  test('stores neither headers nor the secret', async () => {
    const of = await given({ secret, headers: { 'X-Api-Key': 'hidden-{{ first_name }}' } });
    await call(of);
    expect(server.calls[0]?.headers['x-api-key']).toBe('hidden-Ada');
    const stored = JSON.stringify(await effectOf(of));
    expect(stored).not.toContain('hidden');
    expect(stored).not.toContain('whsec');
  });

  test('that was refused for now is made again, with the same body under the same id', async () => {
    const of = await given({ body: { name: '{{ first_name }}' }, secret });
    server.answer = (response) => void response.writeHead(503).end();
    expect(await failure(call(of))).toMatchObject({ type: 'http.status_5xx' });
    expect(await effectOf(of)).toMatchObject({ status: 'failed', reason: 'http.status_5xx' });
    await t.admin`update contacts set first_name = 'Grace' where id = ${of.contactId}`;
    server.answer = (response) => void response.end();
    expect(await call(of)).toEqual({ outcome: 'done', status: 200 });
    expect(server.calls.map(({ body }) => body)).toEqual(['{"name":"Ada"}', '{"name":"Ada"}']);
    expect(server.calls.map(({ headers }) => headers['webhook-id'])).toEqual([key(of), key(of)]);
    expect(await effectOf(of)).toMatchObject({
      ...{ status: 'done', attempt: 2, reason: null, resolution: null },
    });
  });

  test('whose answer was lost is made again under the same id', async () => {
    const of = await given();
    server.answer = (_response, _call, socket) => void socket.destroy();
    expect(await failure(call(of))).toMatchObject({
      type: 'http.interrupted',
      nonRetryable: false,
    });
    expect(await effectOf(of)).toMatchObject({ status: 'unknown', reason: 'http.interrupted' });
    server.answer = (response) => void response.end();
    expect(await call(of)).toMatchObject({ outcome: 'done' });
    expect(await effectOf(of)).toMatchObject({
      status: 'done',
      reason: null,
      resolution: 'resent',
    });
    expect(new Set(server.calls.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([key(of)]),
    );
  });

  test('whose answer was lost is not made again where the node says so', async () => {
    const of = await given({ onUnknown: 'fail' });
    server.answer = (_response, _call, socket) => void socket.destroy();
    const unknown = { outcome: 'unknown', reason: 'http.interrupted' };
    expect(await call(of)).toEqual(unknown);
    expect(await call(of)).toEqual(unknown);
    expect(server.calls).toHaveLength(1);
    expect(await effectOf(of)).toMatchObject({ status: 'unknown' });
  });

  test('that a process left behind is made again, or not where the node says so', async () => {
    const leave = (of: CallCase) =>
      t.admin`update effects set status = 'claimed', response = null, resolved_at = null where enrollment_id = ${of.enrollmentId}`;
    const resent = await given();
    const held = await given({ onUnknown: 'fail' });
    const put = await given({ onUnknown: 'fail', method: 'PUT' });
    for (const each of [resent, held, put]) {
      await call(each);
      await leave(each);
    }
    expect(await call(resent)).toMatchObject({ outcome: 'done' });
    expect(await call(held)).toEqual({ outcome: 'unknown', reason: 'interrupted' });
    expect(await call(put)).toMatchObject({ outcome: 'done' });
    expect(server.calls).toHaveLength(5);
    expect(await effectOf(resent)).toMatchObject({ status: 'done', attempt: 2 });
  });

  test('that was refused for good is not made again', async () => {
    const of = await given();
    server.answer = (response) => void response.writeHead(404).end('no ada@example.com here');
    const first = await failure(call(of));
    expect(first).toMatchObject({ type: 'http.status_4xx', nonRetryable: true });
    expect(first.message).not.toContain('ada@example.com');
    expect(await failure(call(of))).toMatchObject({ type: 'http.status_4xx', nonRetryable: true });
    expect(server.calls).toHaveLength(1);
    expect(await effectOf(of)).toMatchObject({
      status: 'failed',
      response: { status: 404, body: 'no ada@example.com here' },
    });
  });

  test('to a private address is never made', async () => {
    const closed = createHttpChannel();
    const of = await given();
    const failed = await failure(caller(t.db, closed)(of));
    expect(failed).toMatchObject({ type: 'http.blocked_address', nonRetryable: true });
    expect(failed.message).not.toContain('127.0.0.1');
    expect(server.connections()).toBe(0);
    await closed.close();
  });

  test.each([
    [{ url: '{{ contact.gone }}' }, 'http.invalid_url'],
    [{ secret: '{{ contact.gone }}' }, 'webhook.bad_secret'],
    [{ headers: { 'X-Nick': '{{ contact.nick }}' } }, 'http.header_refused'],
  ])('with %j fails for good before anything is sent', async (data, code) => {
    const of = await given(data, { contact: { attributes: { nick: 'a\r\nX-Admin: 1' } } });
    expect(await failure(call(of))).toMatchObject({ type: code, nonRetryable: true });
    expect(await failure(call(of))).toMatchObject({ type: code, nonRetryable: true });
    expect(server.connections()).toBe(0);
    expect(await effectOf(of)).toMatchObject({ status: 'failed', reason: code });
  });
});

describe('what stops a call', () => {
  const stopped = async (of: CallCase, reason: string) => {
    expect(await call(of)).toEqual({ outcome: 'blocked', reason });
    expect(await call(of)).toEqual({ outcome: 'blocked', reason });
    expect(server.calls).toHaveLength(0);
    expect(await effectOf(of)).toMatchObject({ status: 'blocked', reason });
  };

  test('a goal that was reached in between', async () => {
    const of = await given();
    await pays(of);
    await stopped(of, 'goal_reached');
  });

  test('an enrollment that has ended', async () => {
    const of = await given();
    await t.db.inWorkspace(of.workspaceId, (tx) =>
      closeEnrollment(tx, of.enrollmentId, { status: 'exited', at: new Date() }),
    );
    await stopped(of, 'enrollment_ended');
  });

  test('a goal while the call was in doubt: it stays unknown and is not made again', async () => {
    const of = await given();
    server.answer = (_response, _call, socket) => void socket.destroy();
    await failure(call(of));
    await pays(of);
    expect(await call(of)).toEqual({ outcome: 'blocked', reason: 'goal_reached' });
    expect(server.calls).toHaveLength(1);
    expect(await effectOf(of)).toMatchObject({ status: 'unknown', reason: 'goal_reached' });
  });

  test('an erasure: before the call there is none, during it nothing of the answer is kept', async () => {
    const erase = (of: CallCase) =>
      t.db.inWorkspace(of.workspaceId, (tx) => eraseContact(tx, of.contactId, new Date()));
    const before = await given();
    await erase(before);
    expect(await call(before)).toMatchObject({ outcome: 'blocked' });
    expect(server.calls).toHaveLength(0);
    const during = await asking({ save: { name: 'name' } });
    server.answer = (response) =>
      void erase(during).then(() => response.end('{"name":"Ada Lovelace"}'));
    expect(await call(during)).toMatchObject({ outcome: 'done' });
    expect(JSON.stringify(await effectOf(during))).not.toContain('Lovelace');
    expect(await variablesOf(during)).toEqual({});
  });
});

describe('an HTTP request', () => {
  const json = (body: unknown) => {
    server.answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-page': '3' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  };

  test('keeps parts of the answer as variables, together with the record of the call', async () => {
    json({ plan: { name: 'pro' }, seats: [{ count: 5 }] });
    const save = {
      plan: 'plan.name',
      seats: 'seats[0].count',
      status: 'status',
      page: 'headers.X-Page',
      gone: 'plan.gone',
      whole: 'body',
    };
    const of = await asking({ save });
    expect(await call(of)).toEqual({ outcome: 'done', status: 200 });
    const kept = { plan: 'pro', seats: 5, status: 200, page: '3', gone: null };
    expect(await variablesOf(of)).toEqual({
      ...kept,
      whole: { plan: { name: 'pro' }, seats: [{ count: 5 }] },
    });
    expect(server.calls).toMatchObject([{ method: 'GET', body: '' }]);
    expect(server.calls[0]?.headers['idempotency-key']).toBeUndefined();
  });

  test.each([
    ['a text', 'text/plain', 'Zoë', 'Zoë'],
    ['digits that are declared as text', 'text/plain', '5', '5'],
    ['digits that are declared as JSON', 'application/problem+json', '5', 5],
    ['JSON that is declared as something else', 'text/html', '{"a":1}', { a: 1 }],
    ['JSON that is none', 'application/json', '{"a":', '{"a":'],
    ['nothing', 'application/json', '', ''],
    [
      'what cannot be stored',
      'application/json',
      '{"a\\u0000":"\\ud800"}',
      { 'a\uFFFD': '\uFFFD' },
    ],
  ])('reads %s', async (_, type, body, value) => {
    server.answer = (response) => void response.writeHead(200, { 'content-type': type }).end(body);
    const of = await asking({ save: { it: 'body' } });
    await call(of);
    expect(await variablesOf(of)).toEqual({ it: value });
  });

  test.each([
    [
      'bearer',
      { type: 'bearer', token: 'tok-{{ first_name }}' },
      'authorization',
      'Bearer tok-Ada',
    ],
    [
      'basic',
      { type: 'basic', username: 'me', password: 'p:w' },
      'authorization',
      `Basic ${Buffer.from('me:p:w').toString('base64')}`,
    ],
    [
      'a header',
      { type: 'header', name: 'X-Api-Key', value: 'hidden-key' },
      'x-api-key',
      'hidden-key',
    ],
  ])('shows its credentials by %s, and stores none', async (_, auth, header, value) => {
    const of = await asking({ auth });
    await call(of);
    expect(server.calls[0]?.headers[header]).toBe(value);
    expect(JSON.stringify(await effectOf(of))).not.toContain(value);
  });

  test('a POST carries one Idempotency-Key in every attempt', async () => {
    const of = await asking({ body: { a: 1 } });
    server.answer = (response) => void response.writeHead(502).end();
    await failure(call(of));
    server.answer = (response) => void response.end();
    await call(of);
    expect(server.calls.map(({ headers }) => headers['idempotency-key'])).toEqual([
      key(of),
      key(of),
    ]);
  });

  test('an answer too large to be kept is a failure, and none where nothing of it is kept', async () => {
    server.answer = (response) => void response.end('x'.repeat(300_000));
    const kept = await asking({ save: { it: 'body' } });
    expect(await failure(call(kept))).toMatchObject({ type: 'http.too_large', nonRetryable: true });
    expect(await effectOf(kept)).toMatchObject({ status: 'failed', reason: 'http.too_large' });
    expect(await variablesOf(kept)).toEqual({});
    const counted = await asking({ save: { it: 'status' } });
    expect(await call(counted)).toMatchObject({ outcome: 'done' });
    const row = await effectOf(counted);
    expect(row?.['response'].body).toHaveLength(4_000);
  });

  test('an answer that is cut off is asked for again where a part of it is kept', async () => {
    server.answer = (response, _call, socket) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":', () => socket.end());
    };
    const of = await asking({ save: { a: 'a' } });
    expect(await failure(call(of))).toMatchObject({
      type: 'http.interrupted',
      nonRetryable: false,
    });
    json({ a: 1 });
    expect(await call(of)).toMatchObject({ outcome: 'done' });
    expect(await variablesOf(of)).toEqual({ a: 1 });
  });
});

describe('the pace of attempts', () => {
  const refusing = (status: number, headers = {}) => {
    server.answer = (response) => void response.writeHead(status, headers).end();
  };
  const retry = (more: object) => ({
    node: {
      retry: {
        maxAttempts: 5,
        backoff: 'linear',
        initialInterval: 2_000,
        maxInterval: 60_000,
        jitter: false,
        ...more,
      },
    },
  });
  const delayOf = async (of: CallCase, number: number) =>
    (await failure(caller(t.db, http, { number })(of))).nextRetryDelay;

  test("is the policy's", async () => {
    refusing(503);
    const of = await given({}, retry({}));
    expect([await delayOf(of, 1), await delayOf(of, 2), await delayOf(of, 40)]).toEqual([
      2_000, 4_000, 60_000,
    ]);
  });

  test('heeds Retry-After where it asks for longer, within an hour', async () => {
    const of = await given({}, retry({}));
    refusing(429, { 'retry-after': '30' });
    expect(await delayOf(of, 1)).toBe(30_000);
    refusing(429, { 'retry-after': '1' });
    expect(await delayOf(of, 1)).toBe(2_000);
    refusing(503, { 'retry-after': '99999' });
    expect(await delayOf(of, 1)).toBe(3_600_000);
  });

  test.each([
    [503, { nonRetryableErrors: ['http.status_5xx'] }, true],
    [503, { retryableErrors: ['http.timeout'] }, true],
    [404, { retryableErrors: ['http.status_4xx'] }, false],
    [404, {}, true],
  ])('of %i with %j: given up at once is %s', async (status, more, nonRetryable) => {
    refusing(status);
    const of = await given({}, retry(more));
    expect(await failure(call(of))).toMatchObject({ nonRetryable });
    await failure(call(of));
    expect(server.calls).toHaveLength(nonRetryable && status === 404 ? 1 : nonRetryable ? 1 : 2);
  });

  test('ends with the attempts that its row has seen, however Temporal counts', async () => {
    refusing(503);
    const of = await given({}, retry({ maxAttempts: 2 }));
    const again = () => failure(caller(t.db, http, { number: 1 })(of));
    expect(await again()).toMatchObject({ type: 'http.status_5xx', nonRetryable: false });
    for (const last of [await again(), await again()])
      expect(last).toMatchObject({ type: 'http.status_5xx', nonRetryable: true });
    expect(server.calls).toHaveLength(2);
  });

  test('ends so too where the last attempt is in doubt, unless that was cut off', async () => {
    server.answer = (_response, _call, socket) => void socket.destroy();
    const of = await given({}, retry({ maxAttempts: 1 }));
    for (const last of [await failure(call(of)), await failure(call(of))])
      expect(last).toMatchObject({ type: 'http.interrupted', nonRetryable: true });
    expect(server.calls).toHaveLength(1);
    expect(await effectOf(of)).toMatchObject({ status: 'unknown', reason: 'http.interrupted' });
    await t.admin`update effects set status = 'claimed', reason = null where enrollment_id = ${of.enrollmentId}`;
    server.answer = (response) => void response.end();
    expect(await call(of)).toMatchObject({ outcome: 'done' });
    expect(await effectOf(of)).toMatchObject({ status: 'done', attempt: 2, resolution: 'resent' });
  });

  test('leaves a part of the time of the attempt for the record', async () => {
    server.answer = () => undefined;
    const of = await given();
    const startedAt = performance.now();
    const failed = await failure(caller(t.db, http, { timeoutMs: 1_000 })(of));
    expect(failed).toMatchObject({ type: 'http.timeout', nonRetryable: false });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(await effectOf(of)).toMatchObject({ status: 'unknown', reason: 'http.timeout' });
  });
});

test('an attempt that was overtaken records nothing and sets no variable', async () => {
  const of = await asking({ method: 'POST', save: { it: 'it' } });
  const answers: ((it: string) => void)[] = [];
  server.answer = (response) =>
    void answers.push((it) => void response.end(JSON.stringify({ it })));
  const arrived = (count: number) =>
    eventually(`call ${count} arrived`, async () => answers.length === count);
  const zombie = failure(call(of));
  await arrived(1);
  const successor = call(of);
  await arrived(2);
  answers[0]?.('from the dead');
  expect(await zombie).toMatchObject({ type: 'effect.superseded' });
  expect(await effectOf(of)).toMatchObject({ status: 'claimed', attempt: 2, response: null });
  expect(await variablesOf(of)).toEqual({});
  answers[1]?.('alive');
  expect(await successor).toMatchObject({ outcome: 'done' });
  expect(await variablesOf(of)).toEqual({ it: 'alive' });
});

test('of several that begin at once one claims first, and the receiver sees one id', async () => {
  const of = await given();
  const answers = await Promise.allSettled(Array.from({ length: 5 }, () => call(of)));
  expect(answers.some((answer) => answer.status === 'fulfilled')).toBe(true);
  expect(new Set(server.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(await effectOf(of)).toMatchObject({ status: 'done' });
});
