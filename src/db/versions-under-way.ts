import { and, asc, eq, isNull, ne } from 'drizzle-orm';
import type { Tx } from './client';
import { enrollments } from './schema/enrollments';

/** The versions, but for one, in which people are under way; the oldest first. */
export async function versionsUnderWay(
  tx: Tx,
  workflowId: string,
  except: number,
): Promise<number[]> {
  const rows = await tx
    .selectDistinct({ version: enrollments.version })
    .from(enrollments)
    .where(
      and(
        eq(enrollments.workflowId, workflowId),
        isNull(enrollments.endedAt),
        ne(enrollments.version, except),
      ),
    )
    .orderBy(asc(enrollments.version));
  return rows.map(({ version }) => version);
}
