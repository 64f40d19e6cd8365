import { newId } from '../ids';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { audit } from './schema/audit';

/** Notes who did what to what, in the transaction that does it. `detail` holds ids, no personal data. */
export async function recordAudit(
  tx: Tx,
  entry: {
    actor: string;
    action: string;
    subjectType: string;
    subjectId: string;
    detail?: JsonObject | undefined;
  },
): Promise<void> {
  const { actor, action, subjectType, subjectId, detail = {} } = entry;
  await tx.insert(audit).values({ id: newId(), actor, action, subjectType, subjectId, detail });
}
