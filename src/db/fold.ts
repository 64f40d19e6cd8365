/**
 * Figures of workflows that need not be counted again: `workflow_counts`, in which a chore adds up what has ended.
 *
 * Invariants:
 * 1. Whatever ends gets the next number of a sequence, in the write that ends it (a trigger): nobody writes twice, and
 *    no enrollment waits for another's. Who is tried again loses the number.
 * 2. In the counts are exactly the ends up to `throughline.folded`, and those older than the numbers. Numbers commit in
 *    any order, so ends are folded when every transaction is over that was under way when the last of them was given.
 *    No clock decides, and nothing is lost however long a transaction takes: figures are merely counted from more rows.
 * 3. Who failed may be tried again and is never folded. All others who have ended, and steps, never change again in what
 *    is counted; where retention deletes them, it takes them out (`unfold`).
 * 4. Both lock the one row of `throughline.folded`: two chores fold once, and what is deleted is not folded meanwhile.
 *
 * A question adds three parts, in one statement, since each statement sees one moment: what is folded, what has ended
 * behind it, and what is open or failed. See src/db/stats.ts.
 */
import { sql } from 'drizzle-orm';
import type { Database, Tx } from './client';
import { databaseFailure } from './failure';

/** Up to which end may be folded, and the transaction up to which all must be over before. */
export interface Mark {
  readonly upTo: string;
  readonly markedIn: string;
}

/** Marks the latest end; null when all are folded. Needs throughline_relay. */
export async function markEnds(db: Database): Promise<Mark | null> {
  const [row] = await db.sql<{ upTo: string | null; markedIn: string }[]>`
    select up_to::text as "upTo", marked_in as "markedIn" from throughline.mark_ends()`.catch(
    refuse,
  );
  return row?.upTo == null ? null : { upTo: row.upTo, markedIn: row.markedIn };
}

/**
 * Folds ends up to the mark, `limit` at most; how many are left. Null, with nothing done, while a transaction may still
 * commit one. Needs throughline_relay.
 */
export async function foldEnds(db: Database, mark: Mark, limit: number): Promise<number | null> {
  const [row] = await db.sql<{ left: number | null }[]>`
    select throughline.fold(${mark.upTo}, ${mark.markedIn}::text::xid8, ${limit})::float8 as "left"`.catch(
    refuse,
  );
  return row?.left ?? null;
}

/** Takes steps of enrollments out of the counts, and `gone` altogether, which the transaction then deletes. */
export async function unfold(
  tx: Tx,
  ids: readonly string[],
  gone: readonly string[],
): Promise<void> {
  await tx.execute(
    sql`select throughline.unfold(${sql.param(ids)}::uuid[], ${sql.param(gone)}::uuid[])`,
  );
}

function refuse(error: unknown): never {
  throw databaseFailure(error);
}
