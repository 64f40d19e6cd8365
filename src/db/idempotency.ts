import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { idempotencyKeys } from './schema/idempotency-keys';

export interface IdempotentRequest {
  key: string;
  /** Method and path, for a key belongs to one operation. */
  route: string;
  requestHash: string;
}

export type IdempotencyState =
  | { state: 'new' }
  | { state: 'running' }
  | { state: 'mismatch' }
  | { state: 'done'; response: JsonObject };

/** A request that has not answered for so long has died with its process. */
const ABANDONED_AFTER = sql`interval '1 minute'`;
/** Answers are kept this long; afterwards the key is as good as new. */
const KEPT_FOR = sql`interval '24 hours'`;

/**
 * Takes the key for this request (`new`: go on, then `finishIdempotent` in the same or a later
 * transaction), or tells what became of the request that took it first.
 */
export async function beginIdempotent(
  tx: Tx,
  request: IdempotentRequest,
): Promise<IdempotencyState> {
  const { key, route, requestHash } = request;
  const expired = lt(idempotencyKeys.startedAt, sql`now() - ${KEPT_FOR}`);
  const abandoned = and(
    isNull(idempotencyKeys.response),
    lt(idempotencyKeys.startedAt, sql`now() - ${ABANDONED_AFTER}`),
    eq(idempotencyKeys.requestHash, requestHash),
    eq(idempotencyKeys.route, route),
  );
  const [taken] = await tx
    .insert(idempotencyKeys)
    .values({ key, route, requestHash })
    .onConflictDoUpdate({
      target: [idempotencyKeys.workspaceId, idempotencyKeys.key],
      set: { route, requestHash, response: null, startedAt: sql`now()` },
      setWhere: sql`${expired} or ${abandoned}`,
    })
    .returning();
  if (taken) return { state: 'new' };
  const [first] = await tx.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key));
  if (!first) return { state: 'running' };
  if (first.route !== route || first.requestHash !== requestHash) return { state: 'mismatch' };
  return first.response ? { state: 'done', response: first.response } : { state: 'running' };
}

/** Keeps the answer for whoever sends the key again. */
export async function finishIdempotent(
  tx: Tx,
  { key, response }: { key: string; response: object },
): Promise<void> {
  await tx
    .update(idempotencyKeys)
    .set({ response: response as JsonObject })
    .where(eq(idempotencyKeys.key, key));
}
