/** Commands as callers see them. */
import { z } from 'zod';
import type { CommandRow } from '../../db/commands';
import type { JsonObject } from '../../db/json';
import { type commandInputs, type CommandType, readCommand } from '../../journey/commands';
import { instant, isoOrNull, jsonObject, uuid } from '../common';
import { readReason } from '../refusals';

/** What each command takes. */
export type CommandInputs = { [T in CommandType]: z.input<(typeof commandInputs)[T]> };

export const pendingCommandSchema = z
  .object({
    status: z.literal('pending'),
    commandId: uuid.describe('Its place among the commands of the enrollment.'),
  })
  .meta({ id: 'PendingCommand' });

export const commandSchema = z
  .object({
    id: uuid,
    type: z.string(),
    input: jsonObject,
    status: z.enum(['pending', 'applied', 'refused']),
    reason: z.string().nullable().describe('Why it was refused: a code.'),
    detail: z.string().nullable().describe('The same in words, with what to do.'),
    requestedBy: z.string().describe('The id of an API key, or `temporal`.'),
    jobId: uuid.nullable().describe('The bulk job that gave it.'),
    requestedAt: instant,
    resolvedAt: instant.nullable(),
  })
  .meta({ id: 'Command' });

export function commandView(row: CommandRow): z.infer<typeof commandSchema> {
  const { id, type, status, requestedBy, jobId } = row;
  const why = row.reason === null ? null : readReason(row.reason);
  return {
    ...{ id, type },
    // Temporal's own tools send anything; what is no input of the command is not passed on.
    input: { ...(readCommand(type, row.input)?.input as JsonObject | undefined) },
    ...{ status, reason: why?.code ?? null, detail: why?.sentence ?? null, requestedBy, jobId },
    requestedAt: row.requestedAt.toISOString(),
    resolvedAt: isoOrNull(row.resolvedAt),
  };
}
