import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DeliveryError, type EmailChannel, type LookUpAnswer } from '../../src/channels/email';
import { createSmtpChannel } from '../../src/channels/smtp';
import { closeEnrollment } from '../../src/db/enrollments';
import { recordEvent } from '../../src/db/events';
import { eventually } from '../support/eventually';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { deliveryOf, type SendCase, sendCase, sender } from '../support/sends';
import { type FaultyMailServer, startFaultyMailServer } from '../support/smtp';

let t: TestDatabase;
let server: FaultyMailServer;
let smtp: EmailChannel;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());
beforeEach(async () => {
  server = await startFaultyMailServer();
  smtp = createSmtpChannel({ url: server.url });
});
afterEach(async () => {
  smtp.close();
  await server.stop();
});

const given = (data?: object, contact?: object) => sendCase(t.db, t.workspaceId, data, contact);
const delivery = (of: SendCase) => deliveryOf(t.db, of);
const key = (of: SendCase) => `${of.enrollmentId}:mail:1`;
/** The same connections, asked about by a list that the test keeps. */
const answering = (answer: LookUpAnswer | (() => LookUpAnswer)): EmailChannel => ({
  ...smtp,
  lookUp: async () => (typeof answer === 'function' ? answer() : answer),
});
const lookingUp = () => answering(() => (server.mails.length > 0 ? 'accepted' : 'absent'));

/** Makes the claim older than any connection of its attempt. */
const age = (of: SendCase, interval = '1 minute') =>
  t.admin`update deliveries set claimed_at = claimed_at - ${interval}::interval where enrollment_id = ${of.enrollmentId}`;

async function failure(
  work: Promise<unknown>,
): Promise<{ type?: string; nonRetryable?: boolean; nextRetryDelay?: number; message: string }> {
  return work.then(
    (result) => {
      throw new Error(`It did not fail, but answered ${JSON.stringify(result)}.`);
    },
    (error: { type?: string; message: string }) => error,
  );
}

const event = (of: SendCase, type: string, more: object = {}) =>
  t.db.inWorkspace(of.workspaceId, (tx) =>
    recordEvent(tx, {
      contactId: of.contactId,
      type,
      occurredAt: new Date('2026-03-01T08:30:00Z'),
      receivedAt: new Date('2026-03-01T08:30:00Z'),
      ...more,
    }),
  );

test('a mail is sent once, and its row says what was sent', async () => {
  const of = await given();
  const send = sender(t.db, smtp);
  expect(await send(of)).toEqual({ outcome: 'sent', deliveryKey: key(of) });
  expect(await send(of)).toEqual({ outcome: 'sent', deliveryKey: key(of) });
  expect(server.mails).toHaveLength(1);
  const row = await delivery(of);
  expect(row).toMatchObject({
    status: 'sent',
    attempt: 1,
    effectKey: key(of),
    channel: 'email',
    provider: 'smtp',
    purpose: 'marketing',
    subject: 'Hi Ada',
    contactId: of.contactId,
    nodeId: 'mail',
    visit: 1,
    resolution: null,
    providerResponse: expect.stringMatching(/^250/),
    request: {
      subject: 'Hi Ada',
      text: 'Your cart is waiting.',
      from: { name: 'Shop', email: 'shop@shop.example' },
    },
  });
  expect(row.sentAt).not.toBeNull();
  expect(row.messageId).toMatch(/^<[0-9a-f]{40}@shop\.example>$/);
  expect(server.mails[0]?.raw).toContain(`Message-ID: ${row.messageId}`);
});

test('of ten attempts at once one sends', async () => {
  const of = await given();
  server.ending = 'accept_late';
  const send = sender(t.db, smtp);
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => send(of)));
  expect(server.mails).toHaveLength(1);
  const types = answers.map((answer) =>
    answer.status === 'fulfilled' ? answer.value.outcome : (answer.reason as { type: string }).type,
  );
  expect(types.filter((type) => type === 'sent').length).toBeGreaterThanOrEqual(1);
  expect(types.filter((type) => type !== 'sent' && type !== 'email.in_doubt')).toEqual([]);
  expect(await delivery(of)).toMatchObject({ status: 'sent', attempt: 1 });
  expect(await send(of)).toMatchObject({ outcome: 'sent' });
});

test('a lost answer is unknown, looked up, and not sent twice', async () => {
  const of = await given();
  server.ending = 'accept_and_hang_up';
  const send = sender(t.db, lookingUp());
  expect(await failure(send(of))).toMatchObject({ type: 'email.unknown', nonRetryable: false });
  expect(await delivery(of)).toMatchObject({
    status: 'unknown',
    resolution: null,
    providerResponse: expect.stringContaining('smtp.'),
  });
  server.ending = 'accept';
  expect(await send(of)).toEqual({ outcome: 'sent', deliveryKey: key(of) });
  expect(await delivery(of)).toMatchObject({ status: 'sent', attempt: 1, resolution: 'found' });
  expect((await delivery(of)).resolvedAt).not.toBeNull();
  expect(server.mails).toHaveLength(1);
});

test('absent is believed only when the older attempt can no longer hand the mail over', async () => {
  const of = await given();
  server.ending = 'hang_up';
  const send = sender(t.db, lookingUp());
  expect(await failure(send(of))).toMatchObject({ type: 'email.unknown' });
  server.ending = 'accept';
  const early = await failure(send(of));
  expect(early).toMatchObject({ type: 'email.in_doubt', nonRetryable: false });
  expect(early.nextRetryDelay).toBeGreaterThan(5_000);
  expect(early.nextRetryDelay).toBeLessThanOrEqual(8_000);
  expect(server.mails).toHaveLength(0);
  await age(of);
  expect(await send(of)).toMatchObject({ outcome: 'sent' });
  expect(server.mails).toHaveLength(1);
  expect(await delivery(of)).toMatchObject({
    status: 'sent',
    attempt: 2,
    resolution: 'absent_resent',
  });
});

test('what is sent again is the stored mail, whatever has changed since', async () => {
  const of = await given();
  const sent: string[] = [];
  const recording: EmailChannel = {
    ...answering('absent'),
    send: async (message) => {
      sent.push(JSON.stringify(message));
      if (sent.length === 1) throw new DeliveryError('ambiguous', 'smtp.test', 'lost');
      return { response: '250' };
    },
  };
  const send = sender(t.db, recording);
  await failure(send(of));
  await t.admin`update contacts set first_name = 'Somebody else', email = 'other@example.com' where id = ${of.contactId}`;
  await age(of);
  await send(of);
  const [first, second] = sent.map((text) => JSON.parse(text) as object);
  expect(second).toEqual(first);
  expect(first).toMatchObject({ subject: 'Hi Ada' });
});

describe('when nobody can be asked', () => {
  const ambiguous = async (data: object) => {
    const of = await given(data);
    server.ending = 'accept_and_hang_up';
    await failure(sender(t.db, smtp)(of));
    expect(await failure(sender(t.db, smtp)(of))).toMatchObject({ type: 'email.in_doubt' });
    await age(of);
    server.ending = 'accept';
    return of;
  };

  test('marketing is held: the delivery stays unknown and nothing is sent', async () => {
    const of = await ambiguous({});
    expect(await sender(t.db, smtp)(of)).toEqual({
      outcome: 'unknown',
      reason: 'hold',
      deliveryKey: key(of),
    });
    expect(await delivery(of)).toMatchObject({ status: 'unknown', resolution: null });
    expect(server.mails).toHaveLength(1);
  });

  test('continue goes on without sending', async () => {
    const of = await ambiguous({ onUnknown: 'continue' });
    expect(await sender(t.db, smtp)(of)).toEqual({
      outcome: 'unknown',
      reason: 'continue',
      deliveryKey: key(of),
    });
    expect(server.mails).toHaveLength(1);
  });

  test('a transactional mail is sent once more, and only once', async () => {
    const of = await ambiguous({ purpose: 'transactional' });
    server.ending = 'accept_and_hang_up';
    expect(await failure(sender(t.db, smtp)(of))).toMatchObject({ type: 'email.unknown' });
    expect(await delivery(of)).toMatchObject({
      status: 'unknown',
      attempt: 2,
      resolution: 'resent',
    });
    await age(of);
    expect(await sender(t.db, smtp)(of)).toMatchObject({ outcome: 'unknown', reason: 'continue' });
    expect(server.mails).toHaveLength(2);
  });

  test('an event about the message proves that it arrived', async () => {
    const of = await ambiguous({});
    await event(of, 'email.opened', { properties: { deliveryId: key(of) } });
    expect(await sender(t.db, smtp)(of)).toEqual({ outcome: 'sent', deliveryKey: key(of) });
    expect(await delivery(of)).toMatchObject({ status: 'sent', resolution: 'event' });
  });

  test('an event that does not name the message proves nothing', async () => {
    const of = await ambiguous({});
    await event(of, 'email.opened', { deliveryKey: key(of) });
    expect(await sender(t.db, smtp)(of)).toMatchObject({ outcome: 'unknown', reason: 'hold' });
    expect(await delivery(of)).toMatchObject({ status: 'unknown', resolution: null });
  });
});

test('a provider that cannot be asked just now is asked again before the policy decides', async () => {
  const of = await given();
  server.ending = 'accept_and_hang_up';
  await failure(sender(t.db, answering('unknown'))(of));
  await age(of);
  expect(await failure(sender(t.db, answering('unknown'))(of))).toMatchObject({
    type: 'email.look_up_failed',
    nextRetryDelay: 5_000,
  });
  await age(of, '20 minutes');
  expect(await sender(t.db, answering('unknown'))(of)).toMatchObject({
    outcome: 'unknown',
    reason: 'hold',
  });
  expect(await sender(t.db, answering('accepted'))(of)).toMatchObject({ outcome: 'sent' });
});

test('a permanent refusal fails for good, and its text stays in the database', async () => {
  const of = await given();
  server.recipientCode = 550;
  const send = sender(t.db, smtp);
  for (const error of [await failure(send(of)), await failure(send(of))]) {
    expect(error).toMatchObject({ type: 'email.refused', nonRetryable: true });
    expect(JSON.stringify(error) + error.message).not.toMatch(/refused with|example\.com/);
  }
  expect(await delivery(of)).toMatchObject({
    status: 'failed',
    reason: 'refused_permanent',
    attempt: 1,
    providerResponse: expect.stringContaining('refused with 550'),
  });
});

test('a refusal for now is tried again under the same claim', async () => {
  const of = await given();
  server.recipientCode = 451;
  const send = sender(t.db, smtp);
  const refused = await failure(send(of));
  expect(refused).toMatchObject({ type: 'email.refused_retryable', nonRetryable: false });
  expect(refused.message).not.toMatch(/refused with/);
  expect(await delivery(of)).toMatchObject({ status: 'failed', reason: 'refused_retryable' });
  server.recipientCode = null;
  expect(await send(of)).toMatchObject({ outcome: 'sent' });
  expect(await delivery(of)).toMatchObject({
    status: 'sent',
    attempt: 2,
    resolution: null,
    reason: null,
  });
  expect(server.mails).toHaveLength(1);
});

test('the refusals that a node allows are counted by the row, however Temporal counts', async () => {
  const of = await given();
  const retry = {
    maxAttempts: 2,
    backoff: 'fixed',
    initialInterval: 1,
    maxInterval: 1,
    jitter: false,
  };
  await t.admin`update workflow_versions set definition = jsonb_set(definition, '{nodes,0,retry}', ${t.admin.json(retry)})
    where workflow_id = ${of.workflowId}`;
  server.recipientCode = 451;
  const send = sender(t.db, smtp, { attempt: () => 1 });
  expect(await failure(send(of))).toMatchObject({ nonRetryable: false });
  for (const last of [await failure(send(of)), await failure(send(of))])
    expect(last).toMatchObject({ type: 'email.refused_retryable', nonRetryable: true });
  expect(await delivery(of)).toMatchObject({ status: 'failed', attempt: 2 });
  expect(server.connections()).toBeLessThanOrEqual(2);
});

describe('what stops a message', () => {
  const blocked = async (of: SendCase, reason: string) => {
    expect(await sender(t.db, smtp)(of)).toEqual({
      outcome: 'blocked',
      reason,
      deliveryKey: key(of),
    });
    expect(await sender(t.db, smtp)(of)).toEqual({
      outcome: 'blocked',
      reason,
      deliveryKey: key(of),
    });
    expect(await delivery(of)).toMatchObject({ status: 'blocked', reason });
    expect(server.mails).toHaveLength(0);
  };

  test('no address', async () => blocked(await given({}, { email: null }), 'no_address'));
  test('an address that is none', async () =>
    blocked(await given({ to: '{{ first_name }}' }), 'invalid_address'));
  test('several addresses', async () =>
    blocked(await given({ to: 'a@example.com, b@example.com' }), 'invalid_address'));

  test('a goal that was reached in between', async () => {
    const of = await given();
    await event(of, 'cart.paid');
    await blocked(of, 'goal_reached');
  });

  test('an enrollment that has ended', async () => {
    const of = await given();
    await t.db.inWorkspace(of.workspaceId, (tx) =>
      closeEnrollment(tx, of.enrollmentId, { status: 'exited', at: new Date() }),
    );
    await blocked(of, 'enrollment_ended');
  });

  test('a goal reached while its mail was in doubt: it is not sent again', async () => {
    const of = await given();
    server.ending = 'hang_up';
    const send = sender(t.db, lookingUp());
    await failure(send(of));
    server.ending = 'accept';
    await age(of);
    await event(of, 'cart.paid');
    expect(await send(of)).toEqual({
      outcome: 'blocked',
      reason: 'goal_reached',
      deliveryKey: key(of),
    });
    expect(await delivery(of)).toMatchObject({ status: 'blocked', resolution: 'not_resent' });
    expect(server.mails).toHaveLength(0);
  });

  test('a goal reached after a refusal for now', async () => {
    const of = await given();
    server.recipientCode = 451;
    await failure(sender(t.db, smtp)(of));
    server.recipientCode = null;
    await event(of, 'cart.paid');
    await blocked(of, 'goal_reached');
  });
});

test.each([
  ['Hi {{ contact.nick }}', 'email.header_refused'],
  ['Hi {{ first_name | nonsense }}', 'template.failed'],
])('the subject %j fails for good before anything is sent', async (subject, code) => {
  const of = await given({}, { attributes: { nick: 'a\r\nBcc: evil@example.com' } });
  await t.admin`update workflow_versions set definition = jsonb_set(definition, '{nodes,0,data,subject}', to_jsonb(${subject}::text)) where workflow_id = ${of.workflowId}`;
  const send = sender(t.db, smtp);
  expect(await failure(send(of))).toMatchObject({ type: code, nonRetryable: true });
  expect(await failure(send(of))).toMatchObject({ type: code, nonRetryable: true });
  expect(await delivery(of)).toMatchObject({ status: 'failed', reason: code });
  expect(server.connections()).toBe(0);
});

/** A provider that answers only when told to. */
function frozen(): { channel: EmailChannel; letGo(response: string): void } {
  let answer = (_sent: { response: string }): void => undefined;
  const send: EmailChannel['send'] = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  return { channel: { ...answering('absent'), send }, letGo: (response) => answer({ response }) };
}

test('an attempt that was overtaken records nothing', async () => {
  const of = await given();
  const claimed = (attempt: number) =>
    eventually(`attempt ${attempt} claimed the mail`, async () => {
      const rows =
        await t.admin`select 1 from deliveries where enrollment_id = ${of.enrollmentId} and attempt = ${attempt}`;
      return rows.length;
    });
  const [first, second] = [frozen(), frozen()];
  const zombie = failure(sender(t.db, first.channel)(of));
  await claimed(1);
  await age(of);
  const successor = sender(t.db, second.channel)(of);
  await claimed(2);
  first.letGo('250 from the dead');
  expect(await zombie).toMatchObject({ type: 'email.superseded' });
  expect(await delivery(of)).toMatchObject({
    status: 'claimed',
    attempt: 2,
    providerResponse: null,
  });
  second.letGo('250 alive');
  expect(await successor).toMatchObject({ outcome: 'sent' });
  expect(await delivery(of)).toMatchObject({ status: 'sent', providerResponse: '250 alive' });
});

test('a doubt that somebody else settled during the look-up is not sent again', async () => {
  const of = await given();
  server.ending = 'hang_up';
  await failure(sender(t.db, lookingUp())(of));
  server.ending = 'accept';
  await age(of);
  const late: EmailChannel = {
    ...smtp,
    lookUp: async () => {
      await sender(t.db, answering('accepted'))(of);
      return 'absent';
    },
  };
  expect(await failure(sender(t.db, late)(of))).toMatchObject({ type: 'email.in_doubt' });
  expect(await delivery(of)).toMatchObject({ status: 'sent', resolution: 'found' });
  expect(server.mails).toHaveLength(0);
});

test('of several that settle one doubt one sends again', async () => {
  const of = await given();
  server.ending = 'hang_up';
  await failure(sender(t.db, lookingUp())(of));
  server.ending = 'accept';
  await age(of);
  const send = sender(t.db, answering('absent'));
  const answers = await Promise.allSettled(Array.from({ length: 6 }, () => send(of)));
  expect(
    answers.some((answer) => answer.status === 'fulfilled' && answer.value.outcome === 'sent'),
  ).toBe(true);
  expect(server.mails).toHaveLength(1);
});

describe('a process that dies or stops in the middle', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const start = (of: SendCase): ChildProcess => {
    const script = join(__dirname, '../support/send-child.ts');
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', script, JSON.stringify({ databaseUrl: t.url, smtpUrl: server.url, of })],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    children.push(child);
    return child;
  };

  test('killed after the server took the mail: found, and not sent twice', async () => {
    const of = await given();
    server.ending = 'accept_late';
    const child = start(of);
    server.onMail = () => void child.kill('SIGKILL');
    await once(child, 'exit');
    await eventually('the mail was taken', async () => server.mails.length > 0);
    expect(await delivery(of)).toMatchObject({ status: 'claimed' });
    expect(await sender(t.db, lookingUp())(of)).toMatchObject({ outcome: 'sent' });
    expect(await delivery(of)).toMatchObject({ status: 'sent', attempt: 1, resolution: 'found' });
    expect(server.mails).toHaveLength(1);
  });

  test('killed before the server took the mail: absent, and sent once', async () => {
    const of = await given();
    server.ending = 'hang_up';
    const child = start(of);
    server.onMail = () => void child.kill('SIGKILL');
    await once(child, 'exit');
    server.onMail = () => undefined;
    server.ending = 'accept';
    expect(await failure(sender(t.db, lookingUp())(of))).toMatchObject({ type: 'email.in_doubt' });
    expect(await delivery(of)).toMatchObject({ status: 'unknown', reason: 'interrupted' });
    await age(of);
    expect(await sender(t.db, lookingUp())(of)).toMatchObject({ outcome: 'sent' });
    expect(await delivery(of)).toMatchObject({
      status: 'sent',
      attempt: 2,
      resolution: 'absent_resent',
    });
    expect(server.mails).toHaveLength(1);
  });

  test('stopped, and woken after somebody else settled it: it changes nothing', async () => {
    const of = await given();
    server.ending = 'accept_late';
    const child = start(of);
    server.onMail = () => void child.kill('SIGSTOP');
    await eventually('the mail was taken', async () => server.mails.length > 0);
    expect(await sender(t.db, lookingUp())(of)).toMatchObject({ outcome: 'sent' });
    const before = await delivery(of);
    child.kill('SIGCONT');
    const [said] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    expect(said.toString().trim()).toBe('email.superseded');
    expect(await delivery(of)).toEqual(before);
    expect(server.mails).toHaveLength(1);
  });
});
