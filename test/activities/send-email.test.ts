/** Mails that are sent, refused or stopped: once for each visit, and what is kept of it. */
import { failureOf } from '../support/failure-of';
import { sendFixture } from '../support/send-fixture';
import { type SendCase, sender } from '../support/sends';
import { left } from '../support/standing';

const desk = sendFixture();
const { given, delivery, key, lookingUp, age, event } = desk;

test('a mail is sent once, and its row says what was sent', async () => {
  const of = await given();
  const send = sender(desk.t.db, desk.smtp);
  expect(await send(of)).toEqual({ outcome: 'sent', deliveryKey: key(of) });
  expect(await send(of)).toEqual({ outcome: 'sent', deliveryKey: key(of) });
  expect(desk.server.mails).toHaveLength(1);
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
  expect(desk.server.mails[0]?.raw).toContain(`Message-ID: ${row.messageId}`);
});

test('of ten attempts at once one sends', async () => {
  const of = await given();
  desk.server.ending = 'accept_late';
  const send = sender(desk.t.db, desk.smtp);
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => send(of)));
  expect(desk.server.mails).toHaveLength(1);
  const types = answers.map((answer) =>
    answer.status === 'fulfilled' ? answer.value.outcome : (answer.reason as { type: string }).type,
  );
  expect(types.filter((type) => type === 'sent').length).toBeGreaterThanOrEqual(1);
  expect(types.filter((type) => type !== 'sent' && type !== 'email.in_doubt')).toEqual([]);
  expect(await delivery(of)).toMatchObject({ status: 'sent', attempt: 1 });
  expect(await send(of)).toMatchObject({ outcome: 'sent' });
});

test('a permanent refusal fails for good, and its text stays in the database', async () => {
  const of = await given();
  desk.server.recipientCode = 550;
  const send = sender(desk.t.db, desk.smtp);
  for (const error of [await failureOf(send(of)), await failureOf(send(of))]) {
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
  desk.server.recipientCode = 451;
  const send = sender(desk.t.db, desk.smtp);
  const refused = await failureOf(send(of));
  expect(refused).toMatchObject({ type: 'email.refused_retryable', nonRetryable: false });
  expect(refused.message).not.toMatch(/refused with/);
  expect(await delivery(of)).toMatchObject({ status: 'failed', reason: 'refused_retryable' });
  desk.server.recipientCode = null;
  expect(await send(of)).toMatchObject({ outcome: 'sent' });
  expect(await delivery(of)).toMatchObject({
    status: 'sent',
    attempt: 2,
    resolution: null,
    reason: null,
  });
  expect(desk.server.mails).toHaveLength(1);
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
  await desk.t
    .admin`update workflow_versions set definition = jsonb_set(definition, '{nodes,0,retry}', ${desk.t.admin.json(retry)})
    where workflow_id = ${of.workflowId}`;
  desk.server.recipientCode = 451;
  const send = sender(desk.t.db, desk.smtp, { attempt: () => 1 });
  expect(await failureOf(send(of))).toMatchObject({ nonRetryable: false });
  for (const last of [await failureOf(send(of)), await failureOf(send(of))])
    expect(last).toMatchObject({ type: 'email.refused_retryable', nonRetryable: true });
  expect(await delivery(of)).toMatchObject({ status: 'failed', attempt: 2 });
  expect(desk.server.connections()).toBeLessThanOrEqual(2);
});

describe('what stops a message', () => {
  const blocked = async (of: SendCase, reason: string) => {
    expect(await sender(desk.t.db, desk.smtp)(of)).toEqual({
      outcome: 'blocked',
      reason,
      deliveryKey: key(of),
    });
    expect(await sender(desk.t.db, desk.smtp)(of)).toEqual({
      outcome: 'blocked',
      reason,
      deliveryKey: key(of),
    });
    expect(await delivery(of)).toMatchObject({ status: 'blocked', reason });
    expect(desk.server.mails).toHaveLength(0);
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
    await left(desk.t.db, of);
    await blocked(of, 'enrollment_ended');
  });

  test('a goal reached while its mail was in doubt: it is not sent again', async () => {
    const of = await given();
    desk.server.ending = 'hang_up';
    const send = sender(desk.t.db, lookingUp());
    await failureOf(send(of));
    desk.server.ending = 'accept';
    await age(of);
    await event(of, 'cart.paid');
    expect(await send(of)).toEqual({
      outcome: 'blocked',
      reason: 'goal_reached',
      deliveryKey: key(of),
    });
    expect(await delivery(of)).toMatchObject({ status: 'blocked', resolution: 'not_resent' });
    expect(desk.server.mails).toHaveLength(0);
  });

  test('a goal reached after a refusal for now', async () => {
    const of = await given();
    desk.server.recipientCode = 451;
    await failureOf(sender(desk.t.db, desk.smtp)(of));
    desk.server.recipientCode = null;
    await event(of, 'cart.paid');
    await blocked(of, 'goal_reached');
  });
});

test.each([
  ['Hi {{ contact.nick }}', 'email.header_refused'],
  ['Hi {{ first_name | nonsense }}', 'template.failed'],
])('the subject %j fails for good before anything is sent', async (subject, code) => {
  const of = await given({}, { attributes: { nick: 'a\r\nBcc: evil@example.com' } });
  await desk.t
    .admin`update workflow_versions set definition = jsonb_set(definition, '{nodes,0,data,subject}', to_jsonb(${subject}::text)) where workflow_id = ${of.workflowId}`;
  const send = sender(desk.t.db, desk.smtp);
  expect(await failureOf(send(of))).toMatchObject({ type: code, nonRetryable: true });
  expect(await failureOf(send(of))).toMatchObject({ type: code, nonRetryable: true });
  expect(await delivery(of)).toMatchObject({ status: 'failed', reason: code });
  expect(desk.server.connections()).toBe(0);
});
