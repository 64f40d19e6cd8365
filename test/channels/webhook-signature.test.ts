import { Webhook } from 'standardwebhooks';
import { signWebhook } from '../../src/channels/webhook-signature';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const id = '018f0000-0000-7000-8000-000000000001:crm:1';
const body = '{"name":"Zoë"}';
const now = () => Math.floor(Date.now() / 1_000);
const sign = (more: object = {}) => signWebhook({ id, timestamp: now(), body, secret, ...more });

test('the example of the specification has its signature', () => {
  const signed = signWebhook({
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  });
  expect(signed).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a receiver with the library of the specification accepts it', () => {
  expect(new Webhook(secret).verify(body, { ...sign() })).toEqual({ name: 'Zoë' });
});

test('with two secrets receivers with either accept it', () => {
  const headers = { ...sign({ secret: `${secret} ${other}` }) };
  expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
  expect(() => new Webhook(other).verify(body, headers)).not.toThrow();
});

test.each([
  ['another secret', () => new Webhook(other).verify(body, { ...sign() })],
  ['another body', () => new Webhook(secret).verify(`${body} `, { ...sign() })],
  ['another id', () => new Webhook(secret).verify(body, { ...sign(), 'webhook-id': 'x' })],
  ['an old one', () => new Webhook(secret).verify(body, { ...sign({ timestamp: now() - 301 }) })],
])('a receiver refuses %s', (_, verify) => {
  expect(verify).toThrow(/signature|timestamp/i);
});

test.each([
  '',
  'secret',
  'whsec_',
  'whsec_c2hvcnQ=',
  'whsec_not base64!',
  `whsec_${'A'.repeat(100)}`,
])('"%s" is no secret, and the message does not repeat it', (bad) => {
  expect(() => sign({ secret: bad })).toThrow(/24 to 64 random bytes in base64/);
});

test('an id with a dot is refused, since the dot separates what is signed', () => {
  expect(() => sign({ id: 'a.1' })).toThrow(/holds a dot/);
});
