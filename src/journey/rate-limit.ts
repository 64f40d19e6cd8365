/** How often a trigger lets the same contact in, and which of several triggers does. */
import { z } from 'zod';
import { duration } from './duration';
import type { Instant } from './json';

export const rateLimit = z.strictObject({
  max: z.int().min(1).max(1_000).describe('How often the trigger lets the same contact in.'),
  per: duration
    .pipe(z.number().positive('This takes a positive duration.'))
    .describe('The stretch of time that `max` speaks of, counted back from each entry.'),
});

export type RateLimit = z.infer<typeof rateLimit>;

/** The key of all entries that no event triggers: by the API, a person, another workflow. */
export const BY_HAND = 'manual';

/** The key of a trigger: its event, and its place among the workflow's triggers of that event. */
export function triggerKey(event: string, place: number): string {
  return `${event}#${place + 1}`;
}

/** A trigger that would let the contact in now. */
export interface Way {
  readonly triggerKey: string;
  readonly rateLimit?: RateLimit | null | undefined;
}

/** An entry made earlier. */
export interface Entered {
  /** Null where it is not known which trigger it was. */
  readonly triggerKey: string | null;
  readonly startedAt: Instant;
}

/**
 * The first way whose limit leaves room, or from when on one of them will. Null where there are no ways,
 * so that nothing limits the entry.
 */
export function openWay(
  ways: readonly Way[],
  earlier: readonly Entered[],
  at: Instant,
): { readonly way: Way } | { readonly until: Instant } | null {
  if (ways.length === 0) return null;
  let soonest = Number.POSITIVE_INFINITY;
  for (const way of ways) {
    const until = closedUntil(way, earlier, at);
    if (until === null) return { way };
    soonest = Math.min(soonest, until);
  }
  return { until: soonest };
}

function closedUntil(
  { triggerKey: key, rateLimit: limit }: Way,
  earlier: readonly Entered[],
  at: Instant,
): Instant | null {
  if (!limit) return null;
  const { max, per } = limit;
  return fullUntil(
    earlier.filter((entered) => entered.triggerKey === key),
    { max, within: per, at },
  );
}

/** From when on fewer than `max` entries lie within the stretch; null when that is so already. */
export function fullUntil(
  earlier: readonly Pick<Entered, 'startedAt'>[],
  { max, within, at }: { readonly max: number; readonly within: number; readonly at: Instant },
): Instant | null {
  const last = earlier
    .map(({ startedAt }) => startedAt)
    .filter((startedAt) => startedAt > at - within)
    .toSorted((a, b) => a - b)
    .at(-max);
  return last === undefined ? null : last + within;
}
