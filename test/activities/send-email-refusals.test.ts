import { DeliveryError } from '../../src/channels/email';
import { eraseContact } from '../../src/db/erase-contact';
import * as email from '../../src/evaluate/email';
import { TemplateError } from '../../src/evaluate/template-error';
import { notingProvider } from '../support/noting-provider';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { deliveryOf, type SendCase, sendCase, sender } from '../support/sends';

jest.mock('../../src/evaluate/email', () => {
  const actual = jest.requireActual<typeof email>('../../src/evaluate/email');
  return { renderEmail: jest.fn(actual.renderEmail) };
});

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const renders = jest.mocked(email.renderEmail);
beforeEach(() => {
  renders.mockClear();
});

const given = (data?: object) => sendCase(t.db, t.workspaceId, data);
const erase = (of: SendCase) =>
  t.db.inWorkspace(of.workspaceId, (tx) => eraseContact(tx, of.contactId, new Date()));

describe('a template that takes too long', () => {
  const search = Array.from({ length: 100 }, () => "s contains 'b'").join(' or ');
  const endless = `{% capture s %}${'a'.repeat(400_000)}{% endcapture %}{% for a in (1..9000) %}{% if ${search} %}{% endif %}{% endfor %}`;

  test('is a permanent failure after a few tries, within one attempt of the activity', async () => {
    const of = await given({ text: endless });
    const { sent, provider } = notingProvider();
    const send = sender(t.db, provider);
    const failure = { type: 'template.limit', nonRetryable: true };
    await expect(send(of)).rejects.toMatchObject(failure);
    expect(renders).toHaveBeenCalledTimes(3);
    await expect(send(of)).rejects.toMatchObject(failure);
    expect(renders).toHaveBeenCalledTimes(3);
    expect(await deliveryOf(t.db, of)).toMatchObject({
      status: 'failed',
      reason: 'template.limit',
      providerResponse: expect.stringContaining('takes too long to render'),
    });
    expect(sent).toEqual([]);
  });

  test('on a machine that was busy for a moment is sent', async () => {
    const of = await given();
    renders.mockImplementationOnce(() => {
      throw new TemplateError('limit', 'Template: template render limit exceeded');
    });
    const { sent, provider } = notingProvider();
    expect(await sender(t.db, provider)(of)).toMatchObject({ outcome: 'sent' });
    expect(sent).toHaveLength(1);
  });

  test('is told from one that is over a bound whatever the machine does: that fails at once', async () => {
    const of = await given({ text: `{% for a in (1..2000) %}${'y'.repeat(2_000)}{% endfor %}` });
    const failure = { type: 'template.failed', nonRetryable: true };
    await expect(sender(t.db, notingProvider().provider)(of)).rejects.toMatchObject(failure);
    expect(renders).toHaveBeenCalledTimes(1);
  });
});

describe('a person who was erased', () => {
  const ERASED = { outcome: 'blocked', reason: 'contact_erased' };

  test('before the claim is sent nothing, and no row is written about her', async () => {
    const of = await given();
    await erase(of);
    const { sent, provider } = notingProvider();
    expect(await sender(t.db, provider)(of)).toMatchObject(ERASED);
    expect(sent).toEqual([]);
    expect(await t.admin`select 1 from deliveries where contact_id = ${of.contactId}`).toHaveLength(
      0,
    );
  });

  test('while her mail is handed over leaves nothing of the answer behind', async () => {
    const of = await given();
    const { provider } = notingProvider(async ({ to }) => {
      await erase(of);
      return { response: `250 queued for <${to}>` };
    });
    expect(await sender(t.db, provider)(of)).toMatchObject({ outcome: 'sent' });
    expect(await deliveryOf(t.db, of)).toMatchObject({
      status: 'sent',
      toAddress: null,
      request: null,
      providerResponse: '',
    });
  });

  test('before her mail is tried again is not sent it', async () => {
    const of = await given();
    const { sent, provider } = notingProvider(async () => {
      throw new DeliveryError('refused_retryable', 'smtp.451', 'later');
    });
    const send = sender(t.db, provider);
    await expect(send(of)).rejects.toMatchObject({ type: 'email.refused_retryable' });
    await erase(of);
    expect(await send(of)).toMatchObject(ERASED);
    expect(sent).toHaveLength(1);
  });
});
