import { type Admission, admitEnrollment } from '../../src/db/admission';
import type { Tx } from '../../src/db/client';
import type { EnrollmentRow } from '../../src/db/enrollments';
import { createEvaluators } from '../../src/evaluate/evaluators';

/** Lets somebody in as every caller does; throws when she is refused. */
export async function admit(tx: Tx, admission: Omit<Admission, 'judge'>): Promise<EnrollmentRow> {
  const admitted = await admitEnrollment(tx, { ...admission, judge: createEvaluators().condition });
  if ('blocked' in admitted) throw new Error(`Blocked: ${admitted.blocked}`);
  return admitted.enrollment;
}
