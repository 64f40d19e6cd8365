import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { migrate } from '../../src/db/migrate';
import { type PostgresServer, startPostgres } from '../../src/dev/postgres';
import { stoppedAfter } from '../stopping';

/** Runs the work beside a PostgreSQL of its own, with its default settings, which is removed afterwards. */
export async function withPostgres<T>(work: (server: PostgresServer) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-figures-'));
  // The server may have to run under another account.
  await chmod(folder, 0o755);
  const removed = () => rm(folder, { recursive: true, force: true });
  const dataDir = join(folder, 'postgres');
  const server = await startPostgres({ dataDir, ownGroup: true }).catch(async (error: unknown) => {
    await removed();
    throw error;
  });
  const stop = async () => {
    await server.stop();
    await removed();
  };
  return stoppedAfter(stop, () => work(server));
}

/** Makes a database with the product's tables; returns its URL. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    await sql`create database ${sql(name)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate({ url: url.href });
  return url.href;
}
