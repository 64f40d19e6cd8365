/** Mails of which nobody knows whether they were accepted: asked about, settled, sent again or held. */
import { DeliveryError, type EmailChannel } from '../../src/channels/email';
import { eventually } from '../support/eventually';
import { failureOf } from '../support/failure-of';
import { sendFixture } from '../support/send-fixture';
import { sender } from '../support/sends';

const desk = sendFixture();
const { given, delivery, key, answering, lookingUp, age, event } = desk;

test('a lost answer is unknown, looked up, and not sent twice', async () => {
  const of = await given();
  desk.server.ending = 'accept_and_hang_up';
  const send = sender(desk.t.db, lookingUp());
  expect(await failureOf(send(of))).toMatchObject({ type: 'email.unknown', nonRetryable: false });
  expect(await delivery(of)).toMatchObject({
    status: 'unknown',
    resolution: null,
    providerResponse: expect.stringContaining('smtp.'),
  });
  desk.server.ending = 'accept';
  expect(await send(of)).toEqual({ outcome: 'sent', deliveryKey: key(of) });
  expect(await delivery(of)).toMatchObject({ status: 'sent', attempt: 1, resolution: 'found' });
  expect((await delivery(of)).resolvedAt).not.toBeNull();
  expect(desk.server.mails).toHaveLength(1);
});

test('absent is believed only when the older attempt can no longer hand the mail over', async () => {
  const of = await given();
  desk.server.ending = 'hang_up';
  const send = sender(desk.t.db, lookingUp());
  expect(await failureOf(send(of))).toMatchObject({ type: 'email.unknown' });
  desk.server.ending = 'accept';
  const early = await failureOf(send(of));
  expect(early).toMatchObject({ type: 'email.in_doubt', nonRetryable: false });
  expect(early.nextRetryDelay).toBeGreaterThan(5_000);
  expect(early.nextRetryDelay).toBeLessThanOrEqual(8_000);
  expect(desk.server.mails).toHaveLength(0);
  await age(of);
  expect(await send(of)).toMatchObject({ outcome: 'sent' });
  expect(desk.server.mails).toHaveLength(1);
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
  const send = sender(desk.t.db, recording);
  await failureOf(send(of));
  await desk.t
    .admin`update contacts set first_name = 'Somebody else', email = 'other@example.com' where id = ${of.contactId}`;
  await age(of);
  await send(of);
  const [first, second] = sent.map((text) => JSON.parse(text) as object);
  expect(second).toEqual(first);
  expect(first).toMatchObject({ subject: 'Hi Ada' });
});

describe('when nobody can be asked', () => {
  const ambiguous = async (data: object) => {
    const of = await given(data);
    desk.server.ending = 'accept_and_hang_up';
    await failureOf(sender(desk.t.db, desk.smtp)(of));
    expect(await failureOf(sender(desk.t.db, desk.smtp)(of))).toMatchObject({
      type: 'email.in_doubt',
    });
    await age(of);
    desk.server.ending = 'accept';
    return of;
  };

  test('marketing is held: the delivery stays unknown and nothing is sent', async () => {
    const of = await ambiguous({});
    expect(await sender(desk.t.db, desk.smtp)(of)).toEqual({
      outcome: 'unknown',
      reason: 'hold',
      deliveryKey: key(of),
    });
    expect(await delivery(of)).toMatchObject({ status: 'unknown', resolution: null });
    expect(desk.server.mails).toHaveLength(1);
  });

  test('continue goes on without sending', async () => {
    const of = await ambiguous({ onUnknown: 'continue' });
    expect(await sender(desk.t.db, desk.smtp)(of)).toEqual({
      outcome: 'unknown',
      reason: 'continue',
      deliveryKey: key(of),
    });
    expect(desk.server.mails).toHaveLength(1);
  });

  test('a transactional mail is sent once more, and only once', async () => {
    const of = await ambiguous({ purpose: 'transactional' });
    desk.server.ending = 'accept_and_hang_up';
    expect(await failureOf(sender(desk.t.db, desk.smtp)(of))).toMatchObject({
      type: 'email.unknown',
    });
    expect(await delivery(of)).toMatchObject({
      status: 'unknown',
      attempt: 2,
      resolution: 'resent',
    });
    await age(of);
    expect(await sender(desk.t.db, desk.smtp)(of)).toMatchObject({
      outcome: 'unknown',
      reason: 'continue',
    });
    expect(desk.server.mails).toHaveLength(2);
  });

  test('an event about the message proves that it arrived', async () => {
    const of = await ambiguous({});
    await event(of, 'email.opened', { properties: { deliveryId: key(of) } });
    expect(await sender(desk.t.db, desk.smtp)(of)).toEqual({
      outcome: 'sent',
      deliveryKey: key(of),
    });
    expect(await delivery(of)).toMatchObject({ status: 'sent', resolution: 'event' });
  });

  test('an event that does not name the message proves nothing', async () => {
    const of = await ambiguous({});
    await event(of, 'email.opened', { deliveryKey: key(of) });
    expect(await sender(desk.t.db, desk.smtp)(of)).toMatchObject({
      outcome: 'unknown',
      reason: 'hold',
    });
    expect(await delivery(of)).toMatchObject({ status: 'unknown', resolution: null });
  });
});

test('a provider that cannot be asked just now is asked again before the policy decides', async () => {
  const of = await given();
  desk.server.ending = 'accept_and_hang_up';
  await failureOf(sender(desk.t.db, answering('unknown'))(of));
  await age(of);
  expect(await failureOf(sender(desk.t.db, answering('unknown'))(of))).toMatchObject({
    type: 'email.look_up_failed',
    nextRetryDelay: 5_000,
  });
  await age(of, '20 minutes');
  expect(await sender(desk.t.db, answering('unknown'))(of)).toMatchObject({
    outcome: 'unknown',
    reason: 'hold',
  });
  expect(await sender(desk.t.db, answering('accepted'))(of)).toMatchObject({ outcome: 'sent' });
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
      const rows = await desk.t
        .admin`select 1 from deliveries where enrollment_id = ${of.enrollmentId} and attempt = ${attempt}`;
      return rows.length;
    });
  const [first, second] = [frozen(), frozen()];
  const zombie = failureOf(sender(desk.t.db, first.channel)(of));
  await claimed(1);
  await age(of);
  const successor = sender(desk.t.db, second.channel)(of);
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
  desk.server.ending = 'hang_up';
  await failureOf(sender(desk.t.db, lookingUp())(of));
  desk.server.ending = 'accept';
  await age(of);
  const late: EmailChannel = {
    ...desk.smtp,
    lookUp: async () => {
      await sender(desk.t.db, answering('accepted'))(of);
      return 'absent';
    },
  };
  expect(await failureOf(sender(desk.t.db, late)(of))).toMatchObject({ type: 'email.in_doubt' });
  expect(await delivery(of)).toMatchObject({ status: 'sent', resolution: 'found' });
  expect(desk.server.mails).toHaveLength(0);
});

test('of several that settle one doubt one sends again', async () => {
  const of = await given();
  desk.server.ending = 'hang_up';
  await failureOf(sender(desk.t.db, lookingUp())(of));
  desk.server.ending = 'accept';
  await age(of);
  const send = sender(desk.t.db, answering('absent'));
  const answers = await Promise.allSettled(Array.from({ length: 6 }, () => send(of)));
  expect(
    answers.some((answer) => answer.status === 'fulfilled' && answer.value.outcome === 'sent'),
  ).toBe(true);
  expect(desk.server.mails).toHaveLength(1);
});
