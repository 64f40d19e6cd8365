/** Turns coded failures of an attempt into what Temporal retries, at the pace that the node's policy says. */
import type { ErrorCode } from '../src/errors';
import { isRetryable, pauseAfter, type RetryPolicy } from '../src/journey/retry';
import { permanent, retryable } from './failure';

/** An attempt that failed for a reason with a code. `detail` must be free of personal data. */
export class AttemptFailed extends Error {
  override readonly name = 'AttemptFailed';
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    /** Whether another attempt would meet the same end. */
    readonly permanent: boolean,
    readonly more: {
      /** How long the other side asks to be left alone. */
      readonly retryAfterMs?: number | undefined;
      /** How many attempts its row has seen, this one included; those that Temporal counts unless given. */
      readonly made?: number;
    } = {},
  ) {
    super(`${code} (${detail})`);
  }
}

/** Longer than that nobody is left alone, whatever he asks for. */
const LONGEST_HINT_MS = 3_600_000;

/**
 * Whether an attempt that ended with a code is followed by another. A policy that names a code has it
 * tried again even where another attempt would not be expected to fare better. Null is the policy that
 * retries for days.
 */
export function mayRepeat(policy: RetryPolicy | null, code: string, isPermanent: boolean): boolean {
  if (policy === null) return !isPermanent;
  const named = policy.retryableErrors?.includes(code) ?? false;
  return isRetryable(policy, code) && (named || !isPermanent);
}

/**
 * Whether no attempt is left. Counted by the row of what is tried: Temporal counts anew when an activity
 * is begun again, and counts attempts that were cut off before they began.
 */
export function isExhausted(policy: RetryPolicy | null, made: number): boolean {
  return policy !== null && made >= policy.maxAttempts;
}

/**
 * Makes the attempt. What fails by `AttemptFailed` leaves as a failure with its code, non-retryable or
 * with the pause before the next attempt; anything else leaves as it is.
 */
export async function retrying<T>(
  policy: RetryPolicy | null,
  attempt: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AttemptFailed)) throw error;
    const { code, detail } = error;
    const { made = 0, retryAfterMs } = error.more;
    if (!mayRepeat(policy, code, error.permanent) || isExhausted(policy, made))
      throw permanent(code, detail);
    throw retryable(code, detail, pauseBeforeNext(policy, attempt, retryAfterMs));
  }
}

/** Undefined leaves the pause to Temporal. */
function pauseBeforeNext(
  policy: RetryPolicy | null,
  attempt: number,
  hintMs: number | undefined,
): number | undefined {
  const hint = hintMs === undefined ? undefined : Math.min(hintMs, LONGEST_HINT_MS);
  if (policy === null) return hint;
  return Math.max(1, pauseAfter(policy, attempt, Math.random()), hint ?? 0);
}
