/** Stories as callers see them: sentences, and beside each what a program needs. */
import { z } from 'zod';
import { instant, isoOrNull, uuid } from '../common';
import { LINE_KINDS, type Line } from '../story/line';
import type { Story } from '../story/tell';

const lineSchema = z.object({
  at: instant,
  kind: z
    .enum(LINE_KINDS)
    .describe(
      '`not_triggered`: an event that could have let her in did not. `reaction`: an event about one of her messages.',
    ),
  sentence: z.string(),
  code: z
    .string()
    .nullable()
    .describe('Why: the code of a step, a refusal, a message or a failure.'),
  isRecorded: z
    .boolean()
    .describe('Whether it was written down then; false for what is judged now in its place.'),
  workflowId: uuid,
  workflowKey: z.string(),
  enrollmentId: uuid.nullable(),
  nodeId: z.string().nullable(),
  visit: z.int().nullable(),
  port: z.string().nullable().describe('The port that she left by.'),
  eventId: uuid.nullable(),
  commandId: uuid.nullable(),
  messageId: uuid.nullable().describe('The message, as GET /messages lists it.'),
  until: instant.nullable().describe('Until when she waits, is refused, or a message is put off.'),
});

export const storySchema = z
  .object({
    contactId: uuid,
    workflows: z.array(
      z.object({
        workflowId: uuid,
        workflowKey: z.string(),
        name: z.string(),
        answer: z.string().describe('Whether she got it, and why (not).'),
        enrollments: z.int().describe('Her passages that the story tells of.'),
        refusals: z.int().describe('Refused entries that the story tells of.'),
      }),
    ),
    story: z.array(lineSchema).describe('What happened, the earliest first.'),
    isWhole: z
      .boolean()
      .describe(
        'False when the story leaves out what lies further back: it tells of the last 20 passages, 500 steps and 50 refusals.',
      ),
  })
  .meta({ id: 'Story' });

export function storyView(
  contactId: string,
  { workflows, lines }: Story,
  isWhole: boolean,
): z.infer<typeof storySchema> {
  return {
    contactId,
    workflows: workflows.map(({ workflow: { id, key, name }, ...told }) => ({
      ...{ workflowId: id, workflowKey: key, name },
      ...told,
    })),
    story: lines.map(lineView),
    isWhole,
  };
}

function lineView(line: Line): z.infer<typeof lineSchema> {
  const { kind, sentence, code, isRecorded = true, workflowId, workflowKey } = line;
  const { enrollmentId = null, nodeId = null, visit = null, port = null } = line;
  const { eventId = null, commandId = null, messageId = null, until = null } = line;
  return {
    at: line.at.toISOString(),
    ...{ kind, sentence, code, isRecorded, workflowId, workflowKey, enrollmentId },
    ...{ nodeId, visit, port, eventId, commandId, messageId, until: isoOrNull(until) },
  };
}
