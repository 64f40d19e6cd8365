/** Ends an enrollment from outside its Temporal workflow, which hears of it by a bell. */
import { cancelOpenSteps } from './steps';
import type { Tx } from './client';
import { closeEnrollment, holdEnrollment } from './enrollments';
import { enqueue } from './outbox';

/** Closes it as `cancelled`, its open steps too. One that has ended stays as it ended. */
export async function cancelEnrollment(
  tx: Tx,
  id: string,
  { reason, at }: { reason: string; at: Date },
): Promise<void> {
  // Held first: a visit that is just being entered is committed before its step is looked for, or never.
  await holdEnrollment(tx, id);
  await cancelOpenSteps(tx, id, at);
  await closeEnrollment(tx, id, { status: 'cancelled', reason, at });
  await enqueue(tx, { kind: 'bell', payload: { enrollmentId: id } });
}
