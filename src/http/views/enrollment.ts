/** Enrollments and steps as callers see them. */
import { z } from 'zod';
import type { EnrollmentRow } from '../../db/enrollments';
import type { StepEffect } from '../../db/step-effects';
import type { StepRow } from '../../db/steps';
import type { Issue } from '../../errors';
import { ENROLLMENT_STATUSES } from '../../journey/enrollment-status';
import { shownOutput } from '../../language/shown-output';
import { instant, isoOrNull, jsonObject, uuid } from '../common';
import { issueSchema } from './workflow';

export const enrollmentStatus = z.enum(ENROLLMENT_STATUSES);

const temporal = z.object({
  workflowId: z.string().describe('The id of the Temporal workflow.'),
  runId: z.string().nullable().describe('Its first run; null until the relay has started it.'),
});

export const enrollmentSchema = z
  .object({
    id: uuid,
    workflowId: uuid,
    workflowKey: z.string(),
    version: z.int(),
    contactId: uuid,
    key: z.string().nullable(),
    status: enrollmentStatus,
    currentNodeIds: z.array(z.string()).describe('Where the person is now; empty at the end.'),
    waitUntil: instant.nullable(),
    waitingFor: z.string().nullable(),
    variant: z.string().nullable(),
    goalId: z.string().nullable().describe('The last goal reached.'),
    reason: z.string().nullable(),
    causedBy: z
      .string()
      .nullable()
      .describe(
        'What let her in: `event:<id>`, `enrollment:<id>` or `job:<id>`; null for the API.',
      ),
    variables: jsonObject,
    startedAt: instant,
    endedAt: instant.nullable(),
    error: jsonObject.nullable().describe('`code` and `nodeId` of what failed.'),
    temporal,
  })
  .meta({ id: 'Enrollment' });

export const enrolledSchema = z
  .object({
    id: uuid,
    status: enrollmentStatus,
    temporal,
    warnings: z
      .array(issueSchema)
      .optional()
      .describe('What was stored of the contact and will not do what it says.'),
  })
  .meta({ id: 'Enrolled' });

const stepEffect = z
  .object({
    status: z.enum(['claimed', 'sent', 'done', 'failed', 'unknown', 'blocked', 'deferred']),
    attempts: z.int().describe('How often it was begun.'),
    reason: z.string().nullable().describe('Why it was not done, or why nobody knows.'),
    receipt: z.string().nullable().describe('What held a message back, in words.'),
    resolution: z
      .enum(['found', 'event', 'answered', 'absent_resent', 'resent', 'not_resent'])
      .nullable()
      .describe('How an outcome that nobody knew was settled; null where none was.'),
    resolvedAt: instant.nullable().describe('When that was.'),
  })
  .describe('The message or call of the step, where it has one.');

export const stepSchema = z
  .object({
    nodeId: z.string(),
    nodeType: z.string(),
    visit: z.int().describe('1 for the first visit of the node.'),
    attempt: z.int(),
    status: z.enum(['running', 'waiting', 'completed', 'failed', 'skipped', 'cancelled']),
    port: z.string().nullable().describe('The port that the visit left by.'),
    reason: z.string().nullable().describe('Why it ended as it did.'),
    output: jsonObject.nullable(),
    startedAt: instant,
    endedAt: instant.nullable(),
    effect: stepEffect.nullable(),
  })
  .meta({ id: 'Step' });

export function enrolledView(
  row: EnrollmentRow,
  warnings: readonly Issue[],
): z.infer<typeof enrolledSchema> {
  const told = warnings.length > 0 ? { warnings: [...warnings] } : {};
  return { id: row.id, status: row.status, temporal: temporalView(row), ...told };
}

export function enrollmentView(row: EnrollmentRow): z.infer<typeof enrollmentSchema> {
  const {
    id,
    workflowId,
    workflowKey,
    version,
    contactId,
    key,
    status,
    currentNodeIds,
    waitingFor,
  } = row;
  const { variant, goalId, reason, causedBy, variables, error } = row;
  return {
    ...{ id, workflowId, workflowKey, version, contactId, key, status, currentNodeIds },
    waitUntil: isoOrNull(row.waitUntil),
    ...{ waitingFor, variant, goalId, reason, causedBy, variables },
    startedAt: row.startedAt.toISOString(),
    endedAt: isoOrNull(row.endedAt),
    error,
    temporal: temporalView(row),
  };
}

export function stepView(row: StepRow, effect: StepEffect | undefined): z.infer<typeof stepSchema> {
  const { nodeId, nodeType, visit, attempt, status, port, reason } = row;
  const output = row.output && shownOutput(nodeType, row.output);
  const times = { startedAt: row.startedAt.toISOString(), endedAt: isoOrNull(row.endedAt) };
  const step = { nodeId, nodeType, visit, attempt, status, port, reason, output, ...times };
  return { ...step, effect: effect ? effectView(effect) : null };
}

/** The time of the end of a call that was never in doubt is no time of a settlement. */
function effectView({ resolution, resolvedAt, ...effect }: StepEffect): z.infer<typeof stepEffect> {
  const settled = resolution as z.infer<typeof stepEffect>['resolution'];
  return { ...effect, resolution: settled, resolvedAt: settled && isoOrNull(resolvedAt) };
}

function temporalView(row: EnrollmentRow): z.infer<typeof temporal> {
  return { workflowId: row.temporalWorkflowId, runId: row.temporalRunId };
}
