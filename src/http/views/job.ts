/** Jobs as callers see them. */
import { z } from 'zod';
import type { JobProgress } from '../../db/job-progress';
import { JOB_COMMANDS, type JobRow } from '../../db/jobs';
import { instant, isoOrNull, jsonObject, uuid } from '../common';

export const jobSchema = z
  .object({
    id: uuid,
    type: z.literal('commands'),
    workflowId: uuid,
    command: z.object({ type: z.enum(JOB_COMMANDS), input: jsonObject }),
    where: jsonObject.describe('Whom it is for.'),
    perSecond: z.int().describe('How many are ordered in a second.'),
    status: z
      .enum(['running', 'paused', 'done', 'cancelled'])
      .describe('`done` when everything is ordered.'),
    total: z.int().describe('How many enrollments it was for when it was made.'),
    ordered: z.int().describe('For how many the command is ordered.'),
    applied: z.int(),
    refused: z.int(),
    pending: z.int().describe('Ordered, and not yet judged where the enrollment runs.'),
    reasons: z
      .record(z.string(), z.int())
      .describe('How many were refused, by the code of the reason.'),
    createdBy: z.string().describe('The API key.'),
    createdAt: instant,
    endedAt: instant.nullable(),
  })
  .meta({ id: 'Job' });

export function jobView(row: JobRow, progress: JobProgress): z.infer<typeof jobSchema> {
  const { id, type, workflowId, perSecond, status, total, ordered, createdBy } = row;
  const { applied, refused, reasons } = progress;
  return {
    ...{ id, type, workflowId },
    command: { type: row.commandType as (typeof JOB_COMMANDS)[number], input: row.input },
    where: row.selection,
    ...{ perSecond, status, total, ordered, applied, refused },
    pending: ordered - applied - refused,
    reasons: { ...reasons },
    createdBy,
    createdAt: row.createdAt.toISOString(),
    endedAt: isoOrNull(row.endedAt),
  };
}
