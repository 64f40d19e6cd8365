/** What PostgreSQL says about a workflow's people at this moment. */
import { and, count, countDistinct, eq, gt, inArray, isNull, min } from 'drizzle-orm';
import type { Tx } from '../../db/client';
import { deliveries } from '../../db/schema/deliveries';
import { enrollments } from '../../db/schema/enrollments';
import { steps } from '../../db/schema/steps';

const WAITS = ['wait', 'wait_for_event'];

export interface UnderWay {
  /** People inside a wait. */
  readonly waiting: number;
  /** Message-IDs of the sends that were begun and whose outcome nobody has recorded. */
  readonly sending: readonly string[];
}

export async function underWay(tx: Tx, workflowKey: string): Promise<UnderWay> {
  const [counted, claimed] = await Promise.all([
    tx
      .select({ waiting: countDistinct(steps.enrollmentId) })
      .from(steps)
      .innerJoin(enrollments, eq(enrollments.id, steps.enrollmentId))
      .where(
        and(
          eq(enrollments.workflowKey, workflowKey),
          isNull(steps.endedAt),
          inArray(steps.nodeType, WAITS),
        ),
      ),
    tx
      .select({ messageId: deliveries.messageId })
      .from(deliveries)
      .innerJoin(enrollments, eq(enrollments.id, deliveries.enrollmentId))
      .where(and(eq(enrollments.workflowKey, workflowKey), eq(deliveries.status, 'claimed'))),
  ]);
  return {
    waiting: counted[0]?.waiting ?? 0,
    sending: claimed.flatMap(({ messageId }) => (messageId === null ? [] : [messageId])),
  };
}

/** How many of these mails nobody knows the fate of. */
export async function countUnsettled(tx: Tx, messageIds: readonly string[]): Promise<number> {
  const [counted] = await tx
    .select({ open: count() })
    .from(deliveries)
    .where(
      and(
        inArray(deliveries.messageId, [...messageIds]),
        inArray(deliveries.status, ['claimed', 'unknown']),
      ),
    );
  return counted?.open ?? 0;
}

/** When the first journey moved on after that instant; null while none has. */
export async function movedOnAfter(
  tx: Tx,
  workflowKey: string,
  instant: Date,
): Promise<Date | null> {
  const [first] = await tx
    .select({ at: min(steps.endedAt) })
    .from(steps)
    .innerJoin(enrollments, eq(enrollments.id, steps.enrollmentId))
    .where(and(eq(enrollments.workflowKey, workflowKey), gt(steps.endedAt, instant)));
  return first?.at ?? null;
}
