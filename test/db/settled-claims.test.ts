/** What is settled stays settled, whoever comes late. */
import { eq } from 'drizzle-orm';
import {
  claimDelivery,
  lockDelivery,
  markUnknown,
  recordAttempt,
  settleAccepted,
} from '../../src/db/deliveries';
import { claimEffect, giveUpClaims, lockEffect, recordEffect } from '../../src/db/effects';
import { deliveries, type DeliveryStatus } from '../../src/db/schema/deliveries';
import { type EffectStatus, effects } from '../../src/db/schema/effects';
import { newId } from '../../src/ids';
import type { Tx } from '../../src/db/client';
import { contactId, enrollment } from './rows';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);

async function delivery(tx: Tx, status: DeliveryStatus) {
  const effectKey = `${newId()}:mail:1`;
  const row = await claimDelivery(tx, {
    ...{ effectKey, enrollmentId: newId(), nodeId: 'mail', visit: 1, status: 'claimed' },
    ...{ contactId: await contactId(tx), channel: 'email', purpose: 'marketing' },
  });
  if (row === null) throw new Error('The delivery was not claimed.');
  await tx.update(deliveries).set({ status }).where(eq(deliveries.id, row.id));
  const now = async () => (await lockDelivery(tx, effectKey))?.row;
  return { row, now };
}

async function effect(tx: Tx, status: EffectStatus) {
  const { id } = await enrollment(tx);
  const effectKey = `${id}:call:1`;
  const claim = { effectKey, enrollmentId: id, nodeId: 'call', visit: 1, kind: 'webhook' };
  const row = await claimEffect(tx, { ...claim, status: 'claimed' });
  if (row === null) throw new Error('The effect was not claimed.');
  await tx.update(effects).set({ status }).where(eq(effects.effectKey, effectKey));
  return { row, now: () => lockEffect(tx, effectKey) };
}

test.each(['sent', 'failed', 'blocked'] as const)(
  'a delivery that is %s stays so',
  async (status) =>
    inside(async (tx) => {
      const { row, now } = await delivery(tx, status);
      const before = await now();
      await markUnknown(tx, row.id, 'interrupted', 'late');
      await settleAccepted(tx, row.id, 'found');
      expect(await recordAttempt(tx, row, { status: 'sent', response: '250 late' })).toBe(false);
      expect(await now()).toEqual(before);
    }),
);

test.each(['done', 'failed', 'blocked'] as const)('an effect that is %s stays so', async (status) =>
  inside(async (tx) => {
    const { row, now } = await effect(tx, status);
    const before = await now();
    const end = { status: 'failed', reason: 'http.refused', response: { late: true } } as const;
    expect(await recordEffect(tx, row, end)).toBe(false);
    expect(await giveUpClaims(tx, [row.effectKey], { quietMs: -1_000, reason: 'late' })).toEqual(
      [],
    );
    expect(await now()).toEqual(before);
  }),
);

test('a claim that is not settled may still be given up, and its attempt may still answer', async () =>
  inside(async (tx) => {
    const { row, now } = await effect(tx, 'claimed');
    const late = { quietMs: -1_000, reason: 'interrupted' };
    expect(await giveUpClaims(tx, [row.effectKey], late)).toEqual([row.effectKey]);
    expect(await now()).toMatchObject({ status: 'unknown', resolution: null });
    const end = { status: 'done', reason: null, response: null } as const;
    expect(await recordEffect(tx, row, end)).toBe(true);
    expect(await now()).toMatchObject({ status: 'done', resolution: 'answered' });
  }));
