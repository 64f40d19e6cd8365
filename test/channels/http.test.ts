import type { LookupAddress } from 'node:dns';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import {
  createHttpChannel,
  type HttpCall,
  type HttpChannel,
  type HttpChannelOptions,
} from '../../src/channels/http';
import { HttpError } from '../../src/channels/http-error';
import { eventually } from '../support/eventually';
import { type ReceivingServer, startReceivingServer } from '../support/http';

let server: ReceivingServer;
const channels: HttpChannel[] = [];

beforeEach(async () => {
  server = await startReceivingServer();
});
afterEach(async () => {
  await Promise.all(channels.splice(0).map((channel) => channel.close()));
  await server.close();
});

function channel(options: HttpChannelOptions = {}): HttpChannel {
  const made = createHttpChannel(options);
  channels.push(made);
  return made;
}

const local = () => channel({ allow: ['127.0.0.1'] });
const call = (more: Partial<HttpCall> = {}): HttpCall => ({
  method: 'POST',
  url: `${server.url}/hook`,
  headers: {},
  body: 'hello',
  timeoutMs: 5_000,
  ...more,
});

async function failureOf(work: Promise<unknown>): Promise<HttpError> {
  const outcome = await work.then(
    (answer) => new Error(`It did not fail, but answered ${JSON.stringify(answer)}.`),
    (error: unknown) => error,
  );
  if (outcome instanceof HttpError) return outcome;
  throw outcome;
}

const names =
  (...answers: readonly (readonly string[])[]): NonNullable<HttpChannelOptions['lookup']> =>
  (_host, _options, callback) => {
    const addresses = (answers.length > 1 ? (answers as string[][]).shift() : answers[0]) ?? [];
    callback(
      null,
      addresses.map(
        (address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }),
      ),
    );
  };

test('a call reaches the receiver as it was asked and brings its answer', async () => {
  server.answer = (response) => {
    response.writeHead(201, { 'X-Request-Id': 'r1', 'Content-Type': 'application/json' });
    response.end('{"id":7}');
  };
  const headers = { 'X-One': '1', 'content-type': 'application/json' };
  const answer = await local().request(call({ url: `${server.url}/a?b=c#d`, headers }));
  expect(answer).toMatchObject({ status: 201, body: '{"id":7}', cut: null });
  expect(answer.headers['x-request-id']).toBe('r1');
  expect(server.calls).toMatchObject([
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
        host: `127.0.0.1:${server.port}`,
      },
    },
  ]);
});

test('calls to one origin share connections', async () => {
  const http = local();
  for (let n = 0; n < 5; n += 1) await http.request(call());
  expect(server.connections()).toBeLessThan(3);
});

describe('addresses', () => {
  const literals = [
    '127.0.0.1',
    '127.1',
    '0',
    '0.0.0.0',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '127.0.0.1.',
    '①②⑦.0.0.1',
    '%31%32%37.0.0.1',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:7f00:0001]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '10.0.0.1',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '100.100.100.200',
  ];

  test.each(literals)('the literal %s is refused before anything is connected', async (host) => {
    const failure = await failureOf(
      channel().request(call({ url: `http://${host}:${server.port}/` })),
    );
    expect(failure).toMatchObject({ kind: 'blocked', code: 'http.blocked_address' });
    expect(server.connections()).toBe(0);
  });

  test('a name that leads to this machine is refused', async () => {
    const url = `http://localhost:${server.port}/`;
    expect(await failureOf(channel().request(call({ url })))).toMatchObject({
      kind: 'blocked',
      code: 'http.blocked_address',
    });
    expect(server.connections()).toBe(0);
  });

  test.each([
    ['the only answer', ['127.0.0.1']],
    ['one of several answers', ['93.184.216.34', '127.0.0.1']],
    ['mapped into IPv6', ['::ffff:127.0.0.1']],
  ])('a name with a private address is refused: %s', async (_, addresses) => {
    const http = channel({ lookup: names(addresses) });
    const url = `http://rebind.example:${server.port}/`;
    expect(await failureOf(http.request(call({ url })))).toMatchObject({
      kind: 'blocked',
      code: 'http.blocked_address',
    });
    expect(server.connections()).toBe(0);
  });

  test('a name that changes to a private address between two calls is refused at the second', async () => {
    const lookup = names(['127.0.0.2'], ['127.0.0.1']);
    const second = await startReceivingServer('127.0.0.2');
    const http = channel({ allow: ['127.0.0.2'], lookup });
    const url = `http://rebind.example:${second.port}/`;
    second.answer = (response) => void response.writeHead(200, { connection: 'close' }).end();
    expect(await http.request(call({ url }))).toMatchObject({ status: 200 });
    expect(await failureOf(http.request(call({ url })))).toMatchObject({
      code: 'http.blocked_address',
    });
    expect(second.calls).toHaveLength(1);
    await second.close();
  });

  test('the address of the socket is judged too, whatever the look-up said', async () => {
    // Judged as the one address, connected to as the other.
    const twoFaced = { family: 4, asked: 0 };
    const lookup: NonNullable<HttpChannelOptions['lookup']> = (_host, _options, callback) =>
      callback(null, [
        Object.defineProperty({ ...twoFaced, address: '' }, 'address', {
          get: () => ((twoFaced.asked += 1), twoFaced.asked === 1 ? '93.184.216.34' : '127.0.0.1'),
        }),
      ]);
    const url = `http://two-faced.example:${server.port}/`;
    const policyPort = channel({ allow: ['93.184.216.34'], lookup });
    expect(await failureOf(policyPort.request(call({ url })))).toMatchObject({
      code: 'http.blocked_address',
      detail: expect.stringContaining('two-faced.example (127.0.0.1)'),
    });
    expect(server.connections()).toBe(1);
    expect(server.calls).toEqual([]);
  });

  test('a port that is none of the web is refused, also at a public address', async () => {
    const lookup = names(['93.184.216.34']);
    for (const url of ['http://93.184.216.34:6379/', 'http://public.example:22/']) {
      expect(await failureOf(channel({ lookup }).request(call({ url })))).toMatchObject({
        code: 'http.blocked_address',
      });
    }
  });

  test('a host that is allowed by name may be private', async () => {
    const url = `http://localhost:${server.port}/`;
    const http = channel({ allow: [`localhost:${server.port}`], lookup: names(['127.0.0.1']) });
    expect(await http.request(call({ url }))).toMatchObject({ status: 200 });
  });

  test.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'data:text/plain,x',
    'javascript:1',
    '//example.com',
    '/hook',
    '',
    'http://',
    'http://user@example.com/',
    'http://user:secret@example.com/',
    'http://[fe80::1%25eth0]/',
    `http://example.com/${'x'.repeat(9_000)}`,
  ])('%s is no address to call', async (url) => {
    const failure = await failureOf(channel().request(call({ url })));
    expect(failure).toMatchObject({ kind: 'blocked', code: 'http.invalid_url' });
    expect(failure.message).not.toContain('secret');
  });

  test('a redirect is not followed', async () => {
    const target = await startReceivingServer();
    server.answer = (response) =>
      void response.writeHead(307, { location: `${target.url}/secrets` }).end();
    expect(await failureOf(local().request(call()))).toMatchObject({
      kind: 'refused_permanent',
      code: 'http.status_3xx',
      more: { answer: { status: 307 } },
    });
    expect(target.connections()).toBe(0);
    await target.close();
  });

  test('proxies of the environment are not used', async () => {
    const proxy = await startReceivingServer();
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: proxy.url, http_proxy: proxy.url, NO_PROXY: '' });
    try {
      expect(await local().request(call())).toMatchObject({ status: 200 });
      expect(proxy.connections()).toBe(0);
    } finally {
      process.env = before;
      await proxy.close();
    }
  });
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
    expect(server.connections()).toBe(0);
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
    server.answer = (response) => void response.writeHead(status).end();
    expect(await failureOf(local().request(call()))).toMatchObject({ kind, code });
  });

  test.each([
    ['120', 120_000],
    ['0', 0],
    [new Date(0).toUTCString(), 0],
    ['soon', undefined],
  ])('Retry-After: %s is a hint', async (header, ms) => {
    server.answer = (response) => void response.writeHead(429, { 'retry-after': header }).end();
    expect((await failureOf(local().request(call()))).more.retryAfterMs).toBe(ms);
  });

  test('a body that is too large is cut, and no more of it is read', async () => {
    let written = 0;
    server.answer = (response) => {
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
    server.answer = (response, _call, socket) => {
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
    server.answer = (response) => {
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
    server.answer = (response) => void response.writeHead(200, { 'content-type': type }).end(bytes);
    expect((await local().request(call())).body).toBe(text);
  });
});

describe('interruptions', () => {
  test('a receiver that never answers: it may have taken the call', async () => {
    server.answer = () => undefined;
    const failure = await failureOf(local().request(call({ timeoutMs: 200 })));
    expect(failure).toMatchObject({ kind: 'ambiguous', code: 'http.timeout' });
  });

  test('a receiver that hangs up after it was asked: it may have taken the call', async () => {
    server.answer = (_response, _call, socket) => void socket.destroy();
    expect(await failureOf(local().request(call()))).toMatchObject({
      kind: 'ambiguous',
      code: 'http.interrupted',
    });
    expect(server.calls).toHaveLength(1);
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
    server.answer = (response) => void held.push(() => void response.end('late'));
    const http = channel({ allow: ['127.0.0.1'], connections: 1 });
    const first = http.request(call({ body: 'first' }));
    await eventually('the first call arrived', async () => server.calls.length === 1);
    expect(await failureOf(http.request(call({ body: 'second', timeoutMs: 150 })))).toMatchObject({
      kind: 'refused_retryable',
      code: 'http.timeout',
    });
    for (const release of held) release();
    expect(await first).toMatchObject({ body: 'late' });
    server.answer = (response) => void response.end();
    await http.request(call({ body: 'third' }));
    expect(server.calls.map(({ body }) => body)).toEqual(['first', 'third']);
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
    const url = `https://127.0.0.1:${server.port}/`;
    expect(await failureOf(local().request(call({ url })))).toMatchObject({
      kind: 'refused_retryable',
      code: 'http.tls_failed',
    });
  });
});

test('what is thrown says code and kind, and nothing of what the receiver or the caller wrote', async () => {
  server.answer = (response) => void response.writeHead(400).end('ada@example.com is wrong');
  const failure = await failureOf(local().request(call()));
  expect(failure.message).toBe(
    'The call was not made or not taken: http.status_4xx (refused_permanent).',
  );
  expect(failure.more.answer?.body).toBe('ada@example.com is wrong');
});
