/**
 * Owns: connections, and the one way to a workspace's rows.
 *
 * 1. Row-level security binds neither superusers nor roles with BYPASSRLS, so `openDatabase` refuses
 *    to work as one of them.
 * 2. `throughline.workspace` is set inside the transaction and ends with it: a session-level setting
 *    would reach the next user of the pooled connection.
 * 3. drizzle changes the parsers and serializers of the client it is given, so raw `sql` has its own.
 */
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { isUuid } from '../ids';
import { databaseFailure } from './failure';
import { preparing } from './prepared';

export type DatabaseRole = 'throughline_app' | 'throughline_relay';

type Drizzle = ReturnType<typeof drizzle>;
type Transaction = Parameters<Parameters<Drizzle['transaction']>[0]>[0];

/** A transaction inside one workspace. Statements sent without awaiting run in the order sent. */
export type Tx = Transaction & {
  readonly workspaceId: string;
  /** Does something behind the commit, and nothing when there is none: for what counts what was done. */
  onCommit(work: () => void): void;
};

export interface Database {
  /**
   * Runs `work` in one transaction that sees and writes rows of this workspace only; commits when it
   * resolves. Rejects with what `work` threw, or a `DatabaseError` without values for a failed query.
   */
  inWorkspace<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Ends every connection, after the queries under way or 5 s. */
  close(): Promise<void>;
  /** A client of its own for raw statements, outside any workspace: it sees no tenant's rows. */
  readonly sql: postgres.Sql;
}

export interface OpenOptions {
  /** A user that is the role or may become it; a superuser obeys row-level security as the role. */
  url: string;
  role?: DatabaseRole;
  /** Connections for transactions, 10 unless told. */
  max?: number;
  /** Shown as `application_name` in pg_stat_activity. */
  name?: string;
}

/** Connections for raw statements: key look-ups and the relay's claims, short and few. */
const RAW_CONNECTIONS = 4;

/** Connects, and proves that row-level security will be obeyed. Rejects with what to do otherwise. */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { url, role = 'throughline_app', max = 10, name = 'throughline' } = options;
  const connection = { role, application_name: name };
  const shared = { connection, onnotice: () => undefined, connect_timeout: 10 };
  const raw = postgres(url, { ...shared, max: Math.min(max, RAW_CONNECTIONS) });
  const pool = postgres(url, { ...shared, max });
  const close = async () => {
    await Promise.all([raw.end({ timeout: 5 }), pool.end({ timeout: 5 })]);
  };
  try {
    await assertObedient(raw, role);
  } catch (error) {
    await close();
    throw explained(error, role);
  }
  const db = drizzle(preparing(pool));
  return {
    inWorkspace: (workspaceId, work) => inWorkspace(db, workspaceId, work),
    close,
    sql: raw,
  };
}

async function inWorkspace<T>(
  db: Drizzle,
  workspaceId: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  if (!isUuid(workspaceId)) {
    throw new Error(
      `inWorkspace: "${workspaceId}" is no workspace id; pass the UUID of a workspace.`,
    );
  }
  const behind: (() => void)[] = [];
  const onCommit = (each: () => void) => void behind.push(each);
  const result = await committed(() =>
    db.transaction(async (tx) => {
      // Not awaited first: it is sent ahead of the first statement, in the same round trip.
      const scoped = tx
        .execute(sql`select set_config('throughline.workspace', ${workspaceId}, true)`)
        .execute();
      const mine = Object.assign(tx, { workspaceId, onCommit });
      return (await Promise.all([scoped, work(mine)]))[1];
    }),
  );
  for (const each of behind) each();
  return result;
}

async function committed<T>(transaction: () => Promise<T>): Promise<T> {
  try {
    return await transaction();
  } catch (error) {
    throw databaseFailure(error);
  }
}

async function assertObedient(raw: postgres.Sql, role: DatabaseRole): Promise<void> {
  const [me] = await raw<{ name: string; exempt: boolean }[]>`
    select rolname as name, rolsuper or rolbypassrls as exempt from pg_roles where rolname = current_user`;
  if (me?.name === role && !me.exempt) return;
  throw new Error(
    `The database connection acts as "${me?.name}"${me?.exempt ? ', which bypasses row-level security' : ''}. ` +
      `It must act as ${role} without SUPERUSER and BYPASSRLS: check the URL's options and the role's attributes.`,
  );
}

const ROLE_MISSING = '22023';
const ROLE_REFUSED = '42501';

function explained(error: unknown, role: DatabaseRole): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === ROLE_MISSING)
    return new Error(`PostgreSQL has no role ${role}. Run the migrations first.`);
  if (code === ROLE_REFUSED) {
    return new Error(
      `The database user may not act as ${role}. As a superuser: grant ${role} to that user.`,
    );
  }
  return databaseFailure(error);
}
