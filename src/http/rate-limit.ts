/** How often a key may ask: a bucket for each that holds one second's worth. */
import type { RequestHandler } from 'express';
import type { KeyIdentity } from '../db/api-keys';
import { fail } from '../errors';
import { createBuckets } from './buckets';

const WINDOW_SECONDS = 1;

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
  const buckets = createBuckets({ holds: perSecond, perSecond, now });
  return (_request, response, next) => {
    const { keyId } = response.locals['key'] as KeyIdentity;
    const { allowed, left } = buckets.take(keyId);
    response.set({
      'RateLimit-Policy': `"key";q=${perSecond};w=${WINDOW_SECONDS}`,
      RateLimit: `"key";r=${Math.floor(left)};t=${WINDOW_SECONDS}`,
    });
    if (allowed) return next();
    throw fail(
      'request.rate_limited',
      `This API key may ask ${perSecond} times in a second. Nothing was done; send the request again after the seconds in Retry-After, and several things in one request where the route takes them.`,
    );
  };
}
