/** Mails from stored templates: which version they say, and that every attempt says the same. */
import { DeliveryError } from '../../src/channels/email';
import {
  createTemplate,
  deleteTemplate,
  holdTemplate,
  replaceTemplate,
} from '../../src/db/templates';
import { newId } from '../../src/ids';
import { notingProvider } from '../support/noting-provider';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { deliveryOf, type SendCase, sendCase, sender } from '../support/sends';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const AUTHOR = { name: 'Test', author: 'test' };
const WITHOUT_OWN = { subject: undefined, text: undefined };

const given = (data: object): Promise<SendCase> =>
  sendCase(t.db, t.workspaceId, { ...WITHOUT_OWN, ...data });

async function template(content: {
  readonly subject: string;
  readonly text?: string;
  readonly mjml?: string;
  readonly preheader?: string;
}) {
  const key = `t-${newId()}`;
  const inOurs = <T>(work: Parameters<typeof t.db.inWorkspace<T>>[1]) =>
    t.db.inWorkspace(t.workspaceId, work);
  await inOurs((tx) => createTemplate(tx, { key, ...AUTHOR, ...content }));
  const held = (
    work: (
      row: NonNullable<Awaited<ReturnType<typeof holdTemplate>>>,
      tx: Parameters<typeof holdTemplate>[0],
    ) => Promise<unknown>,
  ) =>
    inOurs(async (tx) => {
      const row = await holdTemplate(tx, key);
      if (row !== null) await work(row, tx);
    });
  return {
    key,
    replace: (subject: string) =>
      held((row, tx) => replaceTemplate(tx, row, { ...AUTHOR, subject, text: 'new' })),
    remove: () => held((row, tx) => deleteTemplate(tx, row.id)),
  };
}

test('a mail says what the latest version says when it is claimed, and its row names that', async () => {
  const { key, replace } = await template({ subject: 'Hi {{ first_name }}', text: 'one' });
  const [first, second] = [await given({ template: key }), await given({ template: key })];
  const { sent, provider } = notingProvider();
  const send = sender(t.db, provider);
  expect(await send(first)).toMatchObject({ outcome: 'sent' });
  await replace('Dear {{ first_name }}');
  expect(await send(second)).toMatchObject({ outcome: 'sent' });
  expect(sent).toMatchObject([
    { subject: 'Hi Ada', text: 'one' },
    { subject: 'Dear Ada', text: 'new' },
  ]);
  expect(await deliveryOf(t.db, first)).toMatchObject({ template: key, templateVersion: 1 });
  expect(await deliveryOf(t.db, second)).toMatchObject({ template: key, templateVersion: 2 });
});

test('a mail that is tried again says what it said before, though its template was replaced and deleted', async () => {
  const { key, replace, remove } = await template({ subject: 'One', text: 'one' });
  const of = await given({ template: key });
  const { sent, provider } = notingProvider(async () => {
    if (sent.length < 3) throw new DeliveryError('refused_retryable', 'smtp.451', 'later');
    return { response: '250 ok' };
  });
  const send = sender(t.db, provider);
  await expect(send(of)).rejects.toMatchObject({ type: 'email.refused_retryable' });
  await replace('Two');
  await expect(send(of)).rejects.toMatchObject({ type: 'email.refused_retryable' });
  await remove();
  expect(await send(of)).toMatchObject({ outcome: 'sent' });
  expect(sent).toHaveLength(3);
  for (const mail of sent) expect(mail).toEqual(sent[0]);
  expect(await deliveryOf(t.db, of)).toMatchObject({
    template: key,
    templateVersion: 1,
    subject: 'One',
  });
});

test('MJML and the preheader arrive as HTML, with the recipient of the node', async () => {
  const mjml =
    '<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ first_name }}</mj-text></mj-column></mj-section></mj-body></mjml>';
  const { key } = await template({ subject: 'x', mjml, preheader: 'For {{ first_name }}' });
  const { sent, provider } = notingProvider();
  await sender(t.db, provider)(await given({ template: key, to: 'boss@example.com' }));
  expect(sent[0]).toMatchObject({
    to: 'boss@example.com',
    html: expect.stringContaining('Hi Ada'),
  });
  expect(sent[0]?.html).toMatch(/<body[^>]*><div style="display:none[^>]*>For Ada</);
  const inline = notingProvider();
  await sender(t.db, inline.provider)(await given({ subject: 'x', mjml }));
  expect(inline.sent[0]?.html).toContain('Hi Ada');
});

test('a template that is gone fails the mail for good, with a code', async () => {
  const { key, remove } = await template({ subject: 'x', text: 'x' });
  const of = await given({ template: key });
  await remove();
  const { sent, provider } = notingProvider();
  await expect(sender(t.db, provider)(of)).rejects.toMatchObject({
    type: 'template.not_found',
    nonRetryable: true,
  });
  expect(sent).toEqual([]);
  expect(await deliveryOf(t.db, of)).toMatchObject({
    status: 'failed',
    reason: 'template.not_found',
  });
});

describe('a topic', () => {
  const REFUSED = { consent: { 'email.offers': false } };
  const about = (data: object, contact: object) =>
    sendCase(t.db, t.workspaceId, { topic: 'offers', ...data }, contact);

  test('that was refused gets no mail, with a receipt; others do', async () => {
    const { sent, provider } = notingProvider();
    const send = sender(t.db, provider);
    const of = await about({}, REFUSED);
    expect(await send(of)).toMatchObject({ outcome: 'blocked', reason: 'unsubscribed' });
    expect(await deliveryOf(t.db, of)).toMatchObject({
      ...{ topic: 'offers', status: 'blocked', reason: 'unsubscribed' },
      receipt: 'She has unsubscribed from the topic "offers".',
    });
    for (const data of [{ topic: 'news' }, { topic: undefined }])
      expect(await send(await about(data, REFUSED))).toMatchObject({ outcome: 'sent' });
    expect(sent).toHaveLength(2);
  });

  test('gets none either where all marketing is refused, and what is transactional goes out', async () => {
    const { provider } = notingProvider();
    const send = sender(t.db, provider);
    const all = await about({}, { consent: { email: false, 'email.offers': true } });
    expect(await send(all)).toMatchObject({ outcome: 'blocked', reason: 'unsubscribed' });
    expect(await deliveryOf(t.db, all)).toMatchObject({ receipt: null });
    const receipt = await about(
      { topic: undefined, purpose: 'transactional' },
      { consent: { email: false, 'email.offers': false } },
    );
    expect(await send(receipt)).toMatchObject({ outcome: 'sent' });
  });
});
