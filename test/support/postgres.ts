import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { type Database, type DatabaseRole, openDatabase } from '../../src/db/client';
import { newId } from '../../src/ids';
import { addressOf, databaseUrl, TEMPLATE } from './server-address';

/** A migrated database of one test file. */
export interface TestDatabase {
  /** As superuser. */
  url: string;
  /** As throughline_app. */
  db: Database;
  /** A workspace that exists. */
  workspaceId: string;
  /** Superuser statements, which see every workspace. */
  admin: postgres.Sql;
  /** Another connection pool, closed with the rest. */
  open(options?: { role?: DatabaseRole; max?: number }): Promise<Database>;
  /** Makes another workspace and returns its id. */
  newWorkspace(): Promise<string>;
  /** Ends all connections and drops the database. */
  close(): Promise<void>;
}

/** Clones the migrated template; call in `beforeAll`, and `close` in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = await addressOf('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, (sql) => sql`create database ${sql(name)} template ${sql(TEMPLATE)}`);
  const url = databaseUrl(serverUrl, name);
  const admin = postgres(url, { max: 2, onnotice: () => undefined });
  const opened: Database[] = [];
  const open: TestDatabase['open'] = async (options = {}) => {
    const db = await openDatabase({ url, ...options });
    opened.push(db);
    return db;
  };
  const newWorkspace = async () => {
    const workspaceId = newId();
    await admin`insert into workspaces (workspace_id, name) values (${workspaceId}, 'Test')`;
    return workspaceId;
  };
  const close = async () => {
    await Promise.all([admin.end({ timeout: 5 }), ...opened.map((db) => db.close())]);
    await onServer(serverUrl, (sql) => sql`drop database ${sql(name)} with (force)`);
  };
  return {
    url,
    admin,
    open,
    newWorkspace,
    close,
    db: await open(),
    workspaceId: await newWorkspace(),
  };
}

/** An empty database without Throughline's tables; the caller drops it by `drop`. */
export async function emptyDatabase(
  owner?: string,
): Promise<{ url: string; drop(): Promise<void> }> {
  const serverUrl = await addressOf('postgres');
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await onServer(
    serverUrl,
    (sql) => sql`create database ${sql(name)} ${owner ? sql`owner ${sql(owner)}` : sql``}`,
  );
  const drop = () =>
    onServer(serverUrl, async (sql) => void (await sql`drop database ${sql(name)} with (force)`));
  return { url: databaseUrl(serverUrl, name), drop };
}

async function onServer(
  serverUrl: string,
  work: (sql: postgres.Sql) => PromiseLike<unknown>,
): Promise<void> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
