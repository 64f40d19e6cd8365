/**
 * Effects that are no messages: who may make a call, and what became of it.
 *
 * 1. One row per (workspace, effect key): whoever inserts it may call, everybody else reads.
 * 2. `attempt` fences: an attempt that is no longer the latest records nothing.
 * 3. A row that is `done` or `blocked` never changes again.
 * 4. A row that was ever in doubt keeps that: `resolution` is never cleared.
 */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { effects as counted } from '../metrics';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { type EffectStatus, effects } from './schema/effects';

export type EffectRow = typeof effects.$inferSelect;
export type EffectInput = Omit<
  typeof effects.$inferInsert,
  'workspaceId' | 'claimedAt' | 'resolvedAt' | 'attempt' | 'resolution'
>;

/** The clock, not the start of the transaction: a claim may have waited for another to commit. */
const NOW = sql`clock_timestamp()`;

/** Claims a key. Null when it is taken already, also by a transaction that committed meanwhile. */
export async function claimEffect(tx: Tx, input: EffectInput): Promise<EffectRow | null> {
  const settled = input.status !== 'claimed';
  const [row] = await tx
    .insert(effects)
    .values({ ...input, claimedAt: NOW, ...(settled ? { resolvedAt: NOW } : {}) })
    .onConflictDoNothing()
    .returning();
  if (row && settled) countEffect(tx, row);
  return row ?? null;
}

function countEffect(tx: Tx, { kind, status }: Pick<EffectRow, 'kind' | 'status'>): void {
  tx.onCommit(() => counted.inc({ kind, outcome: status }));
}

/** The effect of a key, locked until the transaction ends; null when nobody claimed it. */
export async function lockEffect(tx: Tx, effectKey: string): Promise<EffectRow | null> {
  const [row] = await tx
    .select()
    .from(effects)
    .where(eq(effects.effectKey, effectKey))
    .for('update');
  return row ?? null;
}

/** Claims an effect for one more attempt. Only for a row that is locked. */
export async function claimEffectAgain(tx: Tx, row: EffectRow): Promise<EffectRow> {
  const [claimed] = await tx
    .update(effects)
    .set({
      status: 'claimed',
      attempt: row.attempt + 1,
      claimedAt: NOW,
      reason: null,
      response: null,
      resolvedAt: null,
      ...(row.status === 'failed' ? {} : { resolution: 'resent' }),
    })
    .where(eq(effects.effectKey, row.effectKey))
    .returning();
  if (!claimed)
    throw new Error(`Effect ${row.effectKey} is gone: it was erased while it was being made.`);
  return claimed;
}

/** Ends an effect without an attempt. Only for a row that is locked. */
export async function stopEffect(
  tx: Tx,
  row: EffectRow,
  status: Exclude<EffectStatus, 'claimed' | 'done'>,
  reason: string,
): Promise<EffectRow> {
  const [stopped] = await tx
    .update(effects)
    .set({ status, reason, resolvedAt: NOW })
    .where(eq(effects.effectKey, row.effectKey))
    .returning();
  if (stopped) countEffect(tx, stopped);
  return stopped ?? { ...row, status, reason };
}

/** What an attempt knows at its end. */
export interface EffectEnd {
  readonly status: 'done' | 'failed' | 'unknown';
  readonly reason: string | null;
  readonly response: JsonObject | null;
}

/** Records the end of an attempt. False when a later attempt has taken over, or it was settled without it. */
export async function recordEffect(
  tx: Tx,
  { effectKey, attempt }: Pick<EffectRow, 'effectKey' | 'attempt'>,
  end: EffectEnd,
): Promise<boolean> {
  const settlesDoubt = end.status !== 'unknown';
  const recorded = await tx
    .update(effects)
    .set({
      ...end,
      resolvedAt: NOW,
      ...(settlesDoubt
        ? {
            resolution: sql`case when ${effects.status} = 'unknown' then 'answered' else ${effects.resolution} end`,
          }
        : {}),
    })
    .where(
      and(
        eq(effects.effectKey, effectKey),
        eq(effects.attempt, attempt),
        inArray(effects.status, ['claimed', 'unknown']),
      ),
    )
    .returning({ kind: effects.kind, status: effects.status });
  for (const row of recorded) countEffect(tx, row);
  return recorded.length > 0;
}

/**
 * Makes claims that are older than `quietMs` and have no outcome `unknown`; answers the keys of those. An
 * attempt that is alive against all expectation still records what it knows.
 */
export async function giveUpClaims(
  tx: Tx,
  effectKeys: readonly string[],
  { quietMs, reason }: { readonly quietMs: number; readonly reason: string },
): Promise<readonly string[]> {
  const givenUp = await tx
    .update(effects)
    .set({ status: 'unknown', reason, resolvedAt: NOW })
    .where(
      and(
        inArray(effects.effectKey, [...effectKeys]),
        eq(effects.status, 'claimed'),
        sql`${effects.claimedAt} < ${NOW} - ${quietMs} * interval '1 millisecond'`,
      ),
    )
    .returning({ effectKey: effects.effectKey, kind: effects.kind, status: effects.status });
  for (const row of givenUp) countEffect(tx, row);
  return givenUp.map(({ effectKey }) => effectKey);
}
