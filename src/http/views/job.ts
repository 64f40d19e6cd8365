/** Jobs as callers see them. */
import { z } from 'zod';
import type { EntryForecast } from '../../db/entry-forecast';
import type { RefusedPerson } from '../../db/job-people';
import type { JobProgress, RefusedCommand } from '../../db/job-progress';
import type { JobRow } from '../../db/jobs';
import { COMMAND_TYPES } from '../../journey/commands';
import { instant, isoOrNull, jsonObject, uuid } from '../common';

/** What can be ordered for many. */
export const orderType = z.enum([...COMMAND_TYPES, 'retry']);

const jobCommand = z.enum([...orderType.options, 'enroll']);

export const jobSchema = z
  .object({
    id: uuid,
    type: z
      .enum(['commands', 'enrollments'])
      .describe('Whether a command is ordered for enrollments, or people are let in.'),
    workflowId: uuid,
    command: z.object({ type: jobCommand, input: jsonObject }),
    where: jsonObject.describe('Whom it is for. Of a file and of ids it says how many there were.'),
    perSecond: z.int().describe('How many are ordered in a second.'),
    status: z
      .enum(['running', 'paused', 'done', 'cancelled'])
      .describe('`done` when everything is ordered.'),
    total: z
      .int()
      .describe('How many it was for when it was made; with a filter, how many are looked at.'),
    ordered: z
      .int()
      .describe('For how many the command is ordered; of people who enter, whose turn has been.'),
    applied: z.int().describe('Of people who enter: how many have.'),
    passedOver: z.int().describe('With a filter: who was looked at and does not meet it.'),
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
  const { passedOver } = row;
  return {
    ...{ id, type, workflowId },
    command: { type: row.commandType as z.infer<typeof jobCommand>, input: row.input },
    where: row.selection,
    ...{ perSecond, status, total, ordered, applied, passedOver, refused },
    pending: ordered - applied - passedOver - refused,
    reasons: { ...reasons },
    createdBy,
    createdAt: row.createdAt.toISOString(),
    endedAt: isoOrNull(row.endedAt),
  };
}

export const refusedSchema = z
  .object({
    position: z
      .int()
      .nullable()
      .describe('Of people who enter: the line of a file, or which in the order of the job.'),
    contactId: uuid.nullable().describe('Null where nobody is known.'),
    enrollmentId: uuid.nullable().describe('Which did not take the command.'),
    reason: z.string().describe('A code, such as `already_active` or `row.invalid`.'),
    detail: z
      .string()
      .nullable()
      .describe('What is wrong with a row of a file, or more of the reason.'),
  })
  .meta({ id: 'JobRefusal' });

export function refusedView(row: RefusedPerson | RefusedCommand): z.infer<typeof refusedSchema> {
  const { contactId, reason, detail } = row;
  const position = 'position' in row ? row.position : null;
  const enrollmentId = 'enrollmentId' in row ? row.enrollmentId : null;
  return { position, contactId, enrollmentId, reason, detail };
}

export const entryForecastSchema = z
  .object({
    total: z.int().describe('How many people are meant; with a filter, how many are looked at.'),
    wouldEnter: z.int(),
    wouldNot: z.int(),
    passedOver: z.int().describe('With a filter: who was looked at and does not meet it.'),
    reasons: z.record(z.string(), z.int()).describe('How many would not enter, by reason.'),
    refused: z.array(refusedSchema).describe('Some of those who would not.'),
    complete: z
      .boolean()
      .describe('False where there are more people than can be judged while you wait.'),
  })
  .meta({ id: 'EntryForecast' });

export function entryForecastView(forecast: EntryForecast): z.infer<typeof entryForecastSchema> {
  const { reasons, refused, ...counts } = forecast;
  return { ...counts, reasons: { ...reasons }, refused: refused.map(refusedView) };
}
