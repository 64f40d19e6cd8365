/**
 * Idempotency keys: the same request twice has one effect and one answer, whatever it writes.
 *
 * 1. Key, effect and answer commit in one transaction; a crash leaves none of them.
 * 2. A request that comes while the first is still running waits for it, for a short time, at the
 *    key's row; then it is told so and may come again.
 */
import { sql } from 'drizzle-orm';
import type { Tx } from '../db/client';
import { DatabaseError, databaseFailure } from '../db/failure';
import { beginIdempotent, finishIdempotent, type IdempotencyState } from '../db/idempotency';
import { fail } from '../errors';
import { contentHash } from '../language/content-hash';
import type { Answer } from './route';

const ACCEPTED = /^[\x21-\x7e]{1,255}$/;
const LOCK_NOT_AVAILABLE = '55P03';

export interface IdempotentCall {
  readonly key: string;
  /** Method and path. */
  readonly route: string;
  readonly body: unknown;
}

/** The key of a request, or null without one. Fails with `request.invalid` for an unusable one. */
export function idempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (ACCEPTED.test(header)) return header;
  const message = 'An idempotency key has 1 to 255 visible ASCII characters. Use a UUID.';
  throw fail('request.invalid', `The header Idempotency-Key is not valid. ${message}`, {
    issues: [{ code: 'request.wrong_value', path: 'Idempotency-Key', message }],
  });
}

/** Runs `work` unless it was done under this key before; then gives the stored answer. */
export async function once(
  tx: Tx,
  call: IdempotentCall,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const { key, route, body } = call;
  const state = await begin(tx, { key, route, requestHash: contentHash([route, body ?? null]) });
  switch (state.state) {
    case 'mismatch':
      throw fail(
        'request.idempotency_mismatch',
        'This Idempotency-Key came with another request before. Use a new key for a new request.',
      );
    case 'running':
      throw inProgress();
    case 'done':
      return replayed(state.response as unknown as StoredAnswer);
    case 'new': {
      const answer = await work();
      const { status, body: answered = null, repeatedBody = answered, headers = {} } = answer;
      await finishIdempotent(tx, { key, response: { status, headers, body: repeatedBody } });
      return answer;
    }
  }
}

interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

function replayed({ status, body, headers }: StoredAnswer): Answer {
  return { status, body, headers: { ...headers, 'Idempotent-Replayed': 'true' } };
}

async function begin(
  tx: Tx,
  request: Parameters<typeof beginIdempotent>[1],
): Promise<IdempotencyState> {
  // The first request holds the key's row until it commits.
  await tx.execute(sql`set local lock_timeout = '2s'`);
  try {
    const state = await beginIdempotent(tx, request);
    await tx.execute(sql`set local lock_timeout = 0`);
    return state;
  } catch (error) {
    const failure = databaseFailure(error);
    throw failure instanceof DatabaseError && failure.code === LOCK_NOT_AVAILABLE
      ? inProgress()
      : failure;
  }
}

const inProgress = () =>
  fail(
    'request.in_progress',
    'The first request with this Idempotency-Key has not answered yet. Send it again in a moment.',
  );
