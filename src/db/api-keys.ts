/**
 * Owns: making keys of workspaces and knowing them again. Does not own their form (api-key-form.ts), nor what is
 * done with them later (issued-keys.ts).
 *
 * 1. A key is never stored, only its SHA-256; 256 random bits need no salt.
 * 2. Looking a key up is the one question without a workspace. It is answered by a function of the
 *    owner, by prefix; the comparison takes the same time whatever is presented.
 */
import { timingSafeEqual } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { isUuid, newId } from '../ids';
import { generateApiKey, storedForm } from './api-key-form';
import type { Database, Tx } from './client';
import { databaseFailure } from './failure';
import { apiKeys } from './schema/api-keys';

export interface KeyIdentity {
  workspaceId: string;
  keyId: string;
  scopes: string[];
}

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: Date | null | undefined;
  readonly createdBy?: string | undefined;
}

/** Makes a key in the workspace of the transaction. `key` is shown once and cannot be read again. */
export async function createApiKey(
  tx: Tx,
  { name, scopes, expiresAt, createdBy }: NewApiKey,
): Promise<{ id: string; key: string }> {
  const key = generateApiKey();
  const id = newId();
  const made = { id, name, scopes: [...scopes], expiresAt, createdBy };
  await tx.insert(apiKeys).values({ ...made, ...storedForm(key) });
  return { id, key };
}

/** What a key of this workspace is called; null when there is none of that id. */
export async function getApiKeyName(tx: Tx, id: string): Promise<string | null> {
  if (!isUuid(id)) return null;
  const [row] = await tx.select({ name: apiKeys.name }).from(apiKeys).where(eq(apiKeys.id, id));
  return row?.name ?? null;
}

/** Longer texts are no keys, and not worth hashing. */
const LONGEST_KEY = 200;

interface Candidate {
  workspaceId: string;
  keyId: string;
  secretHash: string;
  scopes: string[];
}

/** Whose key this is, or null for anything that is not a key in force. Needs the role throughline_app. */
export async function lookUpApiKey(db: Database, presented: string): Promise<KeyIdentity | null> {
  if (presented.length > LONGEST_KEY) return null;
  const form = storedForm(presented);
  const candidates = await db.sql<Candidate[]>`
    select workspace_id as "workspaceId", key_id as "keyId", secret_hash as "secretHash", scopes
    from throughline.find_api_keys(${form.prefix})`.catch((error: unknown) => {
    throw databaseFailure(error);
  });
  const hash = Buffer.from(form.secretHash);
  const match = candidates.find(({ secretHash }) => timingSafeEqual(Buffer.from(secretHash), hash));
  return match
    ? { workspaceId: match.workspaceId, keyId: match.keyId, scopes: match.scopes }
    : null;
}

export { generateApiKey } from './api-key-form';
export { ensureDevWorkspace } from './dev-workspace';
