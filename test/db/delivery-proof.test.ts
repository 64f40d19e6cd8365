import { eq } from 'drizzle-orm';
import { settleByEvent } from '../../src/db/delivery-proof';
import type { DeliveryRow } from '../../src/db/deliveries';
import { deliveries, type DeliveryStatus } from '../../src/db/schema/deliveries';
import { newId } from '../../src/ids';
import type { JsonObject } from '../../src/journey/json';
import { contactId, delivery, instant } from './rows';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());
beforeEach(() => t.admin`delete from outbox`);

async function given(status: DeliveryStatus): Promise<DeliveryRow> {
  const effectKey = `${newId()}:mail:1`;
  return t.db.inWorkspace(t.workspaceId, async (tx) => {
    await delivery(tx, {
      contactId: await contactId(tx),
      effectKey,
      claimedAt: instant('08:00:00'),
    });
    const [row] = await tx
      .update(deliveries)
      .set({ status })
      .where(eq(deliveries.effectKey, effectKey))
      .returning();
    if (!row) throw new Error('The delivery was not stored.');
    return row;
  });
}

const settle = (
  type: string,
  deliveryKey: string | null,
  properties: JsonObject = { messageId: '<m@x>' },
) => t.db.inWorkspace(t.workspaceId, (tx) => settleByEvent(tx, { type, deliveryKey, properties }));
const bells = async () => [...(await t.admin`select payload from outbox where kind = 'bell'`)];
const stored = async ({ id }: DeliveryRow) =>
  (
    await t.admin`select status, resolution, resolved_at is not null as resolved from deliveries where id = ${id}`
  )[0];

test('an event that proves it settles an unknown delivery and leaves one bell', async () => {
  const row = await given('unknown');
  expect(await settle('email.delivered', row.effectKey)).toBe(true);
  expect(await settle('email.opened', row.effectKey)).toBe(false);
  expect(await stored(row)).toEqual({ status: 'sent', resolution: 'event', resolved: true });
  expect(await bells()).toEqual([{ payload: { enrollmentId: row.enrollmentId } }]);
});

test('other events, and events about other messages, prove nothing', async () => {
  const row = await given('unknown');
  expect(await settle('email.unsubscribed', row.effectKey)).toBe(false);
  expect(await settle('email.opened', `${newId()}:mail:1`)).toBe(false);
  expect(await settle('email.opened', null)).toBe(false);
  expect(await settle('email.opened', row.effectKey, { url: 'https://shop.example' })).toBe(false);
  expect(await stored(row)).toMatchObject({ status: 'unknown', resolved: false });
  expect(await bells()).toEqual([]);
});

test.each(['claimed', 'sent', 'failed', 'blocked'] as const)(
  'a delivery that is %s is not in doubt',
  async (status) => {
    const row = await given(status);
    expect(await settle('email.opened', row.effectKey)).toBe(false);
    expect(await stored(row)).toMatchObject({ status, resolution: null });
    expect(await bells()).toEqual([]);
  },
);
