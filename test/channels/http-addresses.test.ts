/** Which addresses a call may reach: as written, as a name server says, and as the socket is connected. */
import type { HttpChannelOptions } from '../../src/channels/http';
import { startReceivingServer } from '../support/http';
import { channelFixture, failureOf, names } from './channel-fixture';

const desk = channelFixture();
const { channel, local, call } = desk;

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
      channel().request(call({ url: `http://${host}:${desk.server.port}/` })),
    );
    expect(failure).toMatchObject({ kind: 'blocked', code: 'http.blocked_address' });
    expect(desk.server.connections()).toBe(0);
  });

  test('a name that leads to this machine is refused', async () => {
    const url = `http://localhost:${desk.server.port}/`;
    expect(await failureOf(channel().request(call({ url })))).toMatchObject({
      kind: 'blocked',
      code: 'http.blocked_address',
    });
    expect(desk.server.connections()).toBe(0);
  });

  test.each([
    ['the only answer', ['127.0.0.1']],
    ['one of several answers', ['93.184.216.34', '127.0.0.1']],
    ['mapped into IPv6', ['::ffff:127.0.0.1']],
  ])('a name with a private address is refused: %s', async (_, addresses) => {
    const http = channel({ lookup: names(addresses) });
    const url = `http://rebind.example:${desk.server.port}/`;
    expect(await failureOf(http.request(call({ url })))).toMatchObject({
      kind: 'blocked',
      code: 'http.blocked_address',
    });
    expect(desk.server.connections()).toBe(0);
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
    const url = `http://two-faced.example:${desk.server.port}/`;
    const policyPort = channel({ allow: ['93.184.216.34'], lookup });
    expect(await failureOf(policyPort.request(call({ url })))).toMatchObject({
      code: 'http.blocked_address',
      detail: expect.stringContaining('two-faced.example (127.0.0.1)'),
    });
    expect(desk.server.connections()).toBe(1);
    expect(desk.server.calls).toEqual([]);
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
    const url = `http://localhost:${desk.server.port}/`;
    const http = channel({
      allow: [`localhost:${desk.server.port}`],
      lookup: names(['127.0.0.1']),
    });
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
    desk.server.answer = (response) =>
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
