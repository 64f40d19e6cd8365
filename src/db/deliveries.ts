/**
 * Deliveries: who may send a message, and what became of it.
 *
 * 1. One row per (workspace, effect key): whoever inserts it may send, everybody else reads.
 * 2. `attempt` fences: an attempt that is no longer the latest records nothing.
 * 3. A delivery that was ever unknown keeps that: `resolution` and `resolved_at` are never cleared.
 */
import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import { newId } from '../ids';
import { messages } from '../metrics';
import type { Tx } from './client';
import { deliveries } from './schema/deliveries';

export type DeliveryRow = typeof deliveries.$inferSelect;
export type DeliveryInput = Omit<
  typeof deliveries.$inferInsert,
  'id' | 'workspaceId' | 'claimedAt' | 'attempt'
> & {
  /** Where the message names it; a new one otherwise. */
  readonly id?: string;
};

/**
 * How an unknown outcome was settled: `found` at the provider, proved by a later `event`, `answered` by
 * its own attempt after all, `absent_resent` or `resent` (sent again), `not_resent` (absent, and stopped).
 */
export type Resolution = 'found' | 'event' | 'answered' | 'absent_resent' | 'resent' | 'not_resent';

/** A delivery with the age of its claim, by the database's clock: hosts disagree about the time. */
export interface KnownDelivery {
  readonly row: DeliveryRow;
  /** Milliseconds since the latest attempt claimed it. */
  readonly claimedForMs: number;
}

/** The clock, not the start of the transaction: a claim may have waited for another to commit. */
const NOW = sql`clock_timestamp()`;

/** Claims a key. Null when it is taken already, also by a transaction that committed meanwhile. */
export async function claimDelivery(tx: Tx, input: DeliveryInput): Promise<DeliveryRow | null> {
  const [row] = await tx
    .insert(deliveries)
    .values({ ...input, id: input.id ?? newId(), claimedAt: NOW })
    .onConflictDoNothing()
    .returning();
  if (row && row.status !== 'claimed') countMessage(tx, row);
  return row ?? null;
}

/** A refusal that may be tried again is told apart from a failure. */
function countMessage(
  tx: Tx,
  { channel, status, reason }: Pick<DeliveryRow, 'channel' | 'status' | 'reason'>,
): void {
  const outcome = status === 'failed' && reason === 'refused_retryable' ? 'refused' : status;
  tx.onCommit(() => messages.inc({ channel, outcome }));
}

const COUNTED = {
  channel: deliveries.channel,
  status: deliveries.status,
  reason: deliveries.reason,
};

/** The delivery of a key, locked until the transaction ends; null when nobody claimed it. */
export async function lockDelivery(tx: Tx, effectKey: string): Promise<KnownDelivery | null> {
  const [found] = await tx
    .select({
      row: deliveries,
      claimedForMs: sql<number>`(extract(epoch from ${NOW} - ${deliveries.claimedAt}) * 1000)::float8`,
    })
    .from(deliveries)
    .where(eq(deliveries.effectKey, effectKey))
    .for('update');
  return found ?? null;
}

/** Claims a delivery for one more attempt, whose number it returns. Only for a row that is locked. */
export async function claimAgain(
  tx: Tx,
  row: DeliveryRow,
  resolution?: Resolution,
): Promise<DeliveryRow> {
  const [claimed] = await tx
    .update(deliveries)
    .set({
      status: 'claimed',
      attempt: row.attempt + 1,
      claimedAt: NOW,
      reason: null,
      receipt: null,
      ...settled(resolution),
    })
    .where(eq(deliveries.id, row.id))
    .returning();
  if (!claimed)
    throw new Error(`Delivery ${row.id} is gone: it was erased while it was being sent.`);
  return claimed;
}

/** Notes what becomes of a delivery that has to wait, or had to. Only for a row that is locked. */
export async function judgeAgain(
  tx: Tx,
  row: DeliveryRow,
  input: Partial<DeliveryInput> & { readonly attempt?: number },
): Promise<DeliveryRow> {
  const nothing = { reason: null, receipt: null, deferredUntil: null };
  const [claimed] = await tx
    .update(deliveries)
    .set({ ...nothing, ...input, claimedAt: NOW })
    .where(eq(deliveries.id, row.id))
    .returning();
  if (!claimed) throw new Error(`Delivery ${row.id} is gone: it was erased while it waited.`);
  return claimed;
}

/** Lets nobody else count or send marketing to a contact until the transaction ends. */
export async function holdSends(tx: Tx, contactId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`sends/${contactId}`}, 0))`);
}

/** When marketing messages to a contact were claimed behind an instant, those that surely were not sent left out. */
export async function marketingSince(
  tx: Tx,
  question: {
    readonly contactId: string;
    /** Null for every channel. */
    readonly channel: string | null;
    readonly after: Date;
    /** The effect key of a message that does not count. */
    readonly except: string;
  },
): Promise<readonly number[]> {
  const { contactId, channel, after, except } = question;
  const at = sql`coalesce(${deliveries.judgedAt}, ${deliveries.claimedAt})`;
  const rows = await tx
    .select({ at: sql<number>`(extract(epoch from ${at}) * 1000)::float8` })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.contactId, contactId),
        eq(deliveries.purpose, 'marketing'),
        inArray(deliveries.status, ['claimed', 'sent', 'unknown']),
        channel === null ? undefined : eq(deliveries.channel, channel),
        ne(deliveries.effectKey, except),
        sql`${at} > ${after.toISOString()}::timestamptz`,
      ),
    );
  return rows.map((row) => row.at);
}

/** Notes that nobody knows whether an attempt was accepted. A row that is settled stays so. */
export async function markUnknown(
  tx: Tx,
  id: string,
  reason: string,
  response?: string,
): Promise<void> {
  const noted = await tx
    .update(deliveries)
    .set({
      status: 'unknown',
      reason,
      ...(response === undefined ? {} : { providerResponse: response }),
    })
    .where(and(eq(deliveries.id, id), inArray(deliveries.status, ['claimed', 'unknown'])))
    .returning(COUNTED);
  for (const row of noted) countMessage(tx, row);
}

/** Settles a delivery that was accepted after all. */
export async function settleAccepted(tx: Tx, id: string, resolution: Resolution): Promise<void> {
  const accepted = await tx
    .update(deliveries)
    .set({ status: 'sent', reason: null, sentAt: NOW, ...settled(resolution) })
    .where(and(eq(deliveries.id, id), eq(deliveries.status, 'unknown')))
    .returning(COUNTED);
  for (const row of accepted) countMessage(tx, row);
}

/** Why a message is not sent: a code, and where there is more to say, the same in words. */
export interface HeldBack {
  readonly reason: string;
  readonly receipt?: string | undefined;
}

/** Stops a delivery that was certainly not accepted. Only for a row that is locked. */
export async function blockDelivery(
  tx: Tx,
  id: string,
  { reason, receipt }: HeldBack,
  resolution?: Resolution,
): Promise<void> {
  const blocked = await tx
    .update(deliveries)
    .set({ status: 'blocked', reason, receipt: receipt ?? null, ...settled(resolution) })
    .where(eq(deliveries.id, id))
    .returning(COUNTED);
  for (const row of blocked) countMessage(tx, row);
}

/** What an attempt knows at its end. */
export type AttemptEnd =
  | { readonly status: 'sent'; readonly response: string }
  | { readonly status: 'failed' | 'unknown'; readonly reason: string; readonly response: string };

/** Records the end of an attempt. False when a later attempt has taken over, or it was settled without it. */
export async function recordAttempt(
  tx: Tx,
  { id, attempt }: Pick<DeliveryRow, 'id' | 'attempt'>,
  end: AttemptEnd,
): Promise<boolean> {
  const reason = end.status === 'sent' ? null : end.reason;
  const doubted = sql`${deliveries.status} = 'unknown'`;
  const recorded = await tx
    .update(deliveries)
    .set({
      status: end.status,
      reason,
      providerResponse: end.response,
      ...(end.status === 'sent' ? { sentAt: NOW } : {}),
      ...(end.status === 'unknown'
        ? {}
        : {
            resolution: sql`case when ${doubted} then 'answered' else ${deliveries.resolution} end`,
            resolvedAt: sql`case when ${doubted} then ${NOW} else ${deliveries.resolvedAt} end`,
          }),
    })
    .where(
      and(
        eq(deliveries.id, id),
        eq(deliveries.attempt, attempt),
        inArray(deliveries.status, ['claimed', 'unknown']),
      ),
    )
    .returning(COUNTED);
  for (const row of recorded) countMessage(tx, row);
  return recorded.length > 0;
}

/** The deliveries of an enrollment, in the order in which they were first claimed. */
export async function listDeliveries(tx: Tx, enrollmentId: string): Promise<DeliveryRow[]> {
  return tx
    .select()
    .from(deliveries)
    .where(eq(deliveries.enrollmentId, enrollmentId))
    .orderBy(asc(deliveries.id));
}

const settled = (resolution: Resolution | undefined) =>
  resolution === undefined ? {} : { resolution, resolvedAt: NOW };
