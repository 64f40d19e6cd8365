/** Enrollments that should have moved on, as callers see them. */
import { z } from 'zod';
import type { StuckRow } from '../../db/stuck';
import { instant, isoOrNull } from '../common';
import { enrollmentSchema, enrollmentView } from './enrollment';

export const stuckReason = z
  .enum(['not_started', 'wait_over', 'step_open', 'no_step'])
  .describe(
    '`not_started`: Temporal has not been told of her. `wait_over`: what she waits for is due, and she has not moved on. `step_open`: a step has been open without a reason: no attempt, no retry to come, no doubt. `no_step`: she stands nowhere.',
  );

export const stuckSchema = z
  .object({
    enrollment: enrollmentSchema,
    reason: stuckReason,
    foundAt: instant.describe('When it was noticed.'),
    rungAt: instant
      .nullable()
      .describe(
        'When her journey was last rung, so that it looks again; null before it has begun.',
      ),
  })
  .meta({ id: 'StuckEnrollment' });

export function stuckView({
  enrollment,
  reason,
  foundAt,
  rungAt,
}: StuckRow): z.infer<typeof stuckSchema> {
  return {
    enrollment: enrollmentView(enrollment),
    reason,
    foundAt: foundAt.toISOString(),
    rungAt: isoOrNull(rungAt),
  };
}
