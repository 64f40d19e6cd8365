/**
 * Keys as those who look after them see and change them: listed, replaced, revoked, noted as used.
 *
 * 1. A key that has ended stays as a row: what it did is in the audit log under its id.
 * 2. No statement here reads a secret's hash.
 * 3. Whoever ends keys holds all admin keys first, so two of them cannot end each other.
 */
import { and, arrayContains, asc, desc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { createApiKey } from './api-keys';
import type { Tx } from './client';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { apiKeys } from './schema/api-keys';

export const ADMIN = 'admin';

const SHOWN = {
  id: apiKeys.id,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  scopes: apiKeys.scopes,
  createdAt: apiKeys.createdAt,
  createdBy: apiKeys.createdBy,
  expiresAt: apiKeys.expiresAt,
  lastUsedAt: apiKeys.lastUsedAt,
  replacedBy: apiKeys.replacedBy,
  revokedAt: apiKeys.revokedAt,
};

export type IssuedKey = Pick<typeof apiKeys.$inferSelect, keyof typeof SHOWN>;

export async function getIssuedKey(tx: Tx, id: string): Promise<IssuedKey | null> {
  const [row] = await tx.select(SHOWN).from(apiKeys).where(eq(apiKeys.id, id));
  return row ?? null;
}

/** Keys of the workspace, those that have ended included, the newest first. */
export async function listIssuedKeys(tx: Tx, page: Page): Promise<Listed<IssuedKey>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select(SHOWN)
    .from(apiKeys)
    .where(after === null ? undefined : lt(apiKeys.id, after))
    .orderBy(desc(apiKeys.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

/** Whether a key opens anything at this instant. */
export function inForce({ revokedAt, expiresAt }: IssuedKey, at: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > at);
}

/** The key, held until the transaction ends, as are all admin keys; null when there is none of that id. */
export async function holdIssuedKey(tx: Tx, id: string): Promise<IssuedKey | null> {
  await adminKeys(tx);
  const [row] = await tx.select(SHOWN).from(apiKeys).where(eq(apiKeys.id, id)).for('update');
  return row ?? null;
}

/** Whether the workspace has an admin key for as long as now, if this one ends at once. */
export async function adminRemains(tx: Tx, ending: IssuedKey, at: Date): Promise<boolean> {
  if (!ending.scopes.includes(ADMIN) || !inForce(ending, at)) return true;
  const lastsAsLong = ({ expiresAt }: IssuedKey) =>
    expiresAt === null || (ending.expiresAt !== null && expiresAt >= ending.expiresAt);
  const others = (await adminKeys(tx)).filter(({ id }) => id !== ending.id);
  return others.some((other) => inForce(other, at) && lastsAsLong(other));
}

function adminKeys(tx: Tx): Promise<IssuedKey[]> {
  return tx
    .select(SHOWN)
    .from(apiKeys)
    .where(and(arrayContains(apiKeys.scopes, [ADMIN]), isNull(apiKeys.revokedAt)))
    .orderBy(asc(apiKeys.id))
    .for('update');
}

interface Replacement {
  /** Until when the key that is replaced stays in force. */
  readonly oldEndsAt: Date;
  readonly expiresAt: Date | null;
  readonly createdBy: string;
}

/** Puts a new key with the same name and scopes in the place of one. */
export async function replaceKey(
  tx: Tx,
  old: IssuedKey,
  { oldEndsAt, expiresAt, createdBy }: Replacement,
): Promise<{ id: string; key: string }> {
  const { name, scopes } = old;
  const made = await createApiKey(tx, { name, scopes, expiresAt, createdBy });
  await tx
    .update(apiKeys)
    .set({ replacedBy: made.id, expiresAt: oldEndsAt })
    .where(eq(apiKeys.id, old.id));
  return made;
}

/** Ends a key at once. */
export async function revokeKey(tx: Tx, id: string, at: Date): Promise<IssuedKey | null> {
  const [row] = await tx
    .update(apiKeys)
    .set({ revokedAt: at })
    .where(eq(apiKeys.id, id))
    .returning(SHOWN);
  return row ?? null;
}

/** Notes that a key was used just now, unless that was noted within the last minute. */
export async function noteKeyUse(tx: Tx, id: string): Promise<void> {
  const stale = lt(apiKeys.lastUsedAt, sql`now() - interval '1 minute'`);
  await tx
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(and(eq(apiKeys.id, id), or(isNull(apiKeys.lastUsedAt), stale)));
}
