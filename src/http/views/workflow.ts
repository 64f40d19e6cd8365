/** Workflows as callers see them. */
import { z } from 'zod';
import type { WorkflowRow } from '../../db/workflows';
import type { Issue } from '../../errors';
import { instant, jsonObject, uuid } from '../common';

export const issueSchema = z
  .object({
    code: z.string(),
    path: z.string().describe('Where in what was sent, such as `nodes[2].data.for`.'),
    message: z.string(),
    line: z.int().optional(),
    column: z.int().optional(),
    suggestion: z.string().optional().describe('What was probably meant.'),
  })
  .meta({ id: 'Issue' });

export const workflowSchema = z
  .object({
    id: uuid,
    key: z.string(),
    name: z.string(),
    status: z.enum(['draft', 'active', 'paused', 'archived']),
    version: z
      .int()
      .nullable()
      .describe('The version that people enter; null before the first activation.'),
    canary: z
      .int()
      .nullable()
      .describe('The version that a share of them enters by way of trial; null when none does.'),
    revision: z.int().describe('Counts changes of the draft; the entity tag.'),
    definition: jsonObject.describe('The draft, as it was written.'),
    warnings: z.array(issueSchema).optional(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Workflow' });

export function workflowView(
  row: WorkflowRow,
  warnings?: readonly Issue[],
): z.infer<typeof workflowSchema> {
  const {
    id,
    key,
    name,
    status,
    activeVersion: version,
    canaryVersion: canary,
    draftRevision: revision,
    draft: definition,
  } = row;
  return {
    ...{ id, key, name, status, version, canary, revision, definition },
    ...(warnings ? { warnings: [...warnings] } : {}),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** A workflow with its entity tag. */
export function workflowAnswer(status: number, row: WorkflowRow, warnings?: readonly Issue[]) {
  const headers = { ETag: entityTag(row), Location: `/api/v1/workflows/${row.id}` };
  return { status, body: workflowView(row, warnings), headers };
}

export function entityTag(row: WorkflowRow): string {
  return `"${row.draftRevision}"`;
}
