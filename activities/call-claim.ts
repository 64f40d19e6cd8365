/**
 * The first transaction of a call: may this attempt make it, and what does it ask?
 *
 * Everything that could stop the call is looked at here, in the transaction that claims it. A call that
 * may have been taken is made again under the same id, by which receivers know repetitions, unless the
 * node says otherwise and the method is one whose repetition could do harm.
 */
import type { Tx } from '../src/db/client';
import {
  claimEffect,
  claimEffectAgain,
  type EffectInput,
  type EffectRow,
  lockEffect,
  stopEffect,
} from '../src/db/effects';
import { type EnrollmentFacts, loadFacts } from '../src/db/facts';
import { staysUnknown } from '../src/journey/call-outcome';
import { EvaluationFailed, type Evaluators, type Facts } from '../src/journey/facts';
import type { Graph } from '../src/journey/graph';
import type { RetryPolicy } from '../src/journey/retry';
import type { VisitKey, WatchState } from '../src/journey/runtime';
import { isPermanent } from './call-failure';
import { callHash, type ComposedCall, type StoredCall, storedCall } from './call-request';
import { isExhausted, mayRepeat } from './retrying';
import { stoppedBy } from './stopped-by';

/** One call: its key, and what is needed to judge and compose it. */
export interface Call extends VisitKey {
  readonly workspaceId: string;
  readonly enrollmentId: string;
  readonly effectKey: string;
  readonly kind: 'webhook' | 'http_request';
  readonly method: string;
  readonly onUnknown: 'resend' | 'fail';
  readonly retry: RetryPolicy | null;
  readonly at: number;
  readonly watch: WatchState;
  readonly graph: Graph;
  readonly evaluators: Evaluators;
  /** Rejects with EvaluationFailed. */
  compose(facts: Facts): Promise<ComposedCall>;
}

export type CallClaim =
  /** This attempt makes it. */
  | {
      readonly state: 'claimed';
      readonly row: EffectRow;
      readonly request: StoredCall;
      readonly headers: ComposedCall['headers'];
    }
  /** Somebody did, or it was stopped or refused for good. */
  | { readonly state: 'settled'; readonly row: EffectRow }
  /** There is nobody any more whom it is about. */
  | { readonly state: 'erased' };

/** Claims the call, or finds out what became of it. Rejects with EvaluationFailed at a limit. */
export async function claimCall(tx: Tx, call: Call): Promise<CallClaim> {
  const loaded = await loadFacts(tx, call.enrollmentId, call.graph, { at: call.at, writes: true });
  if (loaded === null) return { state: 'erased' };
  const known = await lockEffect(tx, call.effectKey);
  if (known === null) return (await firstClaim(tx, call, loaded)) ?? claimCall(tx, call);
  if (!isOpen(call, known)) return { state: 'settled', row: known };
  const inDoubt = known.status !== 'failed';
  if (inDoubt && staysUnknown(call)) {
    const row = await stopEffect(tx, known, 'unknown', known.reason ?? 'interrupted');
    return { state: 'settled', row };
  }
  return again(tx, call, loaded, known);
}

/** Whether another attempt may follow what the row says. */
function isOpen(call: Call, { status, reason, request, attempt }: EffectRow): boolean {
  if (status === 'claimed' || status === 'unknown') return true;
  if (status !== 'failed' || reason === null || request === null) return false;
  return mayRepeat(call.retry, reason, isPermanent(reason)) && !isExhausted(call.retry, attempt);
}

/**
 * Whether what is known of a doubt was the last attempt that the policy allows. One that was cut off is followed
 * by another all the same: it was no failure of the other side.
 */
function isLast({ retry }: Call, { status, reason, attempt }: EffectRow): boolean {
  if (status !== 'unknown' || reason === null) return false;
  return isExhausted(retry, attempt) || !mayRepeat(retry, reason, false);
}

async function firstClaim(tx: Tx, call: Call, loaded: EnrollmentFacts): Promise<CallClaim | null> {
  const stopped = await stoppedBy(call, loaded);
  const composed = stopped === null ? await tryCompose(call, loaded.facts) : null;
  const row = await claimEffect(tx, {
    effectKey: call.effectKey,
    enrollmentId: call.enrollmentId,
    nodeId: call.node,
    visit: call.visit,
    kind: call.kind,
    ...(composed === null ? { status: 'blocked' as const, reason: stopped } : entryOf(composed)),
  });
  if (row === null) return null;
  return composed === null || 'refused' in composed
    ? { state: 'settled', row }
    : { state: 'claimed', row, request: composed.stored, headers: composed.headers };
}

async function again(
  tx: Tx,
  call: Call,
  loaded: EnrollmentFacts,
  known: EffectRow,
): Promise<CallClaim> {
  // What may have been taken already stays unknown, whatever stops its repetition.
  const inDoubt = known.status !== 'failed';
  const stopped = await stoppedBy(call, loaded);
  if (stopped !== null) {
    const row = await stopEffect(tx, known, inDoubt ? 'unknown' : 'blocked', stopped);
    return { state: 'settled', row: { ...row, status: 'blocked' } };
  }
  if (isLast(call, known)) return { state: 'settled', row: known };
  const composed = await tryCompose(call, loaded.facts);
  if ('refused' in composed) {
    const row = await stopEffect(tx, known, inDoubt ? 'unknown' : 'failed', composed.refused);
    return { state: 'settled', row: { ...row, status: 'failed' } };
  }
  const row = await claimEffectAgain(tx, known);
  return { state: 'claimed', row, request: storedCall(row), headers: composed.headers };
}

type Composed = ComposedCall | { readonly refused: string; readonly detail: string };

async function tryCompose(call: Call, facts: Facts): Promise<Composed> {
  try {
    return await call.compose(facts);
  } catch (error) {
    // A limit may have been a busy machine: the transaction is undone and the activity runs again.
    if (!(error instanceof EvaluationFailed) || error.code === LIMIT) throw error;
    return { refused: error.code, detail: error.message };
  }
}

/** The code of a template that took too long. */
const LIMIT = 'template.limit';

function entryOf(
  composed: Composed,
): Pick<EffectInput, 'status' | 'reason' | 'request' | 'requestHash' | 'response'> {
  if ('refused' in composed)
    return { status: 'failed', reason: composed.refused, response: { detail: composed.detail } };
  const { stored } = composed;
  return { status: 'claimed', request: { ...stored }, requestHash: callHash(stored) };
}
