/** Quiet hours and caps are judged by what is committed when a mail is claimed, by the time of its journey. */
import { DeliveryError, type EmailChannel } from '../../src/channels/email';
import { patchContact, upsertContact } from '../../src/db/contacts';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { newId } from '../../src/ids';
import { admit } from '../support/admit';
import { define } from '../support/define';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { deliveryOf, type SendCase, senderAt } from '../support/sends';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const HOUR = 3_600_000;
const NINE = Date.parse('2026-03-02T09:00:00Z');

/** One person's sends, each in a journey of its own with these settings. */
async function sends(settings: object, contact: object = {}) {
  const { contactId, workflowId } = await t.db.inWorkspace(t.workspaceId, async (tx) => {
    const workflow = await createWorkflow(tx, { key: `w-${newId()}`, name: 'Test', draft: {} });
    const definition = define({
      nodes: { mail: ['send_email', { subject: 'Hi', text: 'News' }] },
      settings: { ...settings, enrollment: { whenActive: 'parallel' } },
    });
    await publishVersion(tx, {
      ...{ workflowId: workflow.id, definition, contentHash: 'h', listensTo: [], triggers: [] },
    });
    const email = `${newId()}@example.com`;
    const { contact: ada } = await upsertContact(tx, { email, ...contact });
    return { contactId: ada.id, workflowId: workflow.id };
  });
  return async (): Promise<SendCase> => {
    const { id: enrollmentId } = await t.db.inWorkspace(t.workspaceId, (tx) =>
      admit(tx, { workflowId, contactId, key: newId(), at: new Date(NINE) }),
    );
    return { workspaceId: t.workspaceId, workflowId, enrollmentId, contactId };
  };
}

const provider = (send: EmailChannel['send'] = async () => ({ response: '250 ok' })) => ({
  provider: 'test',
  send,
  close: () => undefined,
});

describe('a cap', () => {
  const CAP = { frequencyCap: { max: 2, per: '1d' } };

  test('drops what is too much, and says when there will be room', async () => {
    const next = await sends(CAP);
    const send = senderAt(t.db, provider());
    expect(await send(await next(), NINE)).toMatchObject({ outcome: 'sent' });
    expect(await send(await next(), NINE + HOUR)).toMatchObject({ outcome: 'sent' });
    const third = await next();
    const capped = { outcome: 'blocked', reason: 'capped' };
    expect(await send(third, NINE + 2 * HOUR)).toMatchObject(capped);
    expect(await deliveryOf(t.db, third)).toMatchObject({
      ...{ status: 'blocked', reason: 'capped' },
      receipt: 'Blocked by cap 2 per day, next possible at 2026-03-03T09:00:00.000Z.',
    });
    // The first is a day old, to the millisecond.
    expect(await send(await next(), NINE + 24 * HOUR)).toMatchObject({ outcome: 'sent' });
    expect(await send(await next(), NINE + 24 * HOUR)).toMatchObject(capped);
  });

  test('holds for messages that are claimed at once', async () => {
    const next = await sends(CAP);
    const send = senderAt(t.db, provider());
    const all = await Promise.all([1, 2, 3, 4, 5, 6].map(() => next()));
    const outcomes = await Promise.all(all.map((of) => send(of, NINE)));
    expect(outcomes.filter(({ outcome }) => outcome === 'sent')).toHaveLength(2);
  });

  test('lets a message wait until there is room', async () => {
    const next = await sends({ frequencyCap: { max: 1, per: '2h', onCap: 'defer' } });
    const send = senderAt(t.db, provider());
    await send(await next(), NINE);
    const of = await next();
    const waits = { outcome: 'deferred', reason: 'capped', until: NINE + 2 * HOUR };
    expect(await send(of, NINE + HOUR)).toMatchObject(waits);
    expect(await deliveryOf(t.db, of)).toMatchObject({
      ...{ status: 'deferred', reason: 'capped', toAddress: null, request: null },
      receipt: 'Blocked by cap 1 per 2 hours, next possible at 2026-03-02T11:00:00.000Z.',
    });
    expect(await send(of, NINE + HOUR)).toMatchObject(waits);
    expect(await send(of, NINE + 2 * HOUR)).toMatchObject({ outcome: 'sent' });
    expect(await deliveryOf(t.db, of)).toMatchObject({
      ...{ status: 'sent', reason: null, receipt: null, deferredUntil: null, attempt: 1 },
    });
  });

  test('counts no mail that was surely not sent, and a mail in doubt', async () => {
    const next = await sends({ frequencyCap: { max: 1, per: '1d' } });
    const refusing = senderAt(
      t.db,
      provider(async () => {
        throw new DeliveryError('refused_permanent', 'smtp.550', 'no');
      }),
    );
    await expect(refusing(await next(), NINE)).rejects.toMatchObject({ type: 'email.refused' });
    const losing = senderAt(
      t.db,
      provider(async () => {
        throw new DeliveryError('ambiguous', 'smtp.timeout', 'nothing');
      }),
    );
    await expect(losing(await next(), NINE)).rejects.toMatchObject({ type: 'email.unknown' });
    expect(await senderAt(t.db, provider())(await next(), NINE)).toMatchObject({
      reason: 'capped',
    });
  });
});

describe('quiet hours', () => {
  const QUIET = { quietHours: { from: '22:00', to: '08:00' } };
  const LATE = Date.parse('2026-03-02T23:30:00Z');
  const MORNING = Date.parse('2026-03-03T07:00:00Z');
  const BERLIN = { timeZone: 'Europe/Berlin' };

  test('let a message wait for their end, by her own clock', async () => {
    const of = await (await sends(QUIET, BERLIN))();
    const send = senderAt(t.db, provider());
    const waits = { outcome: 'deferred', reason: 'quiet_hours', until: MORNING };
    expect(await send(of, LATE)).toMatchObject(waits);
    expect(await deliveryOf(t.db, of)).toMatchObject({
      receipt: 'Blocked by quiet hours, next possible at 2026-03-03T07:00:00.000Z.',
    });
    expect(await send(of, MORNING)).toMatchObject({ outcome: 'sent' });
  });

  test('do not keep a message from being stopped for good', async () => {
    const of = await (await sends(QUIET, BERLIN))();
    const send = senderAt(t.db, provider());
    await send(of, LATE);
    await t.db.inWorkspace(t.workspaceId, (tx) =>
      patchContact(tx, of.contactId, { consent: { email: false } }),
    );
    expect(await send(of, LATE)).toMatchObject({ outcome: 'blocked', reason: 'unsubscribed' });
    expect(await deliveryOf(t.db, of)).toMatchObject({ status: 'blocked', deferredUntil: null });
  });

  test('are heeded by a mail that was refused before them', async () => {
    const of = await (await sends(QUIET, BERLIN))();
    let isRefused = true;
    const send = senderAt(
      t.db,
      provider(async () => {
        if (isRefused) throw new DeliveryError('refused_retryable', 'smtp.451', 'later');
        return { response: '250 ok' };
      }),
    );
    const evening = LATE - 4 * HOUR;
    await expect(send(of, evening)).rejects.toMatchObject({ type: 'email.refused_retryable' });
    isRefused = false;
    expect(await send(of, LATE)).toMatchObject({ outcome: 'deferred', until: MORNING });
    expect(await send(of, MORNING)).toMatchObject({ outcome: 'sent' });
    expect(await deliveryOf(t.db, of)).toMatchObject({ status: 'sent', attempt: 2 });
  });
});
