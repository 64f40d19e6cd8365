/** Calls by HTTP: what reaches the receiver, what of its answer is read, and what a failure says. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { eventually } from '../support/eventually';
import { startReceivingServer } from '../support/http';
import { channelFixture, failureOf, names } from './channel-fixture';

const desk = channelFixture();
const { channel, local, call } = desk;

test('a call reaches the receiver as it was asked and brings its answer', async () => {
  desk.server.answer = (response) => {
    response.writeHead(201, { 'X-Request-Id': 'r1', 'Content-Type': 'application/json' });
    response.end('{"id":7}');
  };
  const headers = { 'X-One': '1', 'content-type': 'application/json' };
  const answer = await local().request(call({ url: `${desk.server.url}/a?b=c#d`, headers }));
  expect(answer).toMatchObject({ status: 201, body: '{"id":7}', cut: null });
  expect(answer.headers['x-request-id']).toBe('r1');
  expect(desk.server.calls).toMatchObject([
    {
      method: 'POST',
      path: '/a?b=c',
      body: 'hello',
      headers: {
        'x-one': '1',
        'content-type': 'application/json',
        'content-length': '5',
        'user-agent': 'Throughline',
        'accept-encoding': 'identity',
        host: `127.0.0.1:${desk.server.port}`,
      },
    },
  ]);
});

test('calls to one origin share connections', async () => {
  const http = local();
  for (let n = 0; n < 5; n += 1) await http.request(call());
  expect(desk.server.connections()).toBeLessThan(3);
});

describe('headers', () => {
  test.each([
    ['a line break', { 'X-Name': 'a\r\nX-Admin: yes' }],
    ['a lone line feed', { 'X-Name': 'a\nb' }],
    ['a NUL', { 'X-Name': 'a\0b' }],
    ['a letter beyond Latin-1', { 'X-Name': 'Zoë ✓' }],
    ['a name with a blank', { 'X Name': 'a' }],
    ['a name with a line break', { 'X-Name\r\nY': 'a' }],
    ['no name', { '': 'a' }],
    ['another host', { Host: 'internal' }],
    ['a length of its own', { 'Content-Length': '0' }],
    ['a transfer encoding', { 'Transfer-Encoding': 'chunked' }],
    ['too many', { 'X-Name': 'a'.repeat(17_000) }],
  ])('%s is refused before anything is sent', async (_, headers) => {
    const failure = await failureOf(local().request(call({ headers })));
    expect(failure).toMatchObject({ kind: 'blocked', code: 'http.header_refused' });
    expect(desk.server.connections()).toBe(0);
  });
});

describe('answers', () => {
  test.each([
    [400, 'refused_permanent', 'http.status_4xx'],
    [404, 'refused_permanent', 'http.status_4xx'],
    [410, 'refused_permanent', 'http.status_4xx'],
    [408, 'refused_retryable', 'http.retry_later'],
    [409, 'refused_retryable', 'http.retry_later'],
    [429, 'refused_retryable', 'http.retry_later'],
    [500, 'ambiguous', 'http.status_5xx'],
    [502, 'ambiguous', 'http.status_5xx'],
    [503, 'refused_retryable', 'http.status_5xx'],
    [304, 'refused_permanent', 'http.status_3xx'],
  ])('%i is %s', async (status, kind, code) => {
    desk.server.answer = (response) => void response.writeHead(status).end();
    expect(await failureOf(local().request(call()))).toMatchObject({ kind, code });
  });

  test.each([
    ['120', 120_000],
    ['0', 0],
    [new Date(0).toUTCString(), 0],
    ['soon', undefined],
  ])('Retry-After: %s is a hint', async (header, ms) => {
    desk.server.answer = (response) =>
      void response.writeHead(429, { 'retry-after': header }).end();
    expect((await failureOf(local().request(call()))).more.retryAfterMs).toBe(ms);
  });

  test('a body that is too large is cut, and no more of it is read', async () => {
    let written = 0;
    desk.server.answer = (response) => {
      const chunk = Buffer.alloc(16_384, 'x');
      const write = () => {
        while (!response.destroyed && written < 64 * 1_048_576) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    };
    const answer = await local().request(call({ maxResponseBytes: 1_000 }));
    expect(answer).toMatchObject({ status: 200, cut: 'http.too_large' });
    expect(answer.body).toBe('x'.repeat(1_000));
    expect(written).toBeLessThan(16 * 1_048_576);
  });

  test('a length that promises more than comes leaves the status and what came', async () => {
    desk.server.answer = (response, _call, socket) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('short', () => socket.end());
    };
    expect(await local().request(call())).toMatchObject({
      status: 200,
      body: 'short',
      cut: 'http.interrupted',
    });
  });

  test('a body that drips is cut at the deadline', async () => {
    desk.server.answer = (response) => {
      const timer = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(timer));
    };
    const answer = await local().request(call({ timeoutMs: 400 }));
    expect(answer).toMatchObject({ status: 200, cut: 'http.timeout' });
    expect(answer.body).toMatch(/^\.+$/);
  });

  test.each([
    ['text/plain; charset=iso-8859-1', Buffer.from([0x5a, 0x6f, 0xeb]), 'Zoë'],
    ['text/plain', Buffer.from('Zoë'), 'Zoë'],
    ['text/plain; charset=nonsense', Buffer.from('Zoë'), 'Zoë'],
    ['application/octet-stream', Buffer.from([0x61, 0, 0xff]), 'a\uFFFD\uFFFD'],
  ])('%s is read as text that can be stored', async (type, bytes, text) => {
    desk.server.answer = (response) =>
      void response.writeHead(200, { 'content-type': type }).end(bytes);
    expect((await local().request(call())).body).toBe(text);
  });
});

describe('interruptions', () => {
  test('a receiver that never answers: it may have taken the call', async () => {
    desk.server.answer = () => undefined;
    const failure = await failureOf(local().request(call({ timeoutMs: 200 })));
    expect(failure).toMatchObject({ kind: 'ambiguous', code: 'http.timeout' });
  });

  test('a receiver that hangs up after it was asked: it may have taken the call', async () => {
    desk.server.answer = (_response, _call, socket) => void socket.destroy();
    expect(await failureOf(local().request(call()))).toMatchObject({
      kind: 'ambiguous',
      code: 'http.interrupted',
    });
    expect(desk.server.calls).toHaveLength(1);
  });

  test('nobody listens: it was certainly not taken', async () => {
    const gone = await startReceivingServer();
    await gone.close();
    expect(await failureOf(local().request(call({ url: gone.url })))).toMatchObject({
      kind: 'refused_retryable',
      code: 'http.refused',
    });
  });

  test('a name without an address: it was certainly not taken', async () => {
    const http = channel({ lookup: names([]) });
    expect(await failureOf(http.request(call({ url: 'http://gone.example/' })))).toMatchObject({
      kind: 'refused_retryable',
      code: 'http.unresolved',
    });
  });

  test('a name server that never answers: it was certainly not taken', async () => {
    const http = channel({ lookup: () => undefined });
    const late = call({ url: 'http://slow.example/', timeoutMs: 200 });
    expect(await failureOf(http.request(late))).toMatchObject({
      kind: 'refused_retryable',
      code: 'http.timeout',
    });
  });

  test('a call that waits for a connection until its deadline is never made', async () => {
    const held: (() => void)[] = [];
    desk.server.answer = (response) => void held.push(() => void response.end('late'));
    const http = channel({ allow: ['127.0.0.1'], connections: 1 });
    const first = http.request(call({ body: 'first' }));
    await eventually('the first call arrived', async () => desk.server.calls.length === 1);
    expect(await failureOf(http.request(call({ body: 'second', timeoutMs: 150 })))).toMatchObject({
      kind: 'refused_retryable',
      code: 'http.timeout',
    });
    for (const release of held) release();
    expect(await first).toMatchObject({ body: 'late' });
    desk.server.answer = (response) => void response.end();
    await http.request(call({ body: 'third' }));
    expect(desk.server.calls.map(({ body }) => body)).toEqual(['first', 'third']);
  });

  test.each([
    ['no HTTP at all', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['endless', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`],
  ])('an answer that is %s is unreadable', async (_, text) => {
    const raw = createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(text));
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(raw.address() as AddressInfo).port}/`;
    expect(await failureOf(local().request(call({ url })))).toMatchObject({
      kind: 'ambiguous',
      code: 'http.unreadable',
    });
    raw.close();
  });

  test('a receiver without TLS on https: it was certainly not taken', async () => {
    const url = `https://127.0.0.1:${desk.server.port}/`;
    expect(await failureOf(local().request(call({ url })))).toMatchObject({
      kind: 'refused_retryable',
      code: 'http.tls_failed',
    });
  });
});

test('what is thrown says code and kind, and nothing of what the receiver or the caller wrote', async () => {
  desk.server.answer = (response) => void response.writeHead(400).end('ada@example.com is wrong');
  const failure = await failureOf(local().request(call()));
  expect(failure.message).toBe(
    'The call was not made or not taken: http.status_4xx (refused_permanent).',
  );
  expect(failure.more.answer?.body).toBe('ada@example.com is wrong');
});
