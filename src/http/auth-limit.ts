/**
 * How often an address may show keys that are none.
 *
 * 1. Only failures count, so nobody who has a key is slowed down by it.
 * 2. Beyond the limit a key is refused without a look at the database, unless it was good a while ago: whoever shares
 *    an address with somebody who guesses goes on working. Such a key is still looked up, so a revoked one is refused.
 * 3. It is about load and noise. Guessing is hopeless without it: a key has 256 random bits.
 */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { fail } from '../errors';
import { createBuckets } from './buckets';

/** Failures of one address in a minute. */
export const FAILURES_PER_MINUTE = 60;
const GOOD_FOR_MS = 600_000;
/** Keys that are remembered as good. */
const MOST = 10_000;

export interface AuthLimit {
  /** Fails with `auth.rate_limited` where too many keys of this address were none, and this one is not known as good. */
  check(address: string, key: string): void;
  failed(address: string): void;
  succeeded(key: string): void;
}

/** Where nothing is limited. */
export const NO_AUTH_LIMIT: AuthLimit = {
  check: () => undefined,
  failed: () => undefined,
  succeeded: () => undefined,
};

export function createAuthLimit({ now = () => performance.now() } = {}): AuthLimit {
  const perSecond = FAILURES_PER_MINUTE / 60;
  const failures = createBuckets({ holds: FAILURES_PER_MINUTE, perSecond, now });
  /** When each was good last, by a hash: keys themselves are kept nowhere. */
  const good = new Map<string, number>();
  return {
    check(address, key) {
      if (failures.hasOne(networkOf(address))) return;
      if (now() - (good.get(hashOf(key)) ?? Number.NEGATIVE_INFINITY) < GOOD_FOR_MS) return;
      throw fail(
        'auth.rate_limited',
        `Requests from your address have shown API keys that are not in force more than ${FAILURES_PER_MINUTE} times in a minute. Correct the key, and send the request again after the seconds in Retry-After.`,
      );
    },
    failed: (address) => void failures.take(networkOf(address)),
    succeeded(key) {
      const hash = hashOf(key);
      good.delete(hash);
      good.set(hash, now());
      const [oldest] = good.keys();
      if (good.size > MOST && oldest !== undefined) good.delete(oldest);
    },
  };
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64');

/** An address of IPv4; of IPv6 the network, of which one subscriber has all the addresses. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const parsed = ipaddr.parse(address) as ipaddr.IPv6;
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  return parsed.parts.slice(0, 4).join(':');
}
