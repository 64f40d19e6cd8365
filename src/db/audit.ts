import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import { newId } from '../ids';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { audit } from './schema/audit';

export type AuditRow = typeof audit.$inferSelect;

/** What something can be done to. */
const SUBJECT_TYPES = [
  'contact',
  'enrollment',
  'job',
  'key',
  'list',
  'suppression',
  'template',
  'variable',
  'workflow',
] as const;

/** Notes who did what to what, in the transaction that does it. `detail` holds ids, no personal data. */
export async function recordAudit(
  tx: Tx,
  entry: {
    actor: string;
    action: string;
    subjectType: (typeof SUBJECT_TYPES)[number];
    subjectId: string;
    detail?: JsonObject | undefined;
  },
): Promise<void> {
  const { actor, action, subjectType, subjectId, detail = {} } = entry;
  await tx.insert(audit).values({ id: newId(), actor, action, subjectType, subjectId, detail });
}

/** Who did what, the newest first: to one subject, or at all. */
export async function listAudit(
  tx: Tx,
  { subjectId }: { readonly subjectId?: string | undefined },
  page: Page,
): Promise<Listed<AuditRow>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select()
    .from(audit)
    .where(
      and(
        // The index begins with the type.
        subjectId === undefined ? undefined : inArray(audit.subjectType, [...SUBJECT_TYPES]),
        subjectId === undefined ? undefined : eq(audit.subjectId, subjectId),
        after === null ? undefined : lt(audit.id, after),
      ),
    )
    .orderBy(desc(audit.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

/** When this was last done to a workflow, and by whom; null when it never was. */
export async function lastDone(
  tx: Tx,
  { workflowId, action }: { readonly workflowId: string; readonly action: string },
): Promise<AuditRow | null> {
  const [row] = await tx
    .select()
    .from(audit)
    .where(
      and(
        eq(audit.subjectType, 'workflow'),
        eq(audit.subjectId, workflowId),
        eq(audit.action, action),
      ),
    )
    .orderBy(desc(audit.id))
    .limit(1);
  return row ?? null;
}
