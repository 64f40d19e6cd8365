/** Ends an enrollment from outside its Temporal workflow, which hears of it by a bell. */
import type { Tx } from './client';
import { endEnrollment } from './end-enrollment';
import { enqueue } from './outbox';

/** Closes it as `cancelled`, its open steps too. One that has ended stays as it ended. */
export async function cancelEnrollment(
  tx: Tx,
  id: string,
  { reason, at }: { reason: string; at: Date },
): Promise<void> {
  await endEnrollment(tx, id, { status: 'cancelled', reason, at });
  await enqueue(tx, { kind: 'bell', payload: { enrollmentId: id } });
}
