/** Calls: made once for each visit, and again under the same id where that may be; and what stops them. */
import { Webhook } from 'standardwebhooks';
import { createHttpChannel } from '../../src/channels/http';
import { eraseContact } from '../../src/db/erase-contact';
import { callFixture } from '../support/call-fixture';
import { type CallCase, caller } from '../support/calls';
import { eventually } from '../support/eventually';
import { failureOf } from '../support/failure-of';
import { happened, left } from '../support/standing';

const desk = callFixture();
const { given, asking, call, key, effectOf, variablesOf } = desk;

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('a webhook', () => {
  test('is made once, signed, and its row says what was asked and answered', async () => {
    const of = await given({ secret, body: { name: '{{ first_name }}' } });
    expect(await call(of)).toEqual({ outcome: 'done', status: 200 });
    expect(await call(of)).toEqual({ outcome: 'done', status: 200 });
    expect(desk.server.calls).toHaveLength(1);
    const [received] = desk.server.calls;
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
      request: { method: 'POST', url: `${desk.server.url}/hook`, body: '{"name":"Ada"}' },
      response: { status: 200, body: '{"ok":true}', cut: null },
    });
  });

  test('tells who and what by default', async () => {
    const of = await given();
    await call(of);
    expect(JSON.parse(desk.server.calls[0]?.body ?? '')).toMatchObject({
      type: 'workflow.webhook',
      timestamp: '2026-03-01T09:00:00.000Z',
      data: {
        contact: { id: of.contactId, firstName: 'Ada' },
        event: null,
        enrollment: { id: of.enrollmentId, version: 1 },
        variables: {},
      },
    });
    expect(desk.server.calls[0]?.headers['webhook-signature']).toBeUndefined();
  });

  test('sends an object as a form where the header says so', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await call(await given({ headers, body: { To: '+1 & {{ first_name }}', tag: ['a', 'b'] } }));
    expect(desk.server.calls[0]?.body).toBe('To=%2B1+%26+Ada&tag=a&tag=b');
  });

  test('stores neither headers nor the secret', async () => {
    const of = await given({ secret, headers: { 'X-Api-Key': 'hidden-{{ first_name }}' } });
    await call(of);
    expect(desk.server.calls[0]?.headers['x-api-key']).toBe('hidden-Ada');
    const stored = JSON.stringify(await effectOf(of));
    expect(stored).not.toContain('hidden');
    expect(stored).not.toContain('whsec');
  });

  test('that was refused for now is made again, with the same body under the same id', async () => {
    const of = await given({ body: { name: '{{ first_name }}' }, secret });
    desk.server.answer = (response) => void response.writeHead(503).end();
    expect(await failureOf(call(of))).toMatchObject({ type: 'http.status_5xx' });
    expect(await effectOf(of)).toMatchObject({ status: 'failed', reason: 'http.status_5xx' });
    await desk.t.admin`update contacts set first_name = 'Grace' where id = ${of.contactId}`;
    desk.server.answer = (response) => void response.end();
    expect(await call(of)).toEqual({ outcome: 'done', status: 200 });
    expect(desk.server.calls.map(({ body }) => body)).toEqual(['{"name":"Ada"}', '{"name":"Ada"}']);
    expect(desk.server.calls.map(({ headers }) => headers['webhook-id'])).toEqual([
      key(of),
      key(of),
    ]);
    expect(await effectOf(of)).toMatchObject({
      ...{ status: 'done', attempt: 2, reason: null, resolution: null },
    });
  });

  test('whose answer was lost is made again under the same id', async () => {
    const of = await given();
    desk.server.answer = (_response, _call, socket) => void socket.destroy();
    expect(await failureOf(call(of))).toMatchObject({
      type: 'http.interrupted',
      nonRetryable: false,
    });
    expect(await effectOf(of)).toMatchObject({ status: 'unknown', reason: 'http.interrupted' });
    desk.server.answer = (response) => void response.end();
    expect(await call(of)).toMatchObject({ outcome: 'done' });
    expect(await effectOf(of)).toMatchObject({
      status: 'done',
      reason: null,
      resolution: 'resent',
    });
    expect(new Set(desk.server.calls.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([key(of)]),
    );
  });

  test('whose answer was lost is not made again where the node says so', async () => {
    const of = await given({ onUnknown: 'fail' });
    desk.server.answer = (_response, _call, socket) => void socket.destroy();
    const unknown = { outcome: 'unknown', reason: 'http.interrupted' };
    expect(await call(of)).toEqual(unknown);
    expect(await call(of)).toEqual(unknown);
    expect(desk.server.calls).toHaveLength(1);
    expect(await effectOf(of)).toMatchObject({ status: 'unknown' });
  });

  test('that a process left behind is made again, or not where the node says so', async () => {
    const leave = (of: CallCase) =>
      desk.t
        .admin`update effects set status = 'claimed', response = null, resolved_at = null where enrollment_id = ${of.enrollmentId}`;
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
    expect(desk.server.calls).toHaveLength(5);
    expect(await effectOf(resent)).toMatchObject({ status: 'done', attempt: 2 });
  });

  test('that was refused for good is not made again', async () => {
    const of = await given();
    desk.server.answer = (response) => void response.writeHead(404).end('no ada@example.com here');
    const first = await failureOf(call(of));
    expect(first).toMatchObject({ type: 'http.status_4xx', nonRetryable: true });
    expect(first.message).not.toContain('ada@example.com');
    expect(await failureOf(call(of))).toMatchObject({
      type: 'http.status_4xx',
      nonRetryable: true,
    });
    expect(desk.server.calls).toHaveLength(1);
    expect(await effectOf(of)).toMatchObject({
      status: 'failed',
      response: { status: 404, body: 'no ada@example.com here' },
    });
  });

  test('to a private address is never made', async () => {
    const closed = createHttpChannel();
    const of = await given();
    const failed = await failureOf(caller(desk.t.db, closed)(of));
    expect(failed).toMatchObject({ type: 'http.blocked_address', nonRetryable: true });
    expect(failed.message).not.toContain('127.0.0.1');
    expect(desk.server.connections()).toBe(0);
    await closed.close();
  });

  test.each([
    [{ url: '{{ contact.gone }}' }, 'http.invalid_url'],
    [{ secret: '{{ contact.gone }}' }, 'webhook.bad_secret'],
    [{ headers: { 'X-Nick': '{{ contact.nick }}' } }, 'http.header_refused'],
  ])('with %j fails for good before anything is sent', async (data, code) => {
    const of = await given(data, { contact: { attributes: { nick: 'a\r\nX-Admin: 1' } } });
    expect(await failureOf(call(of))).toMatchObject({ type: code, nonRetryable: true });
    expect(await failureOf(call(of))).toMatchObject({ type: code, nonRetryable: true });
    expect(desk.server.connections()).toBe(0);
    expect(await effectOf(of)).toMatchObject({ status: 'failed', reason: code });
  });
});

describe('what stops a call', () => {
  const stopped = async (of: CallCase, reason: string) => {
    expect(await call(of)).toEqual({ outcome: 'blocked', reason });
    expect(await call(of)).toEqual({ outcome: 'blocked', reason });
    expect(desk.server.calls).toHaveLength(0);
    expect(await effectOf(of)).toMatchObject({ status: 'blocked', reason });
  };

  test('a goal that was reached in between', async () => {
    const of = await given();
    await happened(desk.t.db, of, 'cart.paid');
    await stopped(of, 'goal_reached');
  });

  test('an enrollment that has ended', async () => {
    const of = await given();
    await left(desk.t.db, of);
    await stopped(of, 'enrollment_ended');
  });

  test('a goal while the call was in doubt: it stays unknown and is not made again', async () => {
    const of = await given();
    desk.server.answer = (_response, _call, socket) => void socket.destroy();
    await failureOf(call(of));
    await happened(desk.t.db, of, 'cart.paid');
    expect(await call(of)).toEqual({ outcome: 'blocked', reason: 'goal_reached' });
    expect(desk.server.calls).toHaveLength(1);
    expect(await effectOf(of)).toMatchObject({ status: 'unknown', reason: 'goal_reached' });
  });

  test('an erasure: before the call there is none, during it nothing of the answer is kept', async () => {
    const erase = (of: CallCase) =>
      desk.t.db.inWorkspace(of.workspaceId, (tx) => eraseContact(tx, of.contactId, new Date()));
    const before = await given();
    await erase(before);
    expect(await call(before)).toMatchObject({ outcome: 'blocked' });
    expect(desk.server.calls).toHaveLength(0);
    const during = await asking({ save: { name: 'name' } });
    desk.server.answer = (response) =>
      void erase(during).then(() => response.end('{"name":"Ada Lovelace"}'));
    expect(await call(during)).toMatchObject({ outcome: 'done' });
    expect(JSON.stringify(await effectOf(during))).not.toContain('Lovelace');
    expect(await variablesOf(during)).toEqual({});
  });
});

test('an attempt that was overtaken records nothing and sets no variable', async () => {
  const of = await asking({ method: 'POST', save: { it: 'it' } });
  const answers: ((it: string) => void)[] = [];
  desk.server.answer = (response) =>
    void answers.push((it) => void response.end(JSON.stringify({ it })));
  const arrived = (count: number) =>
    eventually(`call ${count} arrived`, async () => answers.length === count);
  const zombie = failureOf(call(of));
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
  expect(new Set(desk.server.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(await effectOf(of)).toMatchObject({ status: 'done' });
});
