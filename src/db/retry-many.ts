/** Has many enrollments that failed tried again: a job's order that is judged as it is given. */
import { newId } from '../ids';
import type { Tx } from './client';
import { getEnrollment } from './enrollments';
import { retryEnrollment, type RetryOrder } from './retry-enrollment';
import { commands } from './schema/commands';

/** Tries each again, and notes what became of it as a command of the job; there is none to be judged later. */
export async function retryMany(
  tx: Tx,
  enrollmentIds: readonly string[],
  order: Required<RetryOrder>,
  at: Date,
): Promise<void> {
  for (const enrollmentId of enrollmentIds) {
    const known = await getEnrollment(tx, enrollmentId);
    if (known === null) continue;
    const retried = await retryEnrollment(tx, known, order);
    const came =
      'refused' in retried
        ? ({ status: 'refused', reason: retried.refused } as const)
        : ({ status: 'applied', reason: null } as const);
    await tx.insert(commands).values({
      ...{ id: newId(), enrollmentId, type: 'retry', ...came, ...order },
      ...{ requestedAt: at, resolvedAt: at },
    });
  }
}
