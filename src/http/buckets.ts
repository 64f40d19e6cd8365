/**
 * Buckets by name that fill again at a steady rate, for limits.
 *
 * They are counted in this process alone. Several of them together let a name ask so many times as often, which is
 * what they can bear; a count in the database would cost each request a write.
 */

/** Names that are remembered; one that is forgotten begins with a full bucket. */
const MOST = 10_000;

interface Bucket {
  /** What is left, as of `at`. */
  left: number;
  at: number;
}

interface BucketOptions {
  /** What a bucket holds when it is full. */
  readonly holds: number;
  readonly perSecond: number;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

export interface Buckets {
  /** Takes one out, where one is left; what is left then. */
  take(name: string): { readonly allowed: boolean; readonly left: number };
  /** Whether one could be taken now. */
  hasOne(name: string): boolean;
}

export function createBuckets({ holds, perSecond, now }: BucketOptions): Buckets {
  const buckets = new Map<string, Bucket>();
  const filled = (name: string): Bucket => {
    const [bucket, at] = [buckets.get(name), now()];
    if (bucket === undefined) return { left: holds, at };
    const since = (at - bucket.at) / 1_000;
    return { left: Math.min(holds, bucket.left + since * perSecond), at };
  };
  return {
    take(name) {
      const bucket = filled(name);
      const allowed = bucket.left >= 1;
      if (allowed) bucket.left -= 1;
      // Put behind the others: the first one is who has not asked for longest.
      buckets.delete(name);
      buckets.set(name, bucket);
      const [oldest] = buckets.keys();
      if (buckets.size > MOST && oldest !== undefined) buckets.delete(oldest);
      return { allowed, left: bucket.left };
    },
    hasOne: (name) => filled(name).left >= 1,
  };
}
