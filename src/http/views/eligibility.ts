/** Whether somebody may enter, as callers see it. */
import { z } from 'zod';
import { instant, uuid } from '../common';
import { dryRunSchema } from './dry-run';

const nextSchema = dryRunSchema
  .pick({ status: true, endedAt: true, goalId: true, steps: true, calls: true, error: true })
  .extend({
    sends: z
      .array(
        z.object({
          at: instant,
          nodeId: z.string(),
          channel: z.string(),
          to: z.string(),
          subject: z.string().optional(),
        }),
      )
      .describe('Messages that would be sent, if nothing happens to her meanwhile.'),
  });

export const eligibilitySchema = z
  .object({
    workflowId: uuid,
    workflowKey: z.string(),
    contactId: uuid,
    at: instant.describe('When this was so.'),
    allowed: z.boolean(),
    reason: z
      .string()
      .nullable()
      .describe('Why not: the code that `enrollment.blocked` has; null when she is let in.'),
    detail: z.string().nullable().describe('What was found of `entryWhen`.'),
    until: instant.nullable().describe('From when on this reason stands in the way no more.'),
    sentence: z.string().describe('The answer in words, with what to do.'),
    version: z.int().nullable().describe('The version that she would enter; null while none is.'),
    isCanary: z.boolean().describe('Whether that is a version tried on a share of people.'),
    replaces: z.array(uuid).describe('Open enrollments of hers that the entry would cancel.'),
    firstNodes: z
      .array(z.object({ nodeId: z.string(), nodeType: z.string(), label: z.string() }))
      .describe('Where she would begin; behind a fork its branches too.'),
    next: nextSchema
      .nullable()
      .describe(
        'What would follow if nothing else happened to her, by a dry run: the first 50 steps. Null when she is not let in, or where telling takes too long.',
      ),
  })
  .meta({ id: 'Eligibility' });

export type EligibilityView = z.infer<typeof eligibilitySchema>;
