import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { DeliveryError, type EmailChannel, type EmailMessage } from '../../src/channels/email';
import { createSmtpChannel } from '../../src/channels/smtp';
import { startMailCatcher } from '../../src/dev/mail-catcher';
import { type FaultyMailServer, startFaultyMailServer } from '../support/smtp';

const MAIL: EmailMessage = {
  messageId: '<abc@shop.example>',
  from: { name: 'The Shop, Inc.', email: 'shop@shop.example' },
  to: 'ada@example.com',
  replyTo: 'help@shop.example',
  subject: 'Grüße, Ada',
  html: '<p>Hi</p>',
  text: 'Hi',
  date: '2026-03-27T12:00:00.000Z',
};

let server: FaultyMailServer;
let channel: EmailChannel;
beforeEach(async () => {
  server = await startFaultyMailServer();
  channel = createSmtpChannel({ url: server.url, maxConnections: 2 });
});
afterEach(async () => {
  channel.close();
  await server.stop();
});

async function failureOf(work: Promise<unknown>): Promise<DeliveryError> {
  const failure = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (failure instanceof DeliveryError) return failure;
  throw new Error(`Expected a DeliveryError, not ${String(failure)}`);
}

test('a mail arrives complete, under the Message-ID given', async () => {
  await expect(channel.send(MAIL, 5_000.5)).resolves.toEqual({
    response: expect.stringMatching(/^250/),
  });
  const [mail] = server.mails;
  expect(mail?.to).toEqual(['ada@example.com']);
  expect(mail?.raw).toMatch(/^Message-ID: <abc@shop\.example>\r$/m);
  expect(mail?.raw).toMatch(/^From: "The Shop, Inc\." <shop@shop\.example>\r$/m);
  expect(mail?.raw).toMatch(/^Reply-To: help@shop\.example\r$/m);
  expect(mail?.raw).toMatch(/^Date: Fri, 27 Mar 2026 12:00:00 \+0000\r$/m);
});

test('a mail that can be unsubscribed from says so in one piece', async () => {
  const unsubscribeUrl = `https://journeys.example.com/u/${'x'.repeat(200)}`;
  await channel.send({ ...MAIL, unsubscribeUrl }, 5_000);
  await channel.send(MAIL, 5_000);
  const [mail, other] = server.mails;
  expect(mail?.raw).toContain(`List-Unsubscribe: <${unsubscribeUrl}>\r\n`);
  expect(mail?.raw).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
  expect(other?.raw).not.toContain('List-');
});

test('another attempt sends the same bytes', async () => {
  await channel.send(MAIL, 5_000);
  const other = createSmtpChannel({ url: server.url });
  await other.send(MAIL, 5_000);
  other.close();
  expect(server.mails[1]?.raw).toBe(server.mails[0]?.raw);
});

test('connections are pooled, and more mails than connections all arrive', async () => {
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      channel.send({ ...MAIL, messageId: `<${index}@x>` }, 5_000),
    ),
  );
  expect(server.mails).toHaveLength(30);
  expect(server.connections()).toBeLessThanOrEqual(2);
});

test.each([
  [550, 'refused_permanent'],
  [553, 'refused_permanent'],
  [450, 'refused_retryable'],
  [421, 'refused_retryable'],
] as const)('a recipient refused with %i is %s', async (code, kind) => {
  server.recipientCode = code;
  expect(await failureOf(channel.send(MAIL, 5_000))).toMatchObject({
    kind,
    code: `smtp.${code}`,
    response: expect.stringContaining(`refused with ${code}`),
  });
  expect(server.mails).toHaveLength(0);
});

test.each([
  [554, 'refused_permanent'],
  [451, 'refused_retryable'],
] as const)('content refused with %i is %s', async (code, kind) => {
  server.ending = { code };
  expect(await failureOf(channel.send(MAIL, 5_000))).toMatchObject({ kind, code: `smtp.${code}` });
});

test('a connection lost before the content is no doubt: nothing was taken', async () => {
  server.hangUpBeforeData = true;
  expect(await failureOf(channel.send(MAIL, 5_000))).toMatchObject({ kind: 'refused_retryable' });
});

test('an attempt is one conversation, also where an older connection turns out to be dead', async () => {
  await channel.send(MAIL, 5_000);
  const before = server.connections();
  server.hangUpBeforeData = true;
  expect(await failureOf(channel.send(MAIL, 5_000))).toMatchObject({ kind: 'refused_retryable' });
  expect(server.connections()).toBe(before);
});

test('a connection lost after the content is ambiguous, and nothing is sent a second time', async () => {
  server.ending = 'accept_and_hang_up';
  expect(await failureOf(channel.send(MAIL, 5_000))).toMatchObject({ kind: 'ambiguous' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(server.mails).toHaveLength(1);
});

test('a connection lost after the content is ambiguous on a connection that was used before, too', async () => {
  await channel.send(MAIL, 5_000);
  server.ending = 'accept_and_hang_up';
  expect(await failureOf(channel.send(MAIL, 5_000))).toMatchObject({ kind: 'ambiguous' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(server.mails).toHaveLength(2);
});

test('a server that never answers the content is ambiguous when the attempt is over, not later', async () => {
  server.ending = 'stall';
  expect(await failureOf(channel.send(MAIL, 500))).toMatchObject({ kind: 'ambiguous' });
});

test('a mail that waits for a free connection until its attempt is over was not taken', async () => {
  server.ending = 'stall';
  const stalled = [channel.send(MAIL, 1_000), channel.send(MAIL, 1_000)].map(failureOf);
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.ending = 'accept';
  expect(await failureOf(channel.send({ ...MAIL, messageId: '<late@x>' }, 300))).toMatchObject({
    kind: 'refused_retryable',
  });
  await Promise.all(stalled);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(server.mails).toHaveLength(0);
});

test('a process that was stopped in the middle does not hand the mail over when it wakes', async () => {
  const now = jest.spyOn(Date, 'now');
  const before = Date.now();
  const sending = failureOf(channel.send(MAIL, 5_000));
  now.mockReturnValue(before + 60_000);
  const failure = await sending;
  now.mockRestore();
  expect(failure.kind).toBe('refused_retryable');
  expect(server.mails).toHaveLength(0);
});

test('nobody at the address is no doubt', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const lonely = createSmtpChannel({ url: `smtp://127.0.0.1:${port}` });
  expect(await failureOf(lonely.send(MAIL, 5_000))).toMatchObject({ kind: 'refused_retryable' });
  lonely.close();
});

test('after failures the channel goes on', async () => {
  server.ending = 'hang_up';
  await Promise.all([1, 2, 3].map(() => failureOf(channel.send(MAIL, 5_000))));
  server.ending = 'accept';
  await channel.send(MAIL, 5_000);
  expect(server.mails).toHaveLength(1);
});

test('what is no plain address is refused before anything is sent', async () => {
  for (const wrong of [{ to: 'ada@example.com, bo@example.com' }, { replyTo: 'Ada' }]) {
    expect(await failureOf(channel.send({ ...MAIL, ...wrong }, 5_000))).toMatchObject({
      ...{ kind: 'refused_permanent', code: 'email.invalid_address' },
    });
  }
  expect(server.mails).toEqual([]);
});

test.each([
  ['subject', { subject: 'Hi\r\nBcc: evil@example.com' }],
  ['subject with a bare line feed', { subject: 'Hi\nBcc: evil@example.com' }],
  ['sender name', { from: { name: 'Shop\r\nBcc: evil@example.com', email: 'shop@shop.example' } }],
  ['NUL', { subject: 'Hi\0' }],
  ['recipient', { to: 'ada@example.com\r\nBcc: evil@example.com' }],
  ['list of recipients', { to: 'ada@example.com, evil@example.com' }],
  ['recipient with a name', { to: 'Ada <ada@example.com>' }],
  ['reply address', { replyTo: 'a@example.com>\r\nX: y' }],
  ['unsubscribe address', { unsubscribeUrl: 'https://x.example>\r\nX: y' }],
  ['Message-ID', { messageId: '<a@b>\r\nX: y' }],
])('a header injected by the %s is refused before anything is sent', async (_name, injected) => {
  expect(await failureOf(channel.send({ ...MAIL, ...injected }, 5_000))).toMatchObject({
    kind: 'refused_permanent',
  });
  expect(server.connections()).toBe(0);
});

test('a mail is looked up by its Message-ID', async () => {
  const catcher = await startMailCatcher();
  const asking = createSmtpChannel({
    url: catcher.smtpUrl,
    mailLookUpUrl: `${catcher.inboxUrl}/dev/messages/`,
  });
  expect(await asking.lookUp?.(MAIL.messageId)).toBe('absent');
  await asking.send(MAIL, 5_000);
  expect(await asking.lookUp?.(MAIL.messageId)).toBe('accepted');
  await catcher.stop();
  expect(await asking.lookUp?.(MAIL.messageId)).toBe('unknown');
  asking.close();
});

test('without an address to ask there is no look-up', () => {
  expect(channel.lookUp).toBeUndefined();
});
