/** Published versions, and what differs between two of them, as callers see them. */
import { z } from 'zod';
import type { PublishedVersion } from '../../db/versions';
import type { WorkflowRow } from '../../db/workflows';
import type { DefinitionChange } from '../../language/definition-diff';
import { instant, jsonObject } from '../common';

export const versionSchema = z
  .object({
    version: z.int(),
    changelog: z.string().nullable().describe('What was new, as its author put it.'),
    author: z
      .object({
        id: z.string(),
        name: z.string().nullable().describe('What the key is called; null when it is gone.'),
      })
      .nullable()
      .describe('The API key that published it.'),
    publishedAt: instant,
    contentHash: z.string().describe('SHA-256 of the definition: equal for equal content.'),
    isActive: z.boolean().describe('Whether people enter this version now, unless paused.'),
    isCanary: z.boolean().describe('Whether a share of them enters this one, by way of trial.'),
    openEnrollments: z.int().describe('How many people are under way in it.'),
  })
  .meta({ id: 'Version' });

export const versionWithDefinitionSchema = versionSchema
  .extend({ definition: jsonObject.describe('The definition in canonical form.') })
  .meta({ id: 'VersionWithDefinition' });

export function versionView(
  row: PublishedVersion,
  { activeVersion, canaryVersion }: WorkflowRow,
): z.infer<typeof versionSchema> {
  const { version, changelog, author, authorName, contentHash, open } = row;
  return {
    ...{ version, changelog },
    author: author === null ? null : { id: author, name: authorName },
    publishedAt: row.publishedAt.toISOString(),
    contentHash,
    isActive: version === activeVersion,
    isCanary: version === canaryVersion,
    openEnrollments: open,
  };
}

const side = z.object({
  version: z.int().nullable().describe('Null for the draft.'),
  contentHash: z.string(),
});

export const diffSchema = z
  .object({
    from: side,
    to: side,
    changes: z
      .array(
        z.object({
          part: z.enum(['workflow', 'trigger', 'node', 'edge', 'goal', 'settings', 'test']),
          kind: z.enum(['added', 'removed', 'changed']),
          id: z
            .string()
            .nullable()
            .describe('Which one: an id, for an edge `source:port`, for a test its name.'),
          path: z
            .string()
            .nullable()
            .describe('The value inside it, such as `data.for`; null for the whole.'),
          before: z.json().optional().describe('Absent where there was none.'),
          after: z.json().optional().describe('Absent where there is none any more.'),
          sentence: z.string().describe('The change in words.'),
        }),
      )
      .describe('Nothing when both say the same, in whatever order.'),
  })
  .meta({ id: 'DefinitionDiff' });

export interface DiffSide {
  readonly version: number | null;
  readonly contentHash: string;
}

export function diffView(from: DiffSide, to: DiffSide, changes: readonly DefinitionChange[]) {
  return { from, to, changes };
}
