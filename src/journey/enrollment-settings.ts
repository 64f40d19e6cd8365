/** Who may enter a workflow, and how often. The rule is in admission.ts. */
import { z } from 'zod';
import { conditionGroup } from './condition';
import { duration } from './duration';

const stretch = duration.pipe(z.number().positive('This takes a positive duration.'));

export const enrollmentSettings = z
  .strictObject({
    allowMultiple: z
      .boolean()
      .default(true)
      .describe(
        'Whether somebody who has been through may enter again; with `whenActive: parallel`, under the same `key`.',
      ),
    limit: z
      .int()
      .min(1)
      .max(1_000)
      .optional()
      .describe(
        'How often a contact may enter: within `window`, ever without one. A restart counts too.',
      ),
    window: stretch.optional().describe('The stretch of time that `limit` speaks of.'),
    reEnrollmentDelay: stretch
      .optional()
      .describe('How long after the end of her last enrollment a contact may enter again.'),
    whenActive: z
      .enum(['ignore', 'restart', 'parallel'])
      .default('ignore')
      .describe(
        'What entering does to somebody who is inside: `ignore` refuses, whatever the `key`; `restart` cancels the old enrollment and begins anew; `parallel` lets in another with a different `key`.',
      ),
    entryWhen: conditionGroup
      .optional()
      .describe(
        'What must hold to enter; judged for every way in. Event conditions ask the past by `since: ever`, as nothing has happened inside yet.',
      ),
  })
  .refine(({ limit, window }) => window === undefined || limit !== undefined, {
    message: 'A "window" needs a "limit".',
    path: ['window'],
  });

export type EnrollmentSettings = z.infer<typeof enrollmentSettings>;
