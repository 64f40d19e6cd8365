/** What an `http_request` shows of its credentials, and what it keeps of an answer. */
import { callFixture } from '../support/call-fixture';
import { failureOf } from '../support/failure-of';

const desk = callFixture();
const { asking, call, key, effectOf, variablesOf } = desk;

describe('an HTTP request', () => {
  const json = (body: unknown) => {
    desk.server.answer = (response) => {
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
    expect(desk.server.calls).toMatchObject([{ method: 'GET', body: '' }]);
    expect(desk.server.calls[0]?.headers['idempotency-key']).toBeUndefined();
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
    desk.server.answer = (response) =>
      void response.writeHead(200, { 'content-type': type }).end(body);
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
    expect(desk.server.calls[0]?.headers[header]).toBe(value);
    expect(JSON.stringify(await effectOf(of))).not.toContain(value);
  });

  test('a POST carries one Idempotency-Key in every attempt', async () => {
    const of = await asking({ body: { a: 1 } });
    desk.server.answer = (response) => void response.writeHead(502).end();
    await failureOf(call(of));
    desk.server.answer = (response) => void response.end();
    await call(of);
    expect(desk.server.calls.map(({ headers }) => headers['idempotency-key'])).toEqual([
      key(of),
      key(of),
    ]);
  });

  test('an answer too large to be kept is a failure, and none where nothing of it is kept', async () => {
    desk.server.answer = (response) => void response.end('x'.repeat(300_000));
    const kept = await asking({ save: { it: 'body' } });
    expect(await failureOf(call(kept))).toMatchObject({
      type: 'http.too_large',
      nonRetryable: true,
    });
    expect(await effectOf(kept)).toMatchObject({ status: 'failed', reason: 'http.too_large' });
    expect(await variablesOf(kept)).toEqual({});
    const counted = await asking({ save: { it: 'status' } });
    expect(await call(counted)).toMatchObject({ outcome: 'done' });
    const row = await effectOf(counted);
    expect(row?.['response'].body).toHaveLength(4_000);
  });

  test('an answer that is cut off is asked for again where a part of it is kept', async () => {
    desk.server.answer = (response, _call, socket) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":', () => socket.end());
    };
    const of = await asking({ save: { a: 'a' } });
    expect(await failureOf(call(of))).toMatchObject({
      type: 'http.interrupted',
      nonRetryable: false,
    });
    json({ a: 1 });
    expect(await call(of)).toMatchObject({ outcome: 'done' });
    expect(await variablesOf(of)).toEqual({ a: 1 });
  });
});
