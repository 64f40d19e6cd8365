/**
 * A canary: a version that a share of new people enters, watched by rates and halted when one is too high.
 *
 * Owns: which rates there are, of how many each is, and when one decides. Does not own: counting
 * (src/db/canary-figures.ts), who enters (src/db/canaries.ts).
 *
 * 1. A rate decides when it lies above its limit, never at it, so 100 switches it off.
 * 2. It is asked once `after` people are what it is a share of: who was not written to cannot unsubscribe.
 */

export type CanaryState = 'running' | 'halted' | 'promoted';

/** People who entered one version while a canary ran, wherever they were moved since. */
export interface CanaryFigures {
  readonly enrolled: number;
  readonly ended: number;
  readonly failed: number;
  readonly goalReached: number;
  /** Who was sent a message, one at least. */
  readonly writtenTo: number;
  readonly unsubscribed: number;
  readonly complained: number;
}

/** Of the canary, and of the active version over the same time. */
export interface ComparedFigures {
  readonly canary: CanaryFigures;
  readonly active: CanaryFigures;
}

export type CanaryRate = 'errors' | 'unsubscribes' | 'complaints';

/** Percents, and how many people it takes before a rate is asked. */
export interface CanaryLimits extends Readonly<Record<CanaryRate, number>> {
  readonly after: number;
}

export const CANARY_LIMITS: CanaryLimits = {
  errors: 5,
  unsubscribes: 1,
  complaints: 0.1,
  after: 50,
};

/** A rate above its limit. */
export interface ExceededRate {
  readonly rate: CanaryRate;
  /** Percent, as `limit`. */
  readonly value: number;
  readonly limit: number;
  readonly count: number;
  readonly of: number;
}

export interface CanaryDecision {
  /** The id of an API key, or `throughline` where the rates decided. */
  readonly by: string;
  readonly reason: string | null;
  readonly exceeded: readonly ExceededRate[];
  readonly figures: ComparedFigures;
}

const RATES = {
  errors: { count: 'failed', of: 'enrolled' },
  unsubscribes: { count: 'unsubscribed', of: 'writtenTo' },
  complaints: { count: 'complained', of: 'writtenTo' },
} as const satisfies Record<
  CanaryRate,
  { readonly count: keyof CanaryFigures; readonly of: keyof CanaryFigures }
>;

const NAMES = Object.keys(RATES) as CanaryRate[];

/** Each rate in percent; null while there is nobody it could be a share of. */
export function ratesOf(figures: CanaryFigures): Readonly<Record<CanaryRate, number | null>> {
  const { errors, unsubscribes, complaints } = RATES;
  return {
    errors: percent(figures[errors.count], figures[errors.of]),
    unsubscribes: percent(figures[unsubscribes.count], figures[unsubscribes.of]),
    complaints: percent(figures[complaints.count], figures[complaints.of]),
  };
}

/** The rates that are reason to halt; none when all is well, or too few people have come to tell. */
export function exceededRates(figures: CanaryFigures, limits: CanaryLimits): ExceededRate[] {
  return NAMES.flatMap((rate) => {
    const [count, of] = [figures[RATES[rate].count], figures[RATES[rate].of]];
    const limit = limits[rate];
    if (of < Math.max(1, limits.after) || count * 100 <= limit * of) return [];
    return [{ rate, value: percent(count, of) ?? 0, limit, count, of }];
  });
}

/** To four digits behind the point: a limit may be as small as a complaint in some thousands. */
function percent(count: number, of: number): number | null {
  return of === 0 ? null : Math.round((count / of) * 1_000_000) / 10_000;
}
