import { createAddressPolicy } from '../../src/channels/http-address';

const open = createAddressPolicy();

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '2606:4700::1111',
  '2001:4860:4860::8888',
  '::ffff:8.8.8.8',
])('the public address %s may be reached', (address) => {
  expect(open.permits(address, 443)).toBe(true);
});

test.each([
  ['this network', '0.0.0.0', '0.1.2.3'],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ['carrier-grade NAT', '100.64.0.1', '100.127.255.255', '100.100.100.200'],
  ['loopback', '127.0.0.1', '127.255.255.255', '::1'],
  ['link-local', '169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
  ['multicast and broadcast', '224.0.0.1', '239.1.1.1', '255.255.255.255', 'ff02::1'],
  ['reserved', '240.0.0.1', '192.0.0.192', '192.88.99.1', '198.18.0.1', '198.19.255.255'],
  ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  ['IPv4 inside IPv6', '::ffff:127.0.0.1', '::ffff:a00:1', '::127.0.0.1', '::ffff:0:127.0.0.1'],
  ['translated', '64:ff9b::7f00:1', '64:ff9b:1::1', '2002:7f00:1::', '2001:0::1'],
  ['unique local', 'fc00::1', 'fd00:ec2::254', 'fec0::1', '::'],
  ['not assigned', '4000::1', '100::1', '5f00::1'],
  ['services of the host', '168.63.129.16'],
  ['no address', '', 'localhost', '1.2.3.4.5', 'nonsense'],
])('%s may not be reached: %s', (...[, ...addresses]) => {
  for (const address of addresses)
    expect([address, open.permits(address, 443)]).toEqual([address, false]);
});

test.each([80, 443, 8080, 8443])('port %i is one of the web', (port) => {
  expect(open.permits('1.1.1.1', port)).toBe(true);
});

test.each([0, 22, 25, 6379, 5432, 65_535])('port %i is none', (port) => {
  expect(open.permits('1.1.1.1', port)).toBe(false);
});

test('exceptions are hosts, hosts with a port, domains, addresses and blocks, and nothing beside them', () => {
  const policy = createAddressPolicy([
    'localhost:3000',
    'hooks.internal',
    '*.corp.example',
    '10.1.0.0/16',
    'fd00::/8',
    '127.0.0.1',
  ]);
  expect(policy.trustsHost('localhost', 3000)).toBe(true);
  expect(policy.trustsHost('localhost', 3001)).toBe(false);
  expect(policy.trustsHost('HOOKS.internal', 9999)).toBe(true);
  expect(policy.trustsHost('evilhooks.internal', 443)).toBe(false);
  expect(policy.trustsHost('a.b.corp.example', 443)).toBe(true);
  expect(policy.trustsHost('corp.example', 443)).toBe(false);
  expect(policy.trustsHost('xcorp.example', 443)).toBe(false);
  expect(policy.permits('10.1.255.1', 6379)).toBe(true);
  expect(policy.permits('10.2.0.1', 443)).toBe(false);
  expect(policy.permits('::ffff:10.1.0.1', 443)).toBe(true);
  expect(policy.permits('fd12::1', 443)).toBe(true);
  expect(policy.permits('127.0.0.1', 22)).toBe(true);
  expect(policy.permits('127.0.0.2', 443)).toBe(false);
  expect(policy.permits('1.1.1.1', 22)).toBe(false);
});

test.each(['http://localhost', 'a b', '10.0.0.0/99', '*', ''])(
  'the exception "%s" is refused when the channel is made',
  (entry) => {
    expect(() => createAddressPolicy([entry])).toThrow(/cannot be allowed: write a host/);
  },
);
