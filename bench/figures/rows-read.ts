/** Rows that PostgreSQL has read, by its own count: the same on a busy machine, and on any other. */
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';

export interface RowsRead {
  /** Entries of indexes, and rows that a scan of a whole table came by. */
  readonly rows: number;
  /** The latter alone. */
  readonly sequential: number;
}

/** `application_name` of connections that are waited for: one tells what it has read when it ends. */
export const COUNTED = 'throughline-counted';

/** What the work has read by connections named `COUNTED`, which it opens and closes. `sql` is one connection. */
export async function rowsRead(sql: postgres.Sql, work: () => Promise<void>): Promise<RowsRead> {
  const before = await counted(sql);
  await work();
  const after = await counted(sql);
  return { rows: after.rows - before.rows, sequential: after.sequential - before.sequential };
}

async function counted(sql: postgres.Sql): Promise<RowsRead> {
  while (await areSomeOpen(sql)) await sleep(20);
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await sql<RowsRead[]>`
    select t.read::int as sequential, (t.read + i.read)::int as rows
    from (select sum(seq_tup_read) as read from pg_stat_user_tables) t,
      (select sum(idx_tup_read) as read from pg_stat_user_indexes) i`;
  if (row === undefined) throw new Error('PostgreSQL did not count.');
  return row;
}

async function areSomeOpen(sql: postgres.Sql): Promise<boolean> {
  const rows = await sql`
    select 1 from pg_stat_activity where datname = current_database() and application_name = ${COUNTED}`;
  return rows.length > 0;
}
