import { createHash } from 'node:crypto';
import postgres from 'postgres';
import { storedForm } from './api-key-form';
import { databaseFailure } from './failure';

const DEV_SCOPES = ['admin'];

/**
 * Makes the default workspace and puts the key in force there, as the owner role; again is harmless.
 * Returns the workspace's id.
 */
export async function ensureDevWorkspace(ownerUrl: string, apiKey: string): Promise<string> {
  const form = storedForm(apiKey);
  const owner = postgres(ownerUrl, {
    max: 1,
    onnotice: () => undefined,
    connection: { role: 'throughline_owner', application_name: 'throughline-dev-workspace' },
  });
  try {
    await owner.begin(async (sql) => {
      await sql`select set_config('throughline.workspace', ${DEV_WORKSPACE_ID}, true)`;
      await sql`insert into workspaces (name) values ('Default') on conflict do nothing`;
      await sql`insert into api_keys (id, name, prefix, secret_hash, scopes)
        values (${keyId(form.secretHash)}, 'dev', ${form.prefix}, ${form.secretHash}, ${DEV_SCOPES}) on conflict do nothing`;
    });
    return DEV_WORKSPACE_ID;
  } catch (error) {
    throw databaseFailure(error);
  } finally {
    await owner.end({ timeout: 5 });
  }
}

/** The same in every dev database, so that a key survives a fresh one. A valid UUIDv7 of the epoch. */
const DEV_WORKSPACE_ID = '00000000-0000-7000-8000-000000000001';

/** One row per key: the id follows from the key, so that a second call finds it taken. */
function keyId(secretHash: string): string {
  const hex = createHash('sha256').update(`dev:${secretHash}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
