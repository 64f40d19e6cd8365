/** What a contact wants is judged by what is committed when a mail is claimed, by every attempt anew. */
import { DeliveryError } from '../../src/channels/email';
import { patchContact } from '../../src/db/contacts';
import { notingProvider } from '../support/noting-provider';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { ageClaim, deliveryOf, type SendCase, sendCase, sender } from '../support/sends';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const UNSUBSCRIBED = { outcome: 'blocked', reason: 'unsubscribed' };
const REFUSED = { consent: { email: false } };

const given = (data?: object, contact?: object) => sendCase(t.db, t.workspaceId, data, contact);
const refuse = (of: SendCase) =>
  t.db.inWorkspace(of.workspaceId, (tx) => patchContact(tx, of.contactId, REFUSED));

test('marketing is blocked for good, even when she changes her mind later', async () => {
  const of = await given({}, REFUSED);
  const { sent, provider } = notingProvider();
  const send = sender(t.db, provider);
  expect(await send(of)).toMatchObject(UNSUBSCRIBED);
  const yes = { consent: { email: true } };
  await t.db.inWorkspace(of.workspaceId, (tx) => patchContact(tx, of.contactId, yes));
  expect(await send(of)).toMatchObject(UNSUBSCRIBED);
  expect(await deliveryOf(t.db, of)).toMatchObject({
    status: 'blocked',
    reason: 'unsubscribed',
    purpose: 'marketing',
    toAddress: null,
    request: null,
  });
  expect(sent).toEqual([]);
});

test('what is transactional goes out', async () => {
  const of = await given({ purpose: 'transactional' }, REFUSED);
  const { sent, provider } = notingProvider();
  expect(await sender(t.db, provider)(of)).toMatchObject({ outcome: 'sent' });
  expect(sent).toHaveLength(1);
});

test('a mail that was refused is not tried again after a no', async () => {
  const of = await given();
  const { sent, provider } = notingProvider(async () => {
    throw new DeliveryError('refused_retryable', 'smtp.451', 'later');
  });
  const send = sender(t.db, provider);
  await expect(send(of)).rejects.toMatchObject({ type: 'email.refused_retryable' });
  await refuse(of);
  expect(await send(of)).toMatchObject(UNSUBSCRIBED);
  expect(sent).toHaveLength(1);
});

test('a mail in doubt that never arrived is not sent again after a no', async () => {
  const of = await given();
  const losing = async () => {
    throw new DeliveryError('ambiguous', 'smtp.timeout', 'nothing');
  };
  const { sent, provider } = notingProvider(losing, { lookUp: async () => 'absent' });
  const send = sender(t.db, provider);
  await expect(send(of)).rejects.toMatchObject({ type: 'email.unknown' });
  await refuse(of);
  await ageClaim(t.admin, of);
  expect(await send(of)).toMatchObject(UNSUBSCRIBED);
  expect(await deliveryOf(t.db, of)).toMatchObject({
    status: 'blocked',
    reason: 'unsubscribed',
    resolution: 'not_resent',
  });
  expect(sent).toHaveLength(1);
});
