import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { generateApiKey } from '../db/api-keys';
import { ensureDevWorkspace } from '../db/dev-workspace';
import { migrate } from '../db/migrate';

const NAME = 'throughline';

/** Makes the database of this project on a server of ours; returns its URL. */
export async function createDevDatabase(serverUrl: string): Promise<string> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    const found = await sql`select 1 from pg_database where datname = ${NAME}`;
    if (found.length === 0) await sql`create database ${sql(NAME)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
  const url = new URL(serverUrl);
  url.pathname = `/${NAME}`;
  return url.href;
}

/** Brings the database up to date and makes sure of the dev workspace with its key. */
export async function prepareDatabase(url: string, apiKey: string): Promise<void> {
  await migrate({ url });
  await ensureDevWorkspace(url, apiKey);
}

/** The key of the home folder, made once, so that scripts and browsers keep working after a restart. */
export function devKey(home: string): string {
  return kept(join(home, 'dev-key'), generateApiKey);
}

/** The key of the links in mails, made once per home folder, so that mails of yesterday still lead back. */
export function devLinkKey(home: string): string {
  return `dev:${kept(join(home, 'link-key'), () => randomBytes(32).toString('base64url'))}`;
}

function kept(path: string, make: () => string): string {
  try {
    const secret = readFileSync(path, 'utf8').trim();
    if (secret !== '') return secret;
  } catch {
    // None yet.
  }
  const secret = make();
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
  return secret;
}
