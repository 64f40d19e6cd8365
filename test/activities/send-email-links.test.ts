/** What a mail carries back to us, and the addresses that nothing goes to. */
import { DeliveryError, type EmailMessage } from '../../src/channels/email';
import { recordEvent } from '../../src/db/events';
import { findSuppression, removeSuppression, suppress } from '../../src/db/suppressions';
import { createMailLinks } from '../../src/links/mail-links';
import { notingProvider } from '../support/noting-provider';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { deliveryOf, type SendCase, sendCase, sender } from '../support/sends';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const links = createMailLinks({
  publicUrl: 'https://journeys.example.com',
  keys: [{ id: 'k', secret: 's'.repeat(32) }],
});

const given = (data?: object, contact?: object) => sendCase(t.db, t.workspaceId, data, contact);

async function mailOf(data: object, withLinks = true): Promise<readonly [EmailMessage, SendCase]> {
  const of = await given(data);
  const { sent, provider } = notingProvider();
  await sender(t.db, provider, withLinks ? { links } : {})(of);
  if (sent[0] === undefined) throw new Error('Nothing was sent.');
  return [sent[0], of];
}

const tokenOf = (url = '') => new URL(url).pathname.split('/').at(-1) ?? '';

describe('links', () => {
  test('marketing can be unsubscribed from, and says where in its text', async () => {
    const text = 'No more? {{ unsubscribe_url }}';
    const [mail, of] = await mailOf({ text });
    const { id } = await deliveryOf(t.db, of);
    expect(mail.unsubscribeUrl).toMatch(/^https:\/\/journeys\.example\.com\/u\/k\./);
    expect(mail.text).toBe(`No more? ${mail.unsubscribeUrl}`);
    expect(links.read('unsubscribe', tokenOf(mail.unsubscribeUrl))).toMatchObject({
      ...{ workspaceId: of.workspaceId, contactId: of.contactId, deliveryId: id },
    });
  });

  test('what is transactional has no such header, and without an address of ours nothing has', async () => {
    const html = '<a href="https://shop.example">x</a>';
    const [receipt] = await mailOf({ purpose: 'transactional', html });
    expect(receipt).toMatchObject({ html });
    expect(receipt).not.toHaveProperty('unsubscribeUrl');
    const tracking = { html, trackOpens: true, trackClicks: true, text: '{{ unsubscribe_url }}' };
    const [plain] = await mailOf(tracking, false);
    expect(plain).toMatchObject({ html, text: '' });
    expect(plain).not.toHaveProperty('unsubscribeUrl');
  });

  test('what a node asks for is tracked, but never the way out', async () => {
    const html =
      '<p><a href="https://shop.example/?a=1&amp;b=2">x</a><a href="{{ unsubscribe_url }}">no more</a></p>';
    const [mail, of] = await mailOf({ html, trackClicks: true, trackOpens: true });
    const { id } = await deliveryOf(t.db, of);
    const [click, out, image] = [...(mail.html ?? '').matchAll(/(?:href|src)="([^"]+)"/g)].map(
      ([, url]) => url,
    );
    expect(links.read('click', tokenOf(click))).toMatchObject({
      ...{ deliveryId: id, target: 'https://shop.example/?a=1&b=2' },
    });
    expect(out).toBe(mail.unsubscribeUrl);
    expect(links.read('open', tokenOf(image))).toMatchObject({ deliveryId: id });
    const [clicksOnly] = await mailOf({ html, trackClicks: true });
    expect(clicksOnly.html).not.toContain('<img');
    const [opensOnly] = await mailOf({ html, trackOpens: true });
    expect(opensOnly.html).toContain('href="https://shop.example/?a=1&amp;b=2"');
    expect(opensOnly.html).toContain('<img');
  });

  test('every attempt sends the same links', async () => {
    const of = await given({ html: '<a href="https://shop.example">x</a>', trackClicks: true });
    const { sent, provider } = notingProvider(async () => {
      if (sent.length === 1) throw new DeliveryError('refused_retryable', 'smtp.451', 'later');
      return { response: '250 ok' };
    });
    const send = sender(t.db, provider, { links });
    await expect(send(of)).rejects.toMatchObject({ type: 'email.refused_retryable' });
    expect(await send(of)).toMatchObject({ outcome: 'sent' });
    expect(sent[1]).toEqual(sent[0]);
  });
});

describe('suppressed addresses', () => {
  const suppressing = (address: string) =>
    t.db.inWorkspace(t.workspaceId, async (tx) => {
      const at = new Date('2026-02-01T08:00:00Z');
      return (await suppress(tx, { address, reason: 'hard_bounce', at })).suppression;
    });
  const SUPPRESSED = { outcome: 'blocked', reason: 'suppressed' };
  const RECEIPT =
    'The address is suppressed since 2026-02-01T08:00:00.000Z: a mail to it came back for good.';

  test.each(['marketing', 'transactional'])('get nothing, %s or not', async (purpose) => {
    const email = `gone-${purpose}@example.com`;
    await suppressing(email.toUpperCase());
    const of = await given({ purpose }, { email });
    const { sent, provider } = notingProvider();
    expect(await sender(t.db, provider)(of)).toMatchObject(SUPPRESSED);
    expect(sent).toEqual([]);
    expect(await deliveryOf(t.db, of)).toMatchObject({
      ...{ status: 'blocked', reason: 'suppressed', receipt: RECEIPT, request: null },
    });
  });

  test('are those that a mail goes to, whoever it is about', async () => {
    await suppressing('boss@example.com');
    const { sent, provider } = notingProvider();
    const of = await given({ to: 'Boss@example.com' });
    expect(await sender(t.db, provider)(of)).toMatchObject(SUPPRESSED);
    expect(sent).toEqual([]);
  });

  test('are learnt from a bounce: the one that its mail went to, not that of the contact', async () => {
    const email = 'assistant@example.com';
    const of = await given({ to: 'chef@example.com' }, { email });
    await sender(t.db, notingProvider().provider)(of);
    const { messageId } = await deliveryOf(t.db, of);
    const at = new Date();
    const told = await t.db.inWorkspace(t.workspaceId, async (tx) => {
      const event = { contactId: of.contactId, type: 'email.bounced', occurredAt: at };
      await recordEvent(tx, { ...event, properties: { messageId }, receivedAt: at });
      return Promise.all(
        ['Chef@example.com', email].map(async (address) => findSuppression(tx, address)),
      );
    });
    expect(told).toMatchObject([{ reason: 'hard_bounce', address: 'chef@example.com' }, null]);
  });

  test('get nothing by another attempt either, until they are let go', async () => {
    const email = 'later@example.com';
    const of = await given({}, { email });
    const { sent, provider } = notingProvider(async () => {
      throw new DeliveryError('refused_retryable', 'smtp.451', 'later');
    });
    const send = sender(t.db, provider);
    await expect(send(of)).rejects.toMatchObject({ type: 'email.refused_retryable' });
    const { id } = await suppressing(email);
    expect(await send(of)).toMatchObject(SUPPRESSED);
    expect(await deliveryOf(t.db, of)).toMatchObject({ receipt: RECEIPT });
    expect(sent).toHaveLength(1);
    await t.db.inWorkspace(t.workspaceId, (tx) => removeSuppression(tx, id));
    const next = notingProvider();
    expect(await sender(t.db, next.provider)(await given({ to: email }))).toMatchObject({
      outcome: 'sent',
    });
  });
});
