/** How often and when a failed attempt of an action is made again. */
import { z } from 'zod';
import { describeDuration, duration } from './duration';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const interval = (longest: number) =>
  duration.pipe(
    z
      .number()
      .min(0, 'An interval cannot be negative.')
      .max(longest, `An interval lasts ${describeDuration(longest)} at most.`),
  );

const codes = z.array(z.string().min(1).max(100)).max(50).optional();

export const retryPolicy = z
  .strictObject({
    maxAttempts: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('Attempts in all, the first included.'),
    backoff: z
      .enum(['fixed', 'linear', 'exponential'])
      .default('exponential')
      .describe('How the pauses grow: not at all, by the first one, or to the double.'),
    initialInterval: interval(60 * MINUTE)
      .prefault('1s')
      .describe('The first pause.'),
    maxInterval: interval(24 * 60 * MINUTE)
      .prefault('5m')
      .describe('The longest pause.'),
    jitter: z
      .boolean()
      .default(true)
      .describe('Whether pauses vary, so that many people do not retry at the same instant.'),
    retryableErrors: codes.describe('Only failures with these codes are retried; any when absent.'),
    nonRetryableErrors: codes.describe('Failures with these codes are never retried.'),
  })
  .describe('How a failed attempt of an action is made again.');

export type RetryPolicy = z.infer<typeof retryPolicy>;

/** No attempt of an action takes longer, whatever its node says. */
export const LONGEST_ATTEMPT_MS = 10 * MINUTE;

/** The longest that one attempt of an action may take, in milliseconds. */
export const attemptTimeout = duration
  .pipe(
    z
      .number()
      .min(SECOND, 'An attempt may take one second or more.')
      .max(LONGEST_ATTEMPT_MS, 'An attempt may take ten minutes at most.'),
  )
  .describe('How long one attempt of an action may take: one second to ten minutes.');

/** The pause before attempt `attempt + 1`, in milliseconds; `random` in [0, 1) spreads it by a quarter. */
export function pauseAfter(policy: RetryPolicy, attempt: number, random: number | null): number {
  const { backoff, initialInterval, maxInterval, jitter } = policy;
  const factor =
    backoff === 'fixed' ? 1 : backoff === 'linear' ? attempt : 2 ** Math.min(attempt - 1, 40);
  const pause = Math.min(initialInterval * factor, maxInterval);
  return jitter && random !== null ? Math.round(pause * (0.75 + random / 2)) : pause;
}

/** Whether a failure with this code may be tried again. */
export function isRetryable(policy: RetryPolicy, code: string): boolean {
  if (policy.nonRetryableErrors?.includes(code)) return false;
  return policy.retryableErrors === undefined || policy.retryableErrors.includes(code);
}
