/** Which enrollments of a workflow an operator means: open ones, or those that failed. */
import { and, count, eq, inArray, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Tx } from './client';
import { type EnrollmentStatus, enrollments, type OpenStatus } from './schema/enrollments';

export interface Selection {
  readonly version?: number | undefined;
  /** Every version but this one. */
  readonly exceptVersion?: number | undefined;
  /** `failed` means those alone; otherwise nobody who has ended is meant. */
  readonly status?: OpenStatus | Extract<EnrollmentStatus, 'failed'> | undefined;
  /** Those who stand on this node, or failed on it. */
  readonly nodeId?: string | undefined;
  /** Those who failed with this code. */
  readonly errorCode?: string | undefined;
  readonly enrollmentIds?: readonly string[] | undefined;
}

/** She stands on this node, or failed on it. */
export const standsOn = (nodeId: string): SQL | undefined =>
  or(
    sql`${enrollments.currentNodeIds} @> array[${nodeId}]::text[]`,
    sql`${enrollments.error} ->> 'nodeId' = ${nodeId}`,
  );

/** The enrollments of a workflow that a selection names, as a condition. */
export function selected(workflowId: string, selection: Selection): SQL | undefined {
  const { version, exceptVersion, status, nodeId, errorCode, enrollmentIds } = selection;
  return and(
    eq(enrollments.workflowId, workflowId),
    status === 'failed' ? undefined : isNull(enrollments.endedAt),
    version === undefined ? undefined : eq(enrollments.version, version),
    exceptVersion === undefined ? undefined : ne(enrollments.version, exceptVersion),
    status === undefined ? undefined : eq(enrollments.status, status),
    nodeId === undefined ? undefined : standsOn(nodeId),
    errorCode === undefined ? undefined : sql`${enrollments.error} ->> 'code' = ${errorCode}`,
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
