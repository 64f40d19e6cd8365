/** Enrollments that should have moved on: noted across workspaces by the upkeep, listed in each. */
import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import type { Database, Tx } from './client';
import type { EnrollmentRow } from './enrollments';
import { databaseFailure } from './failure';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { enrollments } from './schema/enrollments';
import { type StuckReason, stuckEnrollments } from './schema/stuck-enrollments';
import type { Place } from './upkeep';

export interface StuckRow {
  readonly enrollment: EnrollmentRow;
  readonly reason: StuckReason;
  readonly foundAt: Date;
  /** When she was last rung; null where nobody has started her. */
  readonly rungAt: Date | null;
}

/** Those of the workspace who were stuck when the upkeep last came by, the newest enrollment first. */
export async function listStuck(
  tx: Tx,
  { reason }: { readonly reason?: StuckReason | undefined },
  page: Page,
): Promise<Listed<StuckRow>> {
  const after = positionOf(page, BY_ID);
  const { enrollmentId, foundAt, rungAt } = stuckEnrollments;
  const rows = await tx
    .select({ enrollment: enrollments, reason: stuckEnrollments.reason, foundAt, rungAt })
    .from(stuckEnrollments)
    .innerJoin(enrollments, eq(enrollments.id, enrollmentId))
    .where(
      and(
        isNull(enrollments.endedAt),
        reason === undefined ? undefined : eq(stuckEnrollments.reason, reason),
        after === null ? undefined : lt(enrollmentId, after),
      ),
    )
    .orderBy(desc(enrollmentId))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.enrollment.id);
}

export interface Noted extends Place {
  readonly reason: StuckReason;
  readonly isNew: boolean;
}

interface Judged {
  workspaceId: string;
  id: string;
  reason: StuckReason | null;
  noted: boolean;
  isNew: boolean;
  pageSize: number;
}

const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * Judges the open enrollments behind `after`, of every workspace: notes and rings who is stuck, and takes off who has
 * moved on. `next` is where to go on, null at the end. Needs throughline_relay.
 */
export async function noteStuck(
  db: Database,
  page: {
    readonly after: Place | null;
    readonly quietMs: number;
    readonly ringAgainMs: number;
    readonly limit: number;
  },
): Promise<{ readonly noted: readonly Noted[]; readonly next: Place | null }> {
  const { workspaceId, id } = page.after ?? { workspaceId: NIL, id: NIL };
  const { quietMs, ringAgainMs, limit } = page;
  const rows = await db.sql<Judged[]>`
    select workspace_id as "workspaceId", id, reason, noted, is_new as "isNew", page_size as "pageSize"
    from throughline.note_stuck(${workspaceId}, ${id}, ${quietMs}, ${ringAgainMs}, ${limit})`.catch(
    refuse,
  );
  const last = rows.at(-1);
  const noted = rows.flatMap(({ reason, ...row }) =>
    row.noted && reason !== null
      ? [{ workspaceId: row.workspaceId, id: row.id, isNew: row.isNew, reason }]
      : [],
  );
  const isLast = last === undefined || last.pageSize < limit;
  return { noted, next: isLast ? null : { workspaceId: last.workspaceId, id: last.id } };
}

/** Takes off who has ended meanwhile. Needs throughline_relay. */
export async function settleStuck(db: Database): Promise<void> {
  await db.sql`select throughline.settle_stuck()`.catch(refuse);
}

function refuse(error: unknown): never {
  throw databaseFailure(error);
}
