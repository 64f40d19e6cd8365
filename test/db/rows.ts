import { type Tx } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import type { EnrollmentRow } from '../../src/db/enrollments';
import { newId } from '../../src/ids';
import { deliveries } from '../../src/db/schema/deliveries';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { admit } from '../support/admit';

export const instant = (text: string) => new Date(`2026-03-01T${text}Z`);

export async function contactId(tx: Tx): Promise<string> {
  const { contact } = await upsertContact(tx, { externalId: newId() });
  return contact.id;
}

/** An active workflow that listens for `cart.paid`, with these settings for entering. */
export async function workflowId(
  tx: Tx,
  enrollment: object = {},
  triggers: readonly object[] = [],
): Promise<string> {
  const { id } = await createWorkflow(tx, { key: `w-${newId()}`, name: 'Test', draft: {} });
  await publishVersion(tx, {
    workflowId: id,
    definition: { triggers, settings: { enrollment } },
    contentHash: 'h',
    listensTo: ['cart.paid'],
    triggers: [],
  });
  return id;
}

export async function enrollment(tx: Tx): Promise<EnrollmentRow> {
  return admit(tx, {
    workflowId: await workflowId(tx),
    contactId: await contactId(tx),
    at: instant('08:00:00'),
  });
}

export async function delivery(
  tx: Tx,
  of: {
    contactId: string;
    effectKey: string;
    claimedAt: Date;
    channel?: string;
    messageId?: string;
    enrollmentId?: string;
    status?: 'sent' | 'blocked';
  },
): Promise<void> {
  const { channel = 'email', status = 'sent' } = of;
  await tx.insert(deliveries).values({
    enrollmentId: newId(),
    ...of,
    id: newId(),
    nodeId: 'n',
    visit: 1,
    purpose: 'marketing',
    channel,
    status,
  });
}
