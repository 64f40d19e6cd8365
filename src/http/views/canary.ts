/** Canaries as callers see them. */
import { z } from 'zod';
import type { CanaryRow } from '../../db/canaries';
import { type CanaryFigures, type ComparedFigures, ratesOf } from '../../journey/canary';
import { instant, isoOrNull } from '../common';

const rate = z.number().nullable();

const figuresSchema = z
  .object({
    version: z.int(),
    enrolled: z.int().describe('Who entered this version while the canary ran.'),
    ended: z.int(),
    failed: z.int(),
    goalReached: z.int(),
    writtenTo: z.int().describe('To whom it has sent a message, one at least.'),
    unsubscribed: z.int().describe('Who unsubscribed by one of these messages.'),
    complained: z.int(),
    rates: z
      .object({ errors: rate, unsubscribes: rate, complaints: rate })
      .describe(
        'Percents: of those who entered, and of those written to; null while there is nobody.',
      ),
  })
  .meta({ id: 'CanaryFigures' });

const compared = z.object({
  canary: figuresSchema,
  active: figuresSchema.describe('Those of the active version, over the same time.'),
});

export const canarySchema = z
  .object({
    version: z.int().describe('The version that is tried.'),
    activeVersion: z.int().describe('The version that everybody else entered meanwhile.'),
    state: z
      .enum(['running', 'halted', 'promoted'])
      .describe('`halted`: nobody enters it any more. `promoted`: it became the active version.'),
    share: z.number().describe('Percent of new people who enter the canary.'),
    halt: z
      .object({
        errors: z.number(),
        unsubscribes: z.number(),
        complaints: z.number(),
        after: z.int(),
      })
      .describe('What halts it.'),
    beganAt: instant,
    beganBy: z.string().describe('The API key.'),
    figures: compared.describe('As they are now.'),
    decision: z
      .object({
        at: instant,
        by: z.string().describe('The API key, or `throughline` where the rates decided.'),
        reason: z.string().nullable(),
        exceeded: z
          .array(
            z.object({
              rate: z.enum(['errors', 'unsubscribes', 'complaints']),
              value: z.number().describe('Percent, like `limit`.'),
              limit: z.number(),
              count: z.int(),
              of: z.int(),
            }),
          )
          .describe('The rates that decided; nothing where somebody did.'),
        figures: compared.describe('As they were then.'),
      })
      .nullable()
      .describe('Null while it runs.'),
  })
  .meta({ id: 'Canary' });

export function canaryView(row: CanaryRow, figures: ComparedFigures): z.infer<typeof canarySchema> {
  const { version, activeVersion, state, share, limits, beganBy, beganAt } = row;
  return {
    ...{ version, activeVersion, state, share },
    halt: { ...limits },
    beganAt: beganAt.toISOString(),
    beganBy,
    figures: comparedView(row, figures),
    decision: decisionView(row),
  };
}

function decisionView(row: CanaryRow): z.infer<typeof canarySchema>['decision'] {
  const at = isoOrNull(row.decidedAt);
  if (row.decision === null || at === null) return null;
  const { by, reason, exceeded, figures } = row.decision;
  return { at, by, reason, exceeded: [...exceeded], figures: comparedView(row, figures) };
}

function comparedView(
  { version, activeVersion }: CanaryRow,
  { canary, active }: ComparedFigures,
): z.infer<typeof compared> {
  return { canary: figuresView(version, canary), active: figuresView(activeVersion, active) };
}

function figuresView(version: number, figures: CanaryFigures): z.infer<typeof figuresSchema> {
  return { version, ...figures, rates: { ...ratesOf(figures) } };
}
