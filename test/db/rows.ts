import { type Tx } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import { admitEnrollment, type EnrollmentRow } from '../../src/db/enrollments';
import { newId } from '../../src/ids';
import { deliveries } from '../../src/db/schema/deliveries';
import { createWorkflow, publishVersion } from '../../src/db/workflows';

export const instant = (text: string) => new Date(`2026-03-01T${text}Z`);

export async function contactId(tx: Tx): Promise<string> {
  const { contact } = await upsertContact(tx, { externalId: newId() });
  return contact.id;
}

/** An active workflow that listens for `cart.paid`. */
export async function workflowId(tx: Tx): Promise<string> {
  const { id } = await createWorkflow(tx, { key: `w-${newId()}`, name: 'Test', draft: {} });
  await publishVersion(tx, {
    workflowId: id,
    definition: {},
    contentHash: 'h',
    listensTo: ['cart.paid'],
    triggers: [],
  });
  return id;
}

export async function enrollment(tx: Tx): Promise<EnrollmentRow> {
  const admission = {
    workflowId: await workflowId(tx),
    contactId: await contactId(tx),
    at: instant('08:00:00'),
  };
  const answer = await admitEnrollment(tx, { ...admission, allowMultiple: false });
  if ('blocked' in answer) throw new Error(answer.blocked);
  return answer.enrollment;
}

export async function delivery(
  tx: Tx,
  of: {
    contactId: string;
    effectKey: string;
    claimedAt: Date;
    channel?: string;
    messageId?: string;
    status?: 'sent' | 'blocked';
  },
): Promise<void> {
  const { channel = 'email', status = 'sent' } = of;
  await tx.insert(deliveries).values({
    ...of,
    id: newId(),
    enrollmentId: newId(),
    nodeId: 'n',
    visit: 1,
    purpose: 'marketing',
    channel,
    status,
  });
}
