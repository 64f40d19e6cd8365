/**
 * Answers that take long to count, kept for a while: whoever looks at figures looks again and again.
 *
 * What is counted quickly is counted anew each time. Who asks while somebody else's count is under way gets that one.
 */
interface KeptOptions {
  /** What takes less than this is not kept. */
  readonly quickMs?: number;
}

const QUICK_MS = 100;
/** An answer is kept for so many times as long as it took: counting is then a fiftieth of the load, at most. */
const TIMES = 50;
const LONGEST_MS = 60_000;
const MOST = 1_000;

interface Entry<T> {
  readonly value: Promise<T>;
  until: number;
}

/** Answers the count of a key, anew or as it was a moment ago. */
export type Kept<T> = (key: string, count: () => Promise<T>) => Promise<T>;

export function createKept<T>({ quickMs = QUICK_MS }: KeptOptions = {}): Kept<T> {
  const entries = new Map<string, Entry<T>>();
  return async (key, count) => {
    const known = entries.get(key);
    if (known !== undefined && performance.now() < known.until) return known.value;
    const began = performance.now();
    const entry = { value: count(), until: Number.POSITIVE_INFINITY };
    entries.set(key, entry);
    dropOldest(entries);
    const took = await entry.value.then(
      () => performance.now() - began,
      () => -1,
    );
    if (took >= quickMs) entry.until = performance.now() + Math.min(took * TIMES, LONGEST_MS);
    if (took < quickMs && entries.get(key) === entry) entries.delete(key);
    return entry.value;
  };
}

function dropOldest(entries: Map<string, unknown>): void {
  const [oldest] = entries.keys();
  if (entries.size > MOST && oldest !== undefined) entries.delete(oldest);
}
