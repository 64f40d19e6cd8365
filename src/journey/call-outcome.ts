/** How a node leaves that made a call, and what becomes of one whose fate nobody knows. */
import type { JsonObject } from './json';
import type { Outcome } from './outcome';
import type { CallResult } from './runtime';

/** `next` when the call was made or stopped, `error` when nobody knows whether it was taken. */
export function outcomeOfCall({ outcome, status, reason }: CallResult): Outcome<'next'> {
  if (outcome === 'blocked') {
    return { port: 'next', reason: { code: `call.blocked.${reason ?? 'unknown'}` } };
  }
  if (outcome === 'unknown') return { port: 'error', reason: { code: 'effect.unknown' } };
  return {
    port: 'next',
    reason: { code: 'call.done' },
    ...(status === undefined ? {} : { output: { status } }),
  };
}

interface Repeatable {
  readonly method: string;
  readonly onUnknown: 'resend' | 'fail';
}

/** Whether a call is not made again once nobody knows whether it was taken. */
export function staysUnknown({ onUnknown, method }: Repeatable): boolean {
  return onUnknown === 'fail' && !isSafeToRepeat(method);
}

/** Methods of which a repetition changes nothing. */
export function isSafeToRepeat(method: string): boolean {
  return method !== 'POST' && method !== 'PATCH';
}

/** Ends of an attempt behind which the receiver may have taken the call, by their codes alone. */
const LEFT_OPEN: readonly string[] = ['http.timeout', 'http.interrupted', 'http.unreadable'];

/** What a call comes to that ended with a code, where that is a doubt which no other attempt may settle. */
export function doubtOfCall(call: Repeatable, code: string): JsonObject | null {
  return LEFT_OPEN.includes(code) && staysUnknown(call)
    ? { outcome: 'unknown', reason: code }
    : null;
}
