/** What a caller says of a canary: the share of new people, and what halts it. */
import { z } from 'zod';
import { CANARY_LIMITS, type CanaryLimits } from '../journey/canary';

const percent = z.number().min(0).max(100).optional();

const halt = z
  .strictObject({
    errors: percent.describe(
      `Percent of the people who entered the canary whose journeys failed; ${CANARY_LIMITS.errors} unless told.`,
    ),
    unsubscribes: percent.describe(
      `Percent of those whom it has written to who unsubscribed; ${CANARY_LIMITS.unsubscribes} unless told.`,
    ),
    complaints: percent.describe(
      `Percent of those whom it has written to who complained; ${CANARY_LIMITS.complaints} unless told.`,
    ),
    after: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe(
        `How many must have entered, or been written to, before a rate decides; ${CANARY_LIMITS.after} unless told.`,
      ),
  })
  .describe('A rate above its limit halts the canary; 100 switches one off.');

const share = z
  .number()
  .min(0.01)
  .max(100)
  .describe('Percent of new people who enter the canary; who they are stays the same.');

export const canaryOrder = z
  .strictObject({ share, halt: halt.optional() })
  .meta({ id: 'CanaryOrder' });

export const canaryChange = z
  .strictObject({
    share: share
      .optional()
      .describe(
        'A larger one takes nobody out; with a smaller one, some enter the active version again.',
      ),
    halt: halt.optional().describe('The limits that change; the others stay.'),
  })
  .meta({ id: 'CanaryChange' });

export type CanaryOrder = z.infer<typeof canaryOrder>;

/** The limits with those of a caller, who need not name all. */
export function limitsWith(before: CanaryLimits, told: CanaryOrder['halt'] = {}): CanaryLimits {
  const { errors, unsubscribes, complaints, after } = told;
  return {
    errors: errors ?? before.errors,
    unsubscribes: unsubscribes ?? before.unsubscribes,
    complaints: complaints ?? before.complaints,
    after: after ?? before.after,
  };
}
