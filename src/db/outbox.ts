import { sql } from 'drizzle-orm';
import type { JSONValue } from 'postgres';
import { newId } from '../ids';
import type { Database, Tx } from './client';
import { databaseFailure } from './failure';
import type { JsonObject } from './json';
import { outbox, type OutboxKind, type OutboxLane } from './schema/outbox';

/** A row that this claimant holds until its lease ends. `attempts` is its fencing number. */
export interface OutboxRow {
  workspaceId: string;
  id: string;
  kind: OutboxKind;
  lane: OutboxLane;
  payload: JsonObject;
  /** Claims so far, this one included. */
  attempts: number;
  createdAt: Date;
}

export interface OutboxEntry {
  kind: OutboxKind;
  /** Ids only: a doorbell carries no data. */
  payload: JsonObject;
  lane?: OutboxLane | undefined;
}

/** Leaves work for the relay, visible to it once the transaction commits. */
export async function enqueue(tx: Tx, entry: OutboxEntry): Promise<void> {
  const { kind, payload, lane = 'live' } = entry;
  await tx.insert(outbox).values({ id: newId(), kind, payload, lane });
}

/** The same for many; at least one. */
export async function enqueueMany(tx: Tx, entries: readonly OutboxEntry[]): Promise<void> {
  await tx.insert(outbox).values(entries.map((entry) => ({ ...entry, id: newId() })));
}

/**
 * Takes a row that this claimant holds off the outbox, in the transaction that stores what follows from it.
 * False when its lease has passed to another, or it is done: then nothing may follow here.
 */
export async function settleOutbox(tx: Tx, { id, attempts }: OutboxRow): Promise<boolean> {
  const [row] = await tx.execute<{ settled: boolean }>(
    sql`select throughline.settle_outbox(${id}, ${attempts}) as settled`,
  );
  return row?.settled === true;
}

/** Leaves rows that are the caller's own for `leaseMs`, as if it had claimed them; in the order given. */
export async function enqueueClaimed(
  tx: Tx,
  entries: readonly OutboxEntry[],
  leaseMs: number,
): Promise<OutboxRow[]> {
  if (entries.length === 0) return [];
  const claimedUntil = sql`clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'`;
  const rows = await tx
    .insert(outbox)
    .values(entries.map((entry) => ({ ...entry, id: newId(), attempts: 1, claimedUntil })))
    .returning();
  return rows;
}

export interface ClaimOptions {
  limit: number;
  /** How long the rows are this claimant's; afterwards others get them again. */
  leaseMs: number;
  /** Without one, live rows first and bulk rows with what is left of the limit. */
  lane?: OutboxLane | undefined;
}

/**
 * Claims due rows of every workspace, taking turns between workspaces, in no promised order.
 * Needs the role throughline_relay.
 */
export async function claimOutbox(db: Database, options: ClaimOptions): Promise<OutboxRow[]> {
  const { limit, leaseMs, lane = null } = options;
  const rows = await db.sql<OutboxRow[]>`
    select workspace_id as "workspaceId", id, kind, lane, payload, attempts, created_at as "createdAt"
    from throughline.claim_outbox(${limit}, ${leaseMs}, ${lane})`.catch(refuse);
  return [...rows];
}

/** Deletes rows that are done. A row whose lease passed to another claimant is left to that one. */
export async function completeOutbox(db: Database, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.sql`select throughline.complete_outbox(${db.sql.json(rows.map(held))})`.catch(refuse);
}

/** Gives a row back, due again after `delayMs`. `error` is kept for operators: a code, no texts. */
export async function retryOutbox(
  db: Database,
  row: OutboxRow,
  { delayMs, error }: { delayMs: number; error: string },
): Promise<void> {
  await db.sql`select throughline.retry_outbox(${db.sql.json(held(row))}, ${delayMs}, ${error})`.catch(
    refuse,
  );
}

function held({ workspaceId, id, attempts }: OutboxRow): { [key: string]: JSONValue } {
  return { workspace_id: workspaceId, id, attempts };
}

function refuse(error: unknown): never {
  throw databaseFailure(error);
}
