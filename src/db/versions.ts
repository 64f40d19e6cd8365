/** Published versions and who is under way in them. Writes nothing: `publishVersion` publishes. */
import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Tx } from './client';
import { BY_SEQUENCE, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { apiKeys } from './schema/api-keys';
import { enrollments } from './schema/enrollments';
import { workflowVersions } from './schema/workflows';
import type { WorkflowVersionRow } from './workflows';

export interface PublishedVersion extends WorkflowVersionRow {
  /** What the key that published it is called; null when it is gone. */
  readonly authorName: string | null;
  /** How many are under way in it. */
  readonly open: number;
}

/** The versions of a workflow, the newest first. */
export async function listVersions(
  tx: Tx,
  workflowId: string,
  page: Page,
): Promise<Listed<PublishedVersion>> {
  const after = positionOf(page, BY_SEQUENCE);
  const rows = await tx
    .select({ version: workflowVersions, authorName: apiKeys.name })
    .from(workflowVersions)
    .leftJoin(apiKeys, isAuthor)
    .where(
      and(
        eq(workflowVersions.workflowId, workflowId),
        after === null ? undefined : lt(workflowVersions.version, Number(after)),
      ),
    )
    .orderBy(desc(workflowVersions.version))
    .limit(fetchLimit(page));
  const open = await openByVersion(tx, workflowId);
  const published = rows.map(({ version, authorName }) => ({
    ...{ ...version, authorName },
    open: open.get(version.version) ?? 0,
  }));
  return listed(published, page, ({ version }) => version);
}

/** One version of a workflow, or null. */
export async function getVersion(
  tx: Tx,
  workflowId: string,
  version: number,
): Promise<PublishedVersion | null> {
  const [row] = await tx
    .select({ version: workflowVersions, authorName: apiKeys.name })
    .from(workflowVersions)
    .leftJoin(apiKeys, isAuthor)
    .where(and(eq(workflowVersions.workflowId, workflowId), eq(workflowVersions.version, version)));
  if (!row) return null;
  const open = await openByVersion(tx, workflowId);
  return { ...row.version, authorName: row.authorName, open: open.get(version) ?? 0 };
}

/** The author is a text: what publishes need not be a key for ever. */
const isAuthor = eq(sql`${apiKeys.id}::text`, workflowVersions.author);

async function openByVersion(tx: Tx, workflowId: string): Promise<ReadonlyMap<number, number>> {
  const rows = await tx
    .select({ version: enrollments.version, open: sql<number>`count(*)::int` })
    .from(enrollments)
    .where(and(eq(enrollments.workflowId, workflowId), isNull(enrollments.endedAt)))
    .groupBy(enrollments.version);
  return new Map(rows.map(({ version, open }) => [version, open]));
}
