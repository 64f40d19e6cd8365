import { createEvaluators } from '../../src/evaluate/evaluators';
import type { EmailChannel } from '../../src/channels/email';
import type { Database } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import { type DeliveryRow, listDeliveries } from '../../src/db/deliveries';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { newId } from '../../src/ids';
import type { SendResult } from '../../src/journey/runtime';
import { createLogger } from '../../src/log';
import { openVersions } from '../../src/temporal/versions';
import { createSendEmail, type SendEmailDeps } from '../../activities/send-email';
import { admit } from './admit';
import { define } from './define';

/** One enrollment that stands at its `send_email` node `mail`. */
export interface SendCase {
  readonly workspaceId: string;
  readonly workflowId: string;
  readonly enrollmentId: string;
  readonly contactId: string;
}

export async function sendCase(
  db: Database,
  workspaceId: string,
  data: object = {},
  contact: object = {},
): Promise<SendCase> {
  const mail = { subject: 'Hi {{ first_name }}', text: 'Your cart is waiting.', ...data };
  const definition = define({
    nodes: { mail: ['send_email', mail] },
    goals: [{ id: 'paid', event: 'cart.paid' }],
  });
  return db.inWorkspace(workspaceId, async (tx) => {
    const workflow = await createWorkflow(tx, { key: `w-${newId()}`, name: 'Test', draft: {} });
    await publishVersion(tx, {
      workflowId: workflow.id,
      definition,
      contentHash: 'h',
      listensTo: ['cart.paid'],
      triggers: [],
    });
    const { contact: ada } = await upsertContact(tx, {
      externalId: newId(),
      email: `${newId()}@example.com`,
      firstName: 'Ada',
      ...contact,
    });
    const enrollment = await admit(tx, {
      workflowId: workflow.id,
      contactId: ada.id,
      at: new Date('2026-03-01T08:00:00Z'),
    });
    return {
      workspaceId,
      workflowId: workflow.id,
      enrollmentId: enrollment.id,
      contactId: ada.id,
    };
  });
}

/** The activity as the worker builds it, reading the published version. */
export function sender(
  db: Database,
  channel: EmailChannel,
  more: Partial<SendEmailDeps> = {},
): (of: SendCase) => Promise<SendResult> {
  const send = senderAt(db, channel, more);
  return (of) => send(of, new Date('2026-03-01T09:00:00Z').getTime());
}

/** The same at a time of the journey's own. */
export function senderAt(
  db: Database,
  channel: EmailChannel,
  more: Partial<SendEmailDeps> = {},
): (of: SendCase, at: number) => Promise<SendResult> {
  const sendEmail = createSendEmail({
    db,
    channel,
    evaluators: createEvaluators(),
    loadGraph: openVersions(db).loadGraph,
    sender: { name: 'Shop', email: 'shop@shop.example' },
    log: createLogger('test', 'silent'),
    ...more,
  });
  return ({ workspaceId, enrollmentId, workflowId }, at) =>
    sendEmail({
      workspaceId,
      enrollmentId,
      graph: { workspaceId, workflowId, version: 1, hash: 'h' },
      node: 'mail',
      visit: 1,
      at,
      watch: { reached: [], armed: [] },
    } as Parameters<typeof sendEmail>[0]);
}

export async function deliveryOf(
  db: Database,
  { workspaceId, enrollmentId }: SendCase,
): Promise<DeliveryRow> {
  const rows = await db.inWorkspace(workspaceId, (tx) => listDeliveries(tx, enrollmentId));
  if (rows.length !== 1 || !rows[0]) throw new Error(`Expected one delivery, not ${rows.length}.`);
  return rows[0];
}
