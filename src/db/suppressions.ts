/**
 * Addresses that nothing is sent to any more.
 *
 * 1. An address is looked up by its hash, salted with the workspace. So an erasure can forget the address itself, and
 *    whoever has asked to be left alone still is.
 * 2. What suppresses is stored with the event that tells of it: no mail is claimed in between.
 */
import { createHash } from 'node:crypto';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { newId } from '../ids';
import { suppressedBy, suppressedForm, type SuppressionReason } from '../journey/suppression';
import type { Tx } from './client';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { contacts } from './schema/contacts';
import { deliveries } from './schema/deliveries';
import type { events } from './schema/events';
import { idempotencyKeys } from './schema/idempotency-keys';
import { suppressions } from './schema/suppressions';

export type SuppressionRow = typeof suppressions.$inferSelect;

const EMAIL = 'email';

interface SuppressionInput {
  readonly address: string;
  readonly reason: SuppressionReason;
  readonly at: Date;
  readonly eventId?: string | undefined;
  readonly createdBy?: string | undefined;
}

/** Suppresses an address. One that is suppressed already stays as it is. */
export async function suppress(
  tx: Tx,
  { address, reason, at, eventId, createdBy }: SuppressionInput,
): Promise<{ suppression: SuppressionRow; created: boolean }> {
  const input = {
    ...{ id: newId(), channel: EMAIL, address: suppressedForm(address) },
    ...{ addressHash: hashOf(tx, address), reason, eventId, createdBy, createdAt: at },
  };
  const [fresh] = await tx.insert(suppressions).values(input).onConflictDoNothing().returning();
  if (fresh) return { suppression: fresh, created: true };
  const [known] = await tx
    .update(suppressions)
    // It is known by name again where its person had been erased.
    .set({ address: input.address })
    .where(ofAddress(tx, address))
    .returning();
  if (!known) return suppress(tx, { address, reason, at, eventId, createdBy });
  return { suppression: known, created: false };
}

/** That an address is suppressed, or null. */
export async function findSuppression(tx: Tx, address: string): Promise<SuppressionRow | null> {
  const [row] = await tx.select().from(suppressions).where(ofAddress(tx, address));
  return row ?? null;
}

export async function getSuppression(tx: Tx, id: string): Promise<SuppressionRow | null> {
  const [row] = await tx.select().from(suppressions).where(eq(suppressions.id, id));
  return row ?? null;
}

/** Lets an address be written to again; null when there is no such suppression. */
export async function removeSuppression(tx: Tx, id: string): Promise<SuppressionRow | null> {
  const [row] = await tx.delete(suppressions).where(eq(suppressions.id, id)).returning();
  return row ?? null;
}

export interface SuppressionFilter {
  readonly address?: string | undefined;
  readonly reason?: SuppressionReason | undefined;
}

/** Suppressions, the newest first. */
export async function listSuppressions(
  tx: Tx,
  { address, reason }: SuppressionFilter,
  page: Page,
): Promise<Listed<SuppressionRow>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select()
    .from(suppressions)
    .where(
      and(
        address === undefined ? undefined : ofAddress(tx, address),
        reason === undefined ? undefined : eq(suppressions.reason, reason),
        after === null ? undefined : lt(suppressions.id, after),
      ),
    )
    .orderBy(desc(suppressions.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

/** Forgets an address of somebody who is erased, in stored answers too, and goes on keeping mail from it. */
export async function forgetAddress(tx: Tx, address: string): Promise<void> {
  const { response, route } = idempotencyKeys;
  const told = sql`${response} #>> '{body,address}' = ${suppressedForm(address)}`;
  await tx
    .update(idempotencyKeys)
    .set({ response: sql`jsonb_set(${response}, '{body,address}', 'null')` })
    .where(and(sql`${route} like '% /api/v1/suppressions'`, told));
  await tx.update(suppressions).set({ address: null, eventId: null }).where(ofAddress(tx, address));
}

type Told = Pick<
  typeof events.$inferSelect,
  'id' | 'type' | 'contactId' | 'deliveryKey' | 'properties' | 'receivedAt'
>;

/** Suppresses the address of the message that an event tells has bounced for good, or was complained about. */
export async function suppressByEvent(tx: Tx, event: Told): Promise<void> {
  const reason = suppressedBy(event.type, event.properties);
  if (reason === null) return;
  const address = (await addressOfMessage(tx, event)) ?? (await addressOfContact(tx, event));
  if (address === null) return;
  await suppress(tx, { address, reason, at: event.receivedAt, eventId: event.id });
}

async function addressOfMessage(tx: Tx, { deliveryKey }: Told): Promise<string | null> {
  if (deliveryKey === null) return null;
  const [row] = await tx
    .select({ address: deliveries.toAddress })
    .from(deliveries)
    .where(and(eq(deliveries.effectKey, deliveryKey), eq(deliveries.channel, EMAIL)));
  return row?.address ?? null;
}

async function addressOfContact(tx: Tx, { contactId }: Told): Promise<string | null> {
  const [row] = await tx
    .select({ address: contacts.email })
    .from(contacts)
    .where(eq(contacts.id, contactId));
  return row?.address ?? null;
}

const ofAddress = (tx: Tx, address: string) =>
  and(eq(suppressions.channel, EMAIL), eq(suppressions.addressHash, hashOf(tx, address)));

function hashOf({ workspaceId }: Tx, address: string): string {
  return createHash('sha256')
    .update(`${workspaceId}\0${suppressedForm(address)}`)
    .digest('hex');
}
