/**
 * Retention: deletes what is older than a deployment keeps.
 *
 * Invariants:
 * 1. Only what has ended is forgotten. A claim of a journey that is under way proves that something was sent: without
 *    it, an attempt that is made again would send it again.
 * 2. Who may enter again, and under which number, is told by earlier enrollments. So a row stays, emptied, while a
 *    rule may need it: the newest of a contact under a key; and all of them where the active version limits how often
 *    somebody may enter, or a trigger does.
 * 3. A batch is one short transaction, and rows that somebody holds are left to the next.
 * 4. Figures forget with their rows: what was folded of them is taken out in the same transaction (src/db/fold.ts).
 */
import { and, inArray, isNull, sql } from 'drizzle-orm';
import { forgotten } from '../metrics';
import type { Database, Tx } from './client';
import { databaseFailure } from './failure';
import { unfold } from './fold';
import { firstIdAt } from './id-time';
import { commands } from './schema/commands';
import { deliveries } from './schema/deliveries';
import { effects } from './schema/effects';
import { enrollments } from './schema/enrollments';
import { steps } from './schema/steps';
import type { Place } from './upkeep';

/** Some enrollments of all workspaces that ended before, and still have their details. Needs throughline_relay. */
export async function oldEnrollments(db: Database, before: Date, limit: number): Promise<Place[]> {
  const rows = await db.sql<Place[]>`
    select workspace_id as "workspaceId", id
    from throughline.old_enrollments(${before}, ${limit})`.catch(refuse);
  return [...rows];
}

/** Some messages of all workspaces whose enrollments ended before. Needs throughline_relay. */
export async function oldDeliveries(db: Database, before: Date, limit: number): Promise<Place[]> {
  const rows = await db.sql<Place[]>`
    select workspace_id as "workspaceId", id
    from throughline.old_deliveries(${before}, ${firstIdAt(before)}, ${limit})`.catch(refuse);
  return [...rows];
}

/** Drops the months of events that were over before; how many. Needs throughline_relay. */
export async function dropOldEvents(db: Database, before: Date): Promise<readonly string[]> {
  const [row] = await db.sql<{ dropped: string[] }[]>`
    select throughline.drop_old_events(${before}) as dropped`.catch(refuse);
  const dropped = row?.dropped ?? [];
  forgotten.inc({ what: 'event_months' }, dropped.length);
  return dropped;
}

/** Deletes the details of enrollments that ended before, and the rows that no rule needs; how many it dealt with. */
export async function forgetEnrollments(
  tx: Tx,
  ids: readonly string[],
  before: Date,
): Promise<number> {
  const held = await tx
    .select({ id: enrollments.id })
    .from(enrollments)
    .where(
      and(
        inArray(enrollments.id, [...ids]),
        isNull(enrollments.forgottenAt),
        // One that failed may have been tried again since it was listed.
        sql`${enrollments.endedAt} < ${before.toISOString()}::timestamptz`,
      ),
    )
    .for('update', { skipLocked: true });
  const mine = held.map(({ id }) => id);
  if (mine.length === 0) return 0;
  const unneeded = await tx
    .select({ id: enrollments.id })
    .from(enrollments)
    .where(and(inArray(enrollments.id, mine), needless));
  const rows = unneeded.map(({ id }) => id);
  await unfold(tx, mine, rows);
  const gone = await tx.delete(steps).where(inArray(steps.enrollmentId, mine));
  await tx.delete(effects).where(inArray(effects.enrollmentId, mine));
  await tx.delete(commands).where(inArray(commands.enrollmentId, mine));
  await tx
    .update(enrollments)
    .set({ variables: {}, resumeState: null, forgottenAt: new Date() })
    .where(inArray(enrollments.id, mine));
  await tx.delete(enrollments).where(inArray(enrollments.id, rows));
  tx.onCommit(() => {
    forgotten.inc({ what: 'enrollments' }, mine.length);
    forgotten.inc({ what: 'steps' }, gone.count);
  });
  return mine.length;
}

/** Deletes messages; how many there were. */
export async function forgetDeliveries(tx: Tx, ids: readonly string[]): Promise<number> {
  const gone = await tx.delete(deliveries).where(inArray(deliveries.id, [...ids]));
  tx.onCommit(() => forgotten.inc({ what: 'messages' }, gone.count));
  return gone.count;
}

/** Invariant 2, as a condition on a row of enrollments. */
const needless = sql`(
  exists (select from workflows w where w.id = ${enrollments.workflowId} and w.deleted_at is not null)
  or (
    exists (
      select from enrollments later
      where later.workflow_id = ${enrollments.workflowId} and later.contact_id = ${enrollments.contactId}
        and later.key is not distinct from ${enrollments.key} and later.number > ${enrollments.number})
    and not exists (
      select from workflows w join workflow_versions v on v.workflow_id = w.id and v.version = w.active_version
      where w.id = ${enrollments.workflowId}
        and (v.definition #> '{settings,enrollment,limit}' is not null
          or jsonb_path_exists(v.definition, '$.triggers[*].rateLimit')))))`;

function refuse(error: unknown): never {
  throw databaseFailure(error);
}
