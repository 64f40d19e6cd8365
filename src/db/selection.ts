/** Which open enrollments of a workflow an operator means. */
import { and, count, eq, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { Tx } from './client';
import { enrollments, type OpenStatus } from './schema/enrollments';

export interface Selection {
  readonly version?: number | undefined;
  /** Every version but this one. */
  readonly exceptVersion?: number | undefined;
  readonly status?: OpenStatus | undefined;
  /** Those who stand on this node. */
  readonly nodeId?: string | undefined;
  readonly enrollmentIds?: readonly string[] | undefined;
}

/** The open enrollments of a workflow that a selection names, as a condition. */
export function selected(workflowId: string, selection: Selection): SQL | undefined {
  const { version, exceptVersion, status, nodeId, enrollmentIds } = selection;
  return and(
    eq(enrollments.workflowId, workflowId),
    isNull(enrollments.endedAt),
    version === undefined ? undefined : eq(enrollments.version, version),
    exceptVersion === undefined ? undefined : ne(enrollments.version, exceptVersion),
    status === undefined ? undefined : eq(enrollments.status, status),
    nodeId === undefined
      ? undefined
      : sql`${enrollments.currentNodeIds} @> array[${nodeId}]::text[]`,
    enrollmentIds === undefined ? undefined : inArray(enrollments.id, [...enrollmentIds]),
  );
}

/** How many enrollments a selection names now. */
export async function countSelected(
  tx: Tx,
  workflowId: string,
  selection: Selection,
): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(enrollments)
    .where(selected(workflowId, selection));
  return row?.count ?? 0;
}
