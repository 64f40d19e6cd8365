/**
 * How often a key may ask: a bucket for each that fills again at a steady rate and holds one second's worth.
 *
 * It is counted in this process alone. Several of them together let a key ask so many times as often, which is what
 * they can bear; a count in the database would cost each request a write.
 */
import type { RequestHandler } from 'express';
import type { KeyIdentity } from '../db/api-keys';
import { fail } from '../errors';

/** Keys that are remembered; one that is forgotten begins with a full bucket. */
const MOST = 10_000;
const WINDOW_SECONDS = 1;

interface Bucket {
  /** Requests that are left, as of `at`. */
  left: number;
  at: number;
}

interface RateLimitOptions {
  /** Requests of one key in a second; 0 is no limit. */
  readonly perSecond: number;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

/** Takes one request from the bucket of its key, and says what is left. Fails with `request.rate_limited`. */
export function createRateLimit({
  perSecond,
  now = () => performance.now(),
}: RateLimitOptions): RequestHandler {
  if (perSecond === 0) return (_request, _response, next) => next();
  const buckets = new Map<string, Bucket>();
  return (_request, response, next) => {
    const { keyId } = response.locals['key'] as KeyIdentity;
    const bucket = filled(buckets.get(keyId), perSecond, now());
    const allowed = bucket.left >= 1;
    if (allowed) bucket.left -= 1;
    // Put behind the others: the first one is who has not asked for longest.
    buckets.delete(keyId);
    buckets.set(keyId, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > MOST && oldest !== undefined) buckets.delete(oldest);
    response.set({
      'RateLimit-Policy': `"key";q=${perSecond};w=${WINDOW_SECONDS}`,
      RateLimit: `"key";r=${Math.floor(bucket.left)};t=${WINDOW_SECONDS}`,
    });
    if (allowed) return next();
    throw fail(
      'request.rate_limited',
      `This API key may ask ${perSecond} times in a second. Nothing was done; send the request again after the seconds in Retry-After, and several things in one request where the route takes them.`,
    );
  };
}

function filled(bucket: Bucket | undefined, perSecond: number, at: number): Bucket {
  if (bucket === undefined) return { left: perSecond, at };
  const since = (at - bucket.at) / 1_000;
  return { left: Math.min(perSecond, bucket.left + since * perSecond), at };
}
