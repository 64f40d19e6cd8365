/** Events that settle a delivery whose outcome nobody knew. */
import { and, eq } from 'drizzle-orm';
import { namesMessage, PROOFS_OF_ACCEPTANCE } from '../journey/mail-doubt';
import type { Tx } from './client';
import { settleAccepted } from './deliveries';
import type { EventRow } from './events';
import { enqueue } from './outbox';
import { deliveries } from './schema/deliveries';

/**
 * Settles the unknown delivery that the event proves accepted, and leaves a bell for its enrollment,
 * which may be held by that doubt and listen for nothing. False when there was no doubt.
 */
export async function settleByEvent(
  tx: Tx,
  { type, deliveryKey, properties }: Pick<EventRow, 'type' | 'deliveryKey' | 'properties'>,
): Promise<boolean> {
  if (deliveryKey === null || !PROOFS_OF_ACCEPTANCE.includes(type)) return false;
  if (!namesMessage(properties)) return false;
  const [doubted] = await tx
    .select({ id: deliveries.id, enrollmentId: deliveries.enrollmentId })
    .from(deliveries)
    .where(and(eq(deliveries.effectKey, deliveryKey), eq(deliveries.status, 'unknown')))
    .for('update');
  if (!doubted) return false;
  await settleAccepted(tx, doubted.id, 'event');
  await enqueue(tx, { kind: 'bell', payload: { enrollmentId: doubted.enrollmentId } });
  return true;
}
