import { request as rawRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import nodemailer from 'nodemailer';
import request from 'supertest';
import type { Database } from '../../src/db/client';
import { type MailCatcher, startMailCatcher } from '../../src/dev/mail-catcher';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { createApp } from '../../src/http/app';
import { createLogger } from '../../src/log';
import { expectProblem } from './api';

let catcher: MailCatcher;
const closing: (() => void)[] = [];
beforeAll(async () => {
  catcher = await startMailCatcher({});
});
afterAll(async () => {
  for (const close of closing) close();
  await catcher.stop();
});

/** The API with this inbox; the inbox needs nothing else of it. */
function startApi(inboxUrl?: string): string {
  const server = createApp({
    db: {} as Database,
    enrollments: { tryStart: async () => null },
    steering: { tell: async () => undefined },
    evaluators: createEvaluators(),
    wakeRelay: () => undefined,
    ready: async () => ({ database: true, temporal: true }),
    log: createLogger('test', 'silent'),
    inboxUrl,
  }).listen(0);
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('in development the API lists the caught mail, the newest first, without a key', async () => {
  const transport = nodemailer.createTransport(catcher.smtpUrl);
  for (const subject of ['First', 'Second'])
    await transport.sendMail({
      from: 'shop@example.com',
      to: 'ada@example.com',
      subject,
      html: '<p>Hi</p>',
      text: 'Hi',
    });
  transport.close();
  const answer = await request(startApi(catcher.inboxUrl)).get('/dev/inbox.json');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.body).toMatchObject([
    {
      to: 'ada@example.com',
      from: 'shop@example.com',
      subject: 'Second',
      text: 'Hi',
      html: expect.stringContaining('<p>Hi</p>'),
      headers: { subject: 'Second' },
      receivedAt: expect.stringMatching(/Z$/),
    },
    { subject: 'First' },
  ]);
});

test('without a catcher there is no such address', async () => {
  expectProblem(await request(startApi()).get('/dev/inbox.json'), 404, 'route.not_found');
});

test('a catcher that does not answer is a problem', async () => {
  const answer = await request(startApi('http://127.0.0.1:9')).get('/dev/inbox.json');
  expectProblem(answer, 503, 'service.unavailable');
});

test('a name that somebody else pointed at this machine is refused', async () => {
  const address = new URL('/dev/inbox.json', startApi(catcher.inboxUrl));
  const status = await new Promise((resolve, reject) => {
    const asked = rawRequest(address, { headers: { host: 'evil.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end();
  });
  expect(status).toBe(403);
});
