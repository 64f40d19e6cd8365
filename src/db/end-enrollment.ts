/** Ends an enrollment from outside its walk: an operator, the reconciler, an erasure. */
import type { Tx } from './client';
import { closeEnrollment, type Closing, holdEnrollment } from './enrollments';
import { cancelOpenSteps } from './steps';

/** Closes it and cancels what is open. One that has ended stays as it ended. */
export async function endEnrollment(tx: Tx, id: string, closing: Closing): Promise<void> {
  // Held first: a visit that is just being entered is committed before its step is looked for, or never.
  await holdEnrollment(tx, id);
  await cancelOpenSteps(tx, id, closing.at);
  await closeEnrollment(tx, id, closing);
}
