/** What a dry run answers. */
import { z } from 'zod';
import { END_STATUSES } from '../../journey/enrollment-status';
import { instant, jsonObject } from '../common';
import { issueSchema } from './workflow';

const step = z.object({
  nodeId: z.string(),
  nodeType: z.string(),
  visit: z.int().describe('How often the node was visited, this time included.'),
  at: instant,
  endedAt: instant.nullable(),
  status: z.enum(['waiting', 'completed', 'failed', 'skipped', 'cancelled']),
  port: z.string().optional(),
  output: jsonObject.optional(),
  reason: z.string().optional().describe('Why: a code, then words about it, as `code: words`.'),
});

const send = z.object({
  at: instant,
  channel: z.string(),
  to: z.string(),
  subject: z.string().optional(),
  text: z.string().optional(),
  html: z.string().optional(),
  nodeId: z.string(),
});

const call = z.object({ at: instant, nodeId: z.string(), type: z.string(), target: z.string() });

export const dryRunSchema = z
  .object({
    status: z
      .enum([...END_STATUSES, 'waiting'])
      .describe('`waiting`: nothing in the script would ever wake it, or it was told to stop.'),
    startedAt: instant,
    endedAt: instant.nullable(),
    goalId: z.string().nullable(),
    goals: z.array(z.object({ id: z.string(), at: instant })),
    reason: z.string().nullable().describe('Why it exited, if it did.'),
    entry: z
      .object({ allowed: z.boolean(), reason: z.string().nullable() })
      .describe('Whether the contact would be let in; the run goes on either way.'),
    steps: z.array(step),
    sends: z.array(send).describe('Messages, as they would be sent.'),
    calls: z.array(call).describe('What would have been called.'),
    error: z.object({ code: z.string(), nodeId: z.string(), message: z.string() }).nullable(),
    contact: jsonObject.describe('The contact at the end.'),
    variables: jsonObject.describe('The variables at the end.'),
    warnings: z.array(issueSchema),
  })
  .meta({ id: 'DryRun' });
