/** Who sends a stored template: the versions that somebody may meet, and the drafts that name it. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { enrollments } from './schema/enrollments';
import { workflows, workflowVersions } from './schema/workflows';

/** A published version that uses a template. */
export interface TemplateUse {
  readonly workflowKey: string;
  readonly version: number;
}

/** The versions that people may enter or are under way in, and that send this template. */
export async function publishedUses(tx: Tx, key: string): Promise<readonly TemplateUse[]> {
  const mayEnter = sql`${workflows.status} <> 'archived'
    and ${workflowVersions.version} in (${workflows.activeVersion}, ${workflows.canaryVersion})`;
  const isUnderWay = sql`exists (select from ${enrollments} where ${enrollments.workflowId} = ${workflows.id}
    and ${enrollments.version} = ${workflowVersions.version} and ${enrollments.endedAt} is null)`;
  return tx
    .select({ workflowKey: workflows.key, version: workflowVersions.version })
    .from(workflowVersions)
    .innerJoin(workflows, eq(workflows.id, workflowVersions.workflowId))
    .where(
      and(
        isNull(workflows.deletedAt),
        sql`jsonb_path_exists(${workflowVersions.definition}, '$.nodes[*].data.template ? (@ == $key)', ${JSON.stringify({ key })}::jsonb)`,
        sql`(${mayEnter} or ${isUnderWay})`,
      ),
    )
    .orderBy(workflows.key, workflowVersions.version);
}

/** Drafts in which this text stands as some value: they are written in many ways, so their parser has the last word. */
export async function draftsWith(
  tx: Tx,
  text: string,
): Promise<readonly { readonly key: string; readonly draft: JsonObject }[]> {
  return tx
    .select({ key: workflows.key, draft: workflows.draft })
    .from(workflows)
    .where(
      and(
        isNull(workflows.deletedAt),
        sql`${workflows.status} <> 'archived'`,
        sql`jsonb_path_exists(${workflows.draft}, '$.** ? (@ == $text)', ${JSON.stringify({ text })}::jsonb)`,
      ),
    )
    .orderBy(workflows.key);
}
