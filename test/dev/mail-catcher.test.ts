import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { type MailCatcher, startMailCatcher } from '../../src/dev/mail-catcher';
import type { CaughtMail } from '../../src/dev/caught-mail';
import { closedFolder, removeFolders } from './folders';

let catcher: MailCatcher;

beforeEach(async () => {
  catcher = await startMailCatcher();
});

afterEach(async () => {
  await catcher.stop();
  removeFolders();
});

async function send(mail: SendMailOptions): Promise<void> {
  const transport = createTransport(catcher.smtpUrl);
  await transport.sendMail({
    from: 'Shop <shop@example.com>',
    to: 'ada@example.com',
    text: 'Hello',
    ...mail,
  });
  transport.close();
}

async function inbox(path = '/dev/inbox.json'): Promise<CaughtMail[]> {
  return (await (await fetch(`${catcher.inboxUrl}${path}`)).json()) as CaughtMail[];
}

test('two identical mails are two, since nothing is de-duplicated', async () => {
  const mail = { subject: 'Twice', messageId: '<same@throughline>' };
  await send(mail);
  await send(mail);
  const mails = await inbox();
  expect(mails.map(({ subject, messageId }) => ({ subject, messageId }))).toEqual([
    { subject: 'Twice', messageId: '<same@throughline>' },
    { subject: 'Twice', messageId: '<same@throughline>' },
  ]);
});

test('mails are listed newest first, with recipient, sender, both bodies and instant', async () => {
  await send({ subject: 'first' });
  await send({
    subject: 'second',
    to: 'Bob <bob@example.com>',
    cc: 'eve@example.com',
    html: '<b>Hello</b>',
  });
  const [newest, oldest] = await inbox();
  expect(oldest).toMatchObject({
    subject: 'first',
    to: 'ada@example.com',
    from: 'shop@example.com',
    html: null,
  });
  expect(newest).toMatchObject({
    subject: 'second',
    to: 'bob@example.com, eve@example.com',
    text: 'Hello',
  });
  expect(newest?.html).toContain('<b>Hello</b>');
  expect(Math.abs(Date.now() - Date.parse(newest?.receivedAt ?? ''))).toBeLessThan(10_000);
});

test('headers that are not ASCII arrive readable', async () => {
  await send({
    subject: 'Größe ✓ 你好',
    headers: { 'X-Segment': 'Käufer' },
    from: 'Jürgen <j@example.com>',
  });
  const [mail] = await inbox();
  expect(mail?.subject).toBe('Größe ✓ 你好');
  expect(mail?.headers['x-segment']).toBe('Käufer');
  expect(mail?.headers.from).toBe('Jürgen <j@example.com>');
});

test('a header named like a built-in field is an ordinary header', async () => {
  await send({ headers: { __proto__x: 'y', constructor: 'z' } });
  expect((await inbox())[0]?.headers).toMatchObject({ constructor: 'z' });
});

test('a mail is looked up by its Message-ID, with or without angle brackets', async () => {
  await send({ messageId: '<a/b+c@throughline>', subject: 'Found' });
  for (const id of ['<a/b+c@throughline>', 'a/b+c@throughline']) {
    const response = await fetch(`${catcher.inboxUrl}/dev/messages/${encodeURIComponent(id)}`);
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ subject: 'Found' }),
    ]);
  }
  expect((await fetch(`${catcher.inboxUrl}/dev/messages/unknown`)).status).toBe(404);
});

test('an answer that is held back leaves the sender waiting, while the mail is there already', async () => {
  catcher.setDelay(1_500);
  const sent = send({ subject: 'Held' });
  let answered = false;
  void sent.then(() => {
    answered = true;
  });
  const deadline = Date.now() + 1_200;
  while (catcher.messages().length === 0 && Date.now() < deadline)
    await new Promise((done) => setTimeout(done, 20));
  expect(catcher.messages().map(({ subject }) => subject)).toEqual(['Held']);
  expect(answered).toBe(false);
  await sent;
});

test('a sender that vanishes in the middle of a mail leaves none, and the catcher goes on', async () => {
  const socket = connect(Number(new URL(catcher.smtpUrl).port), '127.0.0.1');
  await once(socket, 'data');
  for (const line of ['EHLO x', 'MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'DATA']) {
    socket.write(`${line}\r\n`);
    await once(socket, 'data');
  }
  socket.write('Subject: half\r\n\r\nnever fin');
  socket.resetAndDestroy();
  await send({ subject: 'whole' });
  expect((await inbox()).map(({ subject }) => subject)).toEqual(['whole']);
});

test('asked for what came after a number, the inbox leaves the rest out', async () => {
  for (const subject of ['first', 'second', 'third']) await send({ subject });
  const subjects = async (path: string) => (await inbox(path)).map(({ subject }) => subject);
  expect(await subjects('/dev/inbox.json?after=1')).toEqual(['third', 'second']);
  expect(await subjects('/dev/inbox.json?after=soon')).toHaveLength(3);
});

test('a catcher that was ended before it answered knows the mail at the next start, and counts on', async () => {
  const file = join(closedFolder(), 'mails.ndjson');
  await catcher.stop();
  catcher = await startMailCatcher({ file, delayMs: 60_000 });
  const sent = send({ subject: 'Unanswered', messageId: '<in-doubt@throughline>' });
  sent.catch(() => undefined);
  while (catcher.messages().length === 0) await new Promise((done) => setTimeout(done, 20));
  await catcher.stop();
  await expect(sent).rejects.toBeInstanceOf(Error);

  catcher = await startMailCatcher({ file });
  const lookUp = await fetch(`${catcher.inboxUrl}/dev/messages/in-doubt@throughline`);
  expect(lookUp.status).toBe(200);
  await send({ subject: 'Next' });
  expect((await inbox()).map(({ number, subject }) => [number, subject])).toEqual([
    [2, 'Next'],
    [1, 'Unanswered'],
  ]);
});

test('a mail that cannot be noted is refused for now', async () => {
  const folder = closedFolder();
  await catcher.stop();
  catcher = await startMailCatcher({ file: join(folder, 'mail', 'mails.ndjson') });
  rmSync(join(folder, 'mail'), { recursive: true });
  await expect(send({ subject: 'Lost' })).rejects.toMatchObject({ responseCode: 450 });
  expect(catcher.messages()).toEqual([]);
});

test('people get a page, on which nothing of a mail can run', async () => {
  await send({
    subject: '<script>alert(1)</script>',
    html: '<img src="http://tracker.example/x"><script>1</script>',
  });
  const headers = { accept: 'text/html' };
  const list = await fetch(catcher.inboxUrl, { headers });
  const page = await list.text();
  expect(list.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page).toContain('&lt;script&gt;alert(1)');
  expect(page).not.toContain('<script');
  const shown = await (await fetch(`${catcher.inboxUrl}/mail/1`, { headers })).text();
  expect(shown).toContain('<iframe sandbox title');
  expect(shown).not.toContain('<script');
  expect(shown).not.toContain('<img');
  const body = await fetch(`${catcher.inboxUrl}/mail/1/body`, { headers });
  expect(await body.text()).toContain('<img');
  expect(body.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none';/);
});

test('programs get JSON at the base address', async () => {
  await send({ subject: 'One' });
  expect((await inbox('')).map(({ subject }) => subject)).toEqual(['One']);
});

test('a page of another site cannot read the inbox under a name of its own', async () => {
  const { port } = new URL(catcher.inboxUrl);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('GET /dev/inbox.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 403/);
  socket.destroy();
});
