import { and, asc, desc, eq, gt, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { stepsEnded } from '../metrics';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { BY_SEQUENCE, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { enrollments } from './schema/enrollments';
import { steps, type StepStatus } from './schema/steps';

export type { StepStatus } from './schema/steps';
export type StepRow = typeof steps.$inferSelect;

/** One visit of one node; `attempt` is 1 unless an operator retried it. */
export interface StepKey {
  enrollmentId: string;
  nodeId: string;
  visit: number;
  attempt?: number | undefined;
}

export interface StepInput extends StepKey {
  nodeType: string;
  status: StepStatus;
  port?: string | null | undefined;
  reason?: string | null | undefined;
  output?: JsonObject | null | undefined;
  startedAt: Date;
  endedAt?: Date | null | undefined;
}

/**
 * Stores a step and returns what is stored for this visit, which is the first write's: an activity
 * that runs again, or two at once, get one answer. The caller goes on with the returned row.
 */
export async function memoStep(tx: Tx, step: StepInput): Promise<StepRow> {
  return (await bookStep(tx, step)).row;
}

/**
 * As `memoStep`, and says whether this is the first write. It is waited for while another transaction writes
 * the same visit, so only the first may go on to make what changes with it.
 */
export async function bookStep(
  tx: Tx,
  step: StepInput,
): Promise<{ readonly row: StepRow; readonly isFirst: boolean }> {
  const ofEnrollment = (column: SQL) =>
    sql`(select ${column} from ${enrollments} n where n.id = ${step.enrollmentId})`;
  const [written] = await tx
    .insert(steps)
    .values({
      ...step,
      workflowId: ofEnrollment(sql`n.workflow_id`),
      version: ofEnrollment(sql`n.version`),
    })
    .onConflictDoNothing()
    .returning();
  return { row: written ?? (await storedStep(tx, step)), isFirst: written !== undefined };
}

/** Counts a visit that has ended for good. */
export function countStep(
  tx: Tx,
  { nodeType, status }: Pick<StepRow, 'nodeType' | 'status'>,
): void {
  tx.onCommit(() => stepsEnded.inc({ node_type: nodeType, outcome: status }));
}

/** Takes back what this transaction has booked, so that the visit can be booked with another end. */
export async function unbookStep(tx: Tx, key: StepKey): Promise<void> {
  await tx.delete(steps).where(keyOf(key));
}

/** Notes that a visit began. Entered again, it returns the stored row with its first start. */
export async function enterStep(
  tx: Tx,
  step: StepKey & { nodeType: string; status?: 'running' | 'waiting' | undefined; at: Date },
): Promise<StepRow> {
  const { at, status = 'running', ...key } = step;
  return memoStep(tx, { ...key, status, startedAt: at });
}

export interface StepEnd extends StepKey {
  status: Exclude<StepStatus, 'running' | 'waiting'>;
  port?: string | null | undefined;
  reason?: string | null | undefined;
  output?: JsonObject | null | undefined;
  at: Date;
}

/** Ends a visit and returns what is stored: a visit that ended already keeps its first end. */
export async function endStep(tx: Tx, end: StepEnd): Promise<StepRow> {
  const { status, port = null, reason = null, output = null, at } = end;
  const [ended] = await tx
    .update(steps)
    .set({ status, port, reason, output, endedAt: at })
    .where(and(keyOf(end), isNull(steps.endedAt)))
    .returning();
  if (ended) countStep(tx, ended);
  return ended ?? (await storedStep(tx, end));
}

/** The stored step of a visit, or null before it was entered. */
export async function getStep(tx: Tx, key: StepKey): Promise<StepRow | null> {
  const [row] = await tx.select().from(steps).where(keyOf(key));
  return row ?? null;
}

/** The steps of an enrollment, in the order they were entered. */
export async function listSteps(
  tx: Tx,
  enrollmentId: string,
  page: Page,
): Promise<Listed<StepRow>> {
  const after = positionOf(page, BY_SEQUENCE);
  const rows = await tx
    .select()
    .from(steps)
    .where(
      and(
        eq(steps.enrollmentId, enrollmentId),
        after === null ? undefined : gt(steps.sequence, Number(after)),
      ),
    )
    .orderBy(asc(steps.sequence))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.sequence);
}

async function storedStep(tx: Tx, key: StepKey): Promise<StepRow> {
  const row = await getStep(tx, key);
  if (row) return row;
  throw new Error(
    `No step is stored for enrollment ${key.enrollmentId}, node ${key.nodeId}, visit ${key.visit}: ` +
      'it was never entered, or erased meanwhile.',
  );
}

const keyOf = ({ enrollmentId, nodeId, visit, attempt = 1 }: StepKey) =>
  and(
    eq(steps.enrollmentId, enrollmentId),
    eq(steps.nodeId, nodeId),
    eq(steps.visit, visit),
    eq(steps.attempt, attempt),
  );

/** The latest visit of a node that was not skipped, or null when it was never entered. */
export async function latestVisit(
  tx: Tx,
  enrollmentId: string,
  nodeId: string,
): Promise<Pick<StepRow, 'startedAt' | 'port'> | null> {
  const [row] = await tx
    .select({ startedAt: steps.startedAt, port: steps.port })
    .from(steps)
    .where(
      and(
        eq(steps.enrollmentId, enrollmentId),
        eq(steps.nodeId, nodeId),
        ne(steps.status, 'skipped'),
      ),
    )
    .orderBy(desc(steps.visit))
    .limit(1);
  return row ?? null;
}

/** Cancels what is still open when an enrollment ends. */
export async function cancelOpenSteps(tx: Tx, enrollmentId: string, at: Date): Promise<void> {
  const cancelled = await tx
    .update(steps)
    .set({ status: 'cancelled', reason: 'enrollment.ended', endedAt: at })
    .where(and(eq(steps.enrollmentId, enrollmentId), isNull(steps.endedAt)))
    .returning({ nodeType: steps.nodeType, status: steps.status });
  for (const step of cancelled) countStep(tx, step);
}

/** The nodes an enrollment stands on: those with an open step. */
export async function openNodeIds(tx: Tx, enrollmentId: string): Promise<string[]> {
  const rows = await tx
    .select({ nodeId: steps.nodeId })
    .from(steps)
    .where(and(eq(steps.enrollmentId, enrollmentId), isNull(steps.endedAt)))
    .orderBy(asc(steps.sequence));
  return rows.map((row) => row.nodeId);
}
