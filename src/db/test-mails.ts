/**
 * Templates that are sent to somebody for a look.
 *
 * 1. Each is sent at most once: whoever claims it may send, and a claim whose sender died becomes `unknown`.
 * 2. What it says is kept until it is over, and the row for a week (`throughline.maintain`).
 */
import { and, eq, or, sql } from 'drizzle-orm';
import { newId } from '../ids';
import type { Database, Tx } from './client';
import { databaseFailure } from './failure';
import { testMails } from './schema/test-mails';
import type { Place } from './upkeep';

export type TestMailRow = typeof testMails.$inferSelect;

type TestMailInput = Pick<
  TestMailRow,
  'template' | 'templateVersion' | 'contactId' | 'toAddress' | 'createdBy'
> & {
  /** Null for one that is blocked from the start. */
  readonly content: TestMailRow['content'];
  readonly blocked?: string | undefined;
};

/** Leaves a mail for a worker to send, or notes why none is sent. */
export async function orderTestMail(
  tx: Tx,
  { blocked, content, ...input }: TestMailInput,
): Promise<TestMailRow> {
  const state =
    blocked === undefined
      ? ({ status: 'waiting', content } as const)
      : ({ status: 'blocked', response: blocked, content: null, endedAt: sql`now()` } as const);
  const [row] = await tx
    .insert(testMails)
    .values({ id: newId(), ...input, ...state })
    .returning();
  if (!row) throw new Error('A test mail was not stored: an insert returned no row.');
  return row;
}

/** A test mail of this template, or null. */
export async function getTestMail(
  tx: Tx,
  { template, id }: { readonly template: string; readonly id: string },
): Promise<TestMailRow | null> {
  const [row] = await tx
    .select()
    .from(testMails)
    .where(and(eq(testMails.id, id), eq(testMails.template, template)));
  return row ?? null;
}

/** Test mails of every workspace that wait, or whose sender is silent for `quietMs`. Needs throughline_relay. */
export async function openTestMails(
  db: Database,
  { quietMs, limit }: { readonly quietMs: number; readonly limit: number },
): Promise<readonly Place[]> {
  const rows = await db.sql<Place[]>`
    select workspace_id as "workspaceId", id
    from throughline.open_test_mails(${quietMs}, ${limit})`.catch((error: unknown) => {
    throw databaseFailure(error);
  });
  return [...rows];
}

/** Takes a test mail to send it; null when somebody has. One that somebody took and never ended is given up. */
export async function claimTestMail(tx: Tx, id: string): Promise<TestMailRow | null> {
  const [row] = await tx
    .update(testMails)
    .set({ status: 'sending', startedAt: sql`clock_timestamp()` })
    .where(and(eq(testMails.id, id), eq(testMails.status, 'waiting')))
    .returning();
  if (row) return row;
  await endTestMail(tx, id, { status: 'unknown', response: 'interrupted' });
  return null;
}

/** Notes what became of a test mail that was taken. */
export async function endTestMail(
  tx: Tx,
  id: string,
  end: { readonly status: 'sent' | 'failed' | 'unknown' | 'blocked'; readonly response: string },
): Promise<void> {
  await tx
    .update(testMails)
    .set({ ...end, content: null, endedAt: sql`clock_timestamp()` })
    .where(and(eq(testMails.id, id), eq(testMails.status, 'sending')));
}

/** Forgets test mails that show a contact's data, or went to her address. */
export async function forgetTestMails(
  tx: Tx,
  contact: { readonly id: string; readonly email: string | null },
): Promise<void> {
  const { id, email } = contact;
  const toHer = email === null ? undefined : sql`lower(${testMails.toAddress}) = lower(${email})`;
  await tx.delete(testMails).where(or(eq(testMails.contactId, id), toHer));
}
