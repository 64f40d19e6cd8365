import { and, desc, eq, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { enrollmentsEnded } from '../metrics';
import type { Tx } from './client';
import { refusePending } from './commands';
import { recordEvent } from './events';
import type { Json, JsonObject } from './json';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import {
  enrollments,
  type EndStatus,
  type EnrollmentStatus,
  type OpenStatus,
} from './schema/enrollments';
import { workflows, workflowVersions } from './schema/workflows';
import { standsOn } from './selection';

export type { EndStatus, EnrollmentStatus, OpenStatus } from './schema/enrollments';
export type EnrollmentRow = typeof enrollments.$inferSelect;

export async function getEnrollment(tx: Tx, id: string): Promise<EnrollmentRow | null> {
  const [row] = await tx.select().from(enrollments).where(eq(enrollments.id, id));
  return row ?? null;
}

/** The enrollment, and whether its workflow is paused. */
export async function enrollmentWithWorkflow(
  tx: Tx,
  id: string,
): Promise<{ enrollment: EnrollmentRow; workflowPaused: boolean } | null> {
  const [row] = await tx
    .select({ enrollment: enrollments, status: workflows.status })
    .from(enrollments)
    .innerJoin(workflows, eq(workflows.id, enrollments.workflowId))
    .where(eq(enrollments.id, id));
  return row ? { enrollment: row.enrollment, workflowPaused: row.status === 'paused' } : null;
}

/** The enrollment, held until the transaction ends. */
export async function holdEnrollment(tx: Tx, id: string): Promise<EnrollmentRow | null> {
  const [row] = await tx
    .select()
    .from(enrollments)
    .where(eq(enrollments.id, id))
    .for('no key update');
  return row ?? null;
}

export interface EnrollmentFilter {
  workflowId?: string | undefined;
  contactId?: string | undefined;
  status?: EnrollmentStatus | undefined;
  version?: number | undefined;
  /** Those who stand on this node. */
  nodeId?: string | undefined;
}

/** Enrollments, the newest first. */
export async function listEnrollments(
  tx: Tx,
  filter: EnrollmentFilter,
  page: Page,
): Promise<Listed<EnrollmentRow>> {
  const after = positionOf(page, BY_ID);
  const { workflowId, contactId, status, version, nodeId } = filter;
  const rows = await tx
    .select()
    .from(enrollments)
    .where(
      and(
        workflowId === undefined ? undefined : eq(enrollments.workflowId, workflowId),
        contactId === undefined ? undefined : eq(enrollments.contactId, contactId),
        status === undefined ? undefined : hasStatus(status),
        version === undefined ? undefined : eq(enrollments.version, version),
        nodeId === undefined ? undefined : and(standsOn(nodeId), standsSomewhere),
        after === null ? undefined : lt(enrollments.id, after),
      ),
    )
    .orderBy(desc(enrollments.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

const HAS_FAILED = sql`${enrollments.status} = 'failed'`;

/** Who has failed or not ended: there are indexes of those. */
const standsSomewhere = or(isNull(enrollments.endedAt), HAS_FAILED);

/** As a condition that names an index of few rows where there is one. */
function hasStatus(status: EnrollmentStatus): SQL | undefined {
  if (status === 'failed') return HAS_FAILED;
  const isOpen = status === 'running' || status === 'waiting' || status === 'paused';
  return and(eq(enrollments.status, status), isOpen ? isNull(enrollments.endedAt) : undefined);
}

/** Notes the first run of the enrollment's Temporal workflow. */
export async function markStarted(tx: Tx, id: string, runId: string): Promise<void> {
  await tx
    .update(enrollments)
    .set({ temporalRunId: runId })
    .where(and(eq(enrollments.id, id), isNull(enrollments.temporalRunId)));
}

/** Notes the run that an open enrollment is in now: a reset or a fresh history gave it another. */
export async function noteRun(tx: Tx, id: string, runId: string): Promise<void> {
  await tx
    .update(enrollments)
    .set({ temporalRunId: runId })
    .where(and(eq(enrollments.id, id), isNull(enrollments.endedAt)));
}

export interface Position {
  currentNodeIds: readonly string[];
  waitUntil: Date | null;
  waitingFor: string | null;
  status: OpenStatus;
}

/**
 * Notes where the person is. An enrollment that ended stays as it ended: then the answer is false, also when
 * whoever ended it committed only now.
 */
export async function setPosition(tx: Tx, id: string, position: Position): Promise<boolean> {
  const noted = await tx
    .update(enrollments)
    .set({ ...position, currentNodeIds: [...position.currentNodeIds] })
    .where(and(eq(enrollments.id, id), isNull(enrollments.endedAt)))
    .returning({ id: enrollments.id });
  return noted.length > 0;
}

/** Shows until when an open enrollment waits, once its node knows. */
export async function showWait(
  tx: Tx,
  id: string,
  waitUntil: Date | null,
  waitingFor: string | null,
): Promise<void> {
  await tx
    .update(enrollments)
    .set({ waitUntil, ...(waitingFor === null ? {} : { waitingFor }) })
    .where(and(eq(enrollments.id, id), isNull(enrollments.endedAt)));
}

/** Gives a variable of an enrollment a value. */
export async function setVariable(tx: Tx, id: string, name: string, value: Json): Promise<void> {
  const given = JSON.stringify({ [name]: value });
  await tx
    .update(enrollments)
    .set({ variables: sql`${enrollments.variables} || ${given}::jsonb` })
    .where(eq(enrollments.id, id));
}

export interface Closing {
  status: EndStatus;
  goalId?: string | null | undefined;
  error?: JsonObject | null | undefined;
  reason?: string | null | undefined;
  /** Where to go on when the node that failed is tried again. */
  resumeState?: JsonObject | null | undefined;
  at: Date;
}

/**
 * Ends an enrollment and records `enrollment.ended`, whose properties name the enrollment, its status
 * and goal. The first close wins: later ones change nothing and return the row as it is. Null when
 * there is no such enrollment.
 *
 * No command is pending any more: whoever gave one learns that it came too late.
 *
 * It ends no earlier than it began, however late the closing fact is: whoever waits for the end looks
 * from the beginning on.
 */
export async function closeEnrollment(
  tx: Tx,
  id: string,
  closing: Closing,
): Promise<EnrollmentRow | null> {
  const { status, goalId, error, reason, resumeState, at } = closing;
  const [closed] = await tx
    .update(enrollments)
    .set({
      status,
      goalId,
      error,
      reason,
      resumeState: resumeState ?? null,
      endedAt: sql`greatest(${at.toISOString()}::timestamptz, ${enrollments.startedAt})`,
      currentNodeIds: [],
      waitUntil: null,
      waitingFor: null,
    })
    .where(and(eq(enrollments.id, id), isNull(enrollments.endedAt)))
    .returning();
  if (!closed) return getEnrollment(tx, id);
  tx.onCommit(() => enrollmentsEnded.inc({ status }));
  await refusePending(tx, id, at);
  const { workflowId, workflowKey, version, contactId, endedAt } = closed;
  const endedOn = endedAt ?? at;
  await recordEvent(tx, {
    contactId,
    type: 'enrollment.ended',
    properties: {
      enrollmentId: id,
      workflowId,
      workflowKey,
      version,
      status,
      goalId: closed.goalId,
    },
    occurredAt: endedOn,
    receivedAt: endedOn,
    causedBy: `enrollment:${id}`,
    depth: closed.depth + 1,
  });
  return closed;
}

/** The contact's open enrollments in a workflow: all of them, or those with a key. */
export async function openEnrollmentsIn(
  tx: Tx,
  contactId: string,
  workflowKey: string,
  key: string | null,
): Promise<EnrollmentRow[]> {
  return tx
    .select()
    .from(enrollments)
    .where(
      and(
        eq(enrollments.contactId, contactId),
        eq(enrollments.workflowKey, workflowKey),
        isNull(enrollments.endedAt),
        key === null ? undefined : eq(enrollments.key, key),
      ),
    )
    .orderBy(enrollments.id);
}

/**
 * Every open enrollment of the contact whose version listens for the type, wherever it is now: one
 * that is just about to wait must hear the bell too.
 */
export async function openEnrollmentsListening(
  tx: Tx,
  contactId: string,
  eventType: string,
): Promise<EnrollmentRow[]> {
  const rows = await tx
    .select({ enrollment: enrollments })
    .from(enrollments)
    .innerJoin(
      workflowVersions,
      and(
        eq(workflowVersions.workflowId, enrollments.workflowId),
        eq(workflowVersions.version, enrollments.version),
      ),
    )
    .where(
      and(
        eq(enrollments.contactId, contactId),
        isNull(enrollments.endedAt),
        sql`${workflowVersions.listensTo} @> array[${eventType}]::text[]`,
      ),
    );
  return rows.map((row) => row.enrollment);
}
