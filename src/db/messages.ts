/** Deliveries as people look for them: to whom, for which enrollment, and what became of it. */
import { and, desc, eq, lt } from 'drizzle-orm';
import type { Tx } from './client';
import type { DeliveryRow } from './deliveries';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { deliveries } from './schema/deliveries';
import { enrollments } from './schema/enrollments';

export interface MessageFilter {
  readonly enrollmentId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly status?: DeliveryRow['status'] | undefined;
}

/** Messages, the newest first by when they were first claimed. */
export async function listMessages(
  tx: Tx,
  { enrollmentId, contactId, status }: MessageFilter,
  page: Page,
): Promise<Listed<DeliveryRow>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select()
    .from(deliveries)
    .where(
      and(
        enrollmentId === undefined ? undefined : eq(deliveries.enrollmentId, enrollmentId),
        contactId === undefined ? undefined : eq(deliveries.contactId, contactId),
        status === undefined ? undefined : eq(deliveries.status, status),
        after === null ? undefined : lt(deliveries.id, after),
      ),
    )
    .orderBy(desc(deliveries.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

/** A message by its id; null when there is none, or none any more. */
export async function findMessage(tx: Tx, id: string): Promise<DeliveryRow | null> {
  const [row] = await tx.select().from(deliveries).where(eq(deliveries.id, id));
  return row ?? null;
}

/** A message, as far as events about it tell. */
export type MessageOfWorkflow = Pick<DeliveryRow, 'id' | 'contactId' | 'effectKey' | 'nodeId'> & {
  readonly workflowKey: string;
};

/** A message by the id of its delivery; null when there is none, or none any more. */
export async function getMessage(tx: Tx, id: string): Promise<MessageOfWorkflow | null> {
  const { contactId, effectKey, nodeId } = deliveries;
  const [row] = await tx
    .select({
      id: deliveries.id,
      contactId,
      effectKey,
      nodeId,
      workflowKey: enrollments.workflowKey,
    })
    .from(deliveries)
    .innerJoin(enrollments, eq(enrollments.id, deliveries.enrollmentId))
    .where(eq(deliveries.id, id));
  return row ?? null;
}
