/** How a node leaves that made a call. */
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
