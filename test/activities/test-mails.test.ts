/** Test mails: a worker sends what the API has stored, each at most once. */
import { orderedTestMails } from '../../activities/test-mails';
import { DeliveryError, type EmailChannel } from '../../src/channels/email';
import type { Database } from '../../src/db/client';
import { suppress } from '../../src/db/suppressions';
import { getTestMail, orderTestMail, type TestMailRow } from '../../src/db/test-mails';
import { maintain } from '../../src/db/upkeep';
import { createLogger } from '../../src/log';
import { notingProvider } from '../support/noting-provider';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
let outbox: Database;
beforeAll(async () => {
  t = await testDatabase();
  outbox = await t.open({ role: 'throughline_relay' });
});
afterAll(() => t?.close());

const never = new AbortController().signal;
const sender = { name: 'Shop', email: 'shop@shop.example' };

const round = (channel: EmailChannel) =>
  orderedTestMails({ outbox, db: t.db, channel, sender, log: createLogger('test', 'silent') }).run(
    null,
    never,
  );

const order = (toAddress: string, workspaceId = t.workspaceId): Promise<TestMailRow> =>
  t.db.inWorkspace(workspaceId, (tx) =>
    orderTestMail(tx, {
      ...{ template: 'hi', templateVersion: 1, contactId: null, createdBy: 'test' },
      ...{ toAddress, content: { subject: 'Hi', html: '<p>Hi</p>' } },
    }),
  );

const after = ({ id, workspaceId }: TestMailRow) =>
  t.db.inWorkspace(workspaceId, (tx) => getTestMail(tx, { template: 'hi', id }));

test('what waits is sent once, in every workspace, and forgotten', async () => {
  const orders = [
    await order('ada@example.com'),
    await order('bo@example.com', await t.newWorkspace()),
  ];
  const { sent, provider } = notingProvider();
  await Promise.all([round(provider), round(provider), round(provider)]);
  await round(provider);
  expect(sent.map(({ to }) => to).toSorted()).toEqual(['ada@example.com', 'bo@example.com']);
  expect(sent[0]).toMatchObject({ from: sender, subject: 'Hi', html: '<p>Hi</p>' });
  for (const row of orders)
    expect(await after(row)).toMatchObject({ status: 'sent', response: '250 ok', content: null });
});

test.each([
  ['refused_permanent', 'failed'],
  ['refused_retryable', 'failed'],
  ['ambiguous', 'unknown'],
] as const)('one that ends as %s is %s, and not tried again', async (kind, status) => {
  const row = await order('x@example.com');
  const { sent, provider } = notingProvider(async () => {
    throw new DeliveryError(kind, 'smtp.500', 'no');
  });
  await round(provider);
  await round(provider);
  expect(sent).toHaveLength(1);
  expect(await after(row)).toMatchObject({ status, response: 'smtp.500: no', content: null });
});

test('one whose sender died is unknown, once that is certain', async () => {
  const row = await order('dead@example.com');
  await t.admin`update test_mails set status = 'sending', started_at = now() where id = ${row.id}`;
  const { sent, provider } = notingProvider();
  await round(provider);
  expect(await after(row)).toMatchObject({ status: 'sending' });
  await t.admin`update test_mails set started_at = now() - interval '1 hour' where id = ${row.id}`;
  await round(provider);
  expect(await after(row)).toMatchObject({ status: 'unknown', response: 'interrupted' });
  expect(sent).toEqual([]);
});

test('an address that was suppressed meanwhile gets nothing', async () => {
  const row = await order('gone@example.com');
  await t.db.inWorkspace(t.workspaceId, (tx) =>
    suppress(tx, { address: 'Gone@example.com', reason: 'manual', at: new Date() }),
  );
  const { sent, provider } = notingProvider();
  await round(provider);
  expect(sent).toEqual([]);
  expect(await after(row)).toMatchObject({
    status: 'blocked',
    response: 'suppressed',
    content: null,
  });
});

test('after a week its row goes, in every workspace, though nobody orders another', async () => {
  const [old, other] = [
    await order('old@example.com'),
    await order('b@example.com', await t.newWorkspace()),
  ];
  const young = await order('young@example.com');
  await t.admin`update test_mails set created_at = now() - interval '8 days' where id in (${old.id}, ${other.id})`;
  await maintain(outbox);
  expect([await after(old), await after(other)]).toEqual([null, null]);
  expect(await after(young)).toMatchObject({ toAddress: 'young@example.com' });
});
