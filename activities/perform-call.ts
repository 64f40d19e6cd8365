/**
 * Makes a call once, as far as that can be had.
 *
 * Owns: the order claim, call, record, and what happens when that order is interrupted. Does not own:
 * what may stop a call (call-claim.ts), its content (webhook.ts, http-request.ts), the wire
 * (src/channels), or how often it is tried (retrying.ts).
 *
 * 1. Only the attempt whose claim is the latest records (fencing).
 * 2. Every attempt asks the stored method, address and body, under the same id.
 * 3. Variables are set in the transaction that records the answer: there are both or neither.
 * 4. What is thrown carries codes; addresses, answers and details go into the row, and of an answer no
 *    more than its beginning.
 */
import type { HttpAnswer } from '../src/channels/http-call';
import type { HttpChannel } from '../src/channels/http';
import { HttpError } from '../src/channels/http-error';
import type { Database } from '../src/db/client';
import { holdContact } from '../src/db/contacts';
import { type EffectEnd, type EffectRow, recordEffect } from '../src/db/effects';
import { getEnrollment, setVariable } from '../src/db/enrollments';
import type { ErrorCode } from '../src/errors';
import { staysUnknown } from '../src/journey/call-outcome';
import { EvaluationFailed } from '../src/journey/facts';
import type { JsonObject } from '../src/journey/json';
import type { CallResult } from '../src/journey/runtime';
import type { FactWrite } from '../src/journey/writes';
import type { Logger } from '../src/log';
import { type Call, type CallClaim, claimCall } from './call-claim';
import { isPermanent } from './call-failure';
import { AttemptFailed } from './retrying';
import { ERASED } from './stopped-by';

export interface PerformDeps {
  readonly db: Database;
  readonly http: HttpChannel;
  readonly log: Logger;
}

interface Limits {
  /** Of the whole attempt, from now on. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/** What the caller makes of an answer; throws HttpError or EvaluationFailed when it is not enough. */
type Reader = (answer: HttpAnswer) => readonly FactWrite[];

/** Rejects with AttemptFailed. */
export async function performCall(
  deps: PerformDeps,
  call: Call,
  limits: Limits,
  read: Reader,
): Promise<CallResult> {
  const deadline = performance.now() + limits.timeoutMs;
  const claim = await claimed(deps, call);
  if (claim.state === 'erased') return { outcome: 'blocked', reason: ERASED };
  if (claim.state === 'settled') return settled(call, claim.row);
  const left = deadline - performance.now() - recordingMs(limits.timeoutMs);
  try {
    const answer = await deps.http.request({
      ...requestOf(claim),
      timeoutMs: Math.max(0, Math.floor(left)),
      maxResponseBytes: limits.maxResponseBytes,
    });
    await record(deps, call, claim.row, doneWith(answer), () => read(answer));
    return { outcome: 'done', status: answer.status };
  } catch (error) {
    return afterFailure(deps, call, claim.row, error);
  }
}

async function claimed({ db }: PerformDeps, call: Call): Promise<CallClaim> {
  try {
    return await db.inWorkspace(call.workspaceId, (tx) => claimCall(tx, call));
  } catch (error) {
    if (!(error instanceof EvaluationFailed)) throw error;
    throw new AttemptFailed(error.code as ErrorCode, 'claim', false);
  }
}

function requestOf({ request, headers }: Extract<CallClaim, { state: 'claimed' }>) {
  const { method, url, body, contentType } = request;
  return {
    method,
    url,
    headers: { ...headers, ...(contentType === null ? {} : { 'content-type': contentType }) },
    ...(body === null ? {} : { body }),
  };
}

/** What is kept of the attempt's time to record its end. */
function recordingMs(timeoutMs: number): number {
  return Math.min(2_000, timeoutMs / 4);
}

async function afterFailure(
  deps: PerformDeps,
  call: Call,
  row: EffectRow,
  error: unknown,
): Promise<CallResult> {
  if (error instanceof EvaluationFailed) {
    const code = error.code as ErrorCode;
    await record(deps, call, row, failedWith(code, { detail: error.message }));
    throw new AttemptFailed(code, 'answer', true);
  }
  if (!(error instanceof HttpError)) throw error;
  const { code, kind, more } = error;
  const inDoubt = kind === 'ambiguous';
  await record(deps, call, row, {
    ...failedWith(code, { detail: error.detail, ...responseOf(more.answer) }),
    status: inDoubt ? 'unknown' : 'failed',
  });
  if (inDoubt && staysUnknown(call)) return { outcome: 'unknown', reason: code };
  const { retryAfterMs } = more;
  throw new AttemptFailed(code, kind, isPermanent(code), { retryAfterMs, made: row.attempt });
}

/** The second transaction. An attempt that was overtaken leaves the row alone and asks again what it says. */
async function record(
  { db, log }: PerformDeps,
  { workspaceId, enrollmentId, effectKey }: Call,
  row: EffectRow,
  end: EffectEnd,
  read: () => readonly FactWrite[] = () => [],
): Promise<void> {
  const writes = read();
  const recorded = await db.inWorkspace(workspaceId, async (tx) => {
    const enrollment = await getEnrollment(tx, enrollmentId);
    const contact = enrollment && (await holdContact(tx, enrollment.contactId));
    if (contact === null) return recordEffect(tx, row, { ...end, response: null });
    if (!(await recordEffect(tx, row, end))) return false;
    for (const write of writes) {
      if (write.kind === 'set_variable')
        await setVariable(tx, enrollmentId, write.name, write.value);
    }
    return true;
  });
  if (recorded) return;
  const { attempt } = row;
  log.warn({ workspaceId, effectKey, attempt, status: end.status }, 'effect.superseded');
  throw new AttemptFailed('effect.superseded', `attempt ${attempt}`, false);
}

const STORED_CHARACTERS = 4_000;

function doneWith(answer: HttpAnswer): EffectEnd {
  return { status: 'done', reason: null, response: responseOf(answer) };
}

function failedWith(reason: string, response: JsonObject): EffectEnd {
  return { status: 'failed', reason, response };
}

function responseOf(answer: HttpAnswer | undefined): JsonObject {
  if (answer === undefined) return {};
  const { status, headers, body, cut } = answer;
  const contentType = headers['content-type'] ?? null;
  // The cut may go through an emoji, whose half cannot be stored.
  const beginning = body.slice(0, STORED_CHARACTERS).replace(/\p{Surrogate}/gu, '\uFFFD');
  return { status, contentType, body: beginning, cut };
}

/** Says again what an attempt said that came before. */
function settled(call: Call, { status, reason, response }: EffectRow): CallResult {
  const why = reason ?? 'unknown';
  const isGivenUp = status === 'unknown' && staysUnknown(call);
  if (status === 'blocked' || isGivenUp) return { outcome: status, reason: why };
  if (status !== 'done') throw new AttemptFailed(why as ErrorCode, 'stored', true);
  const answered = response?.['status'];
  return { outcome: 'done', ...(typeof answered === 'number' ? { status: answered } : {}) };
}
