import { createEvaluators } from '../../src/evaluate/evaluators';
import type { EmailChannel } from '../../src/channels/email';
import type { Database } from '../../src/db/client';
import { type DeliveryRow, listDeliveries } from '../../src/db/deliveries';
import type { SendResult } from '../../src/journey/runtime';
import { createLogger } from '../../src/log';
import { openVersions } from '../../src/temporal/versions';
import { createSendEmail, type SendEmailDeps } from '../../activities/send-email';
import { define } from './define';
import type { TestDatabase } from './postgres';
import { inputAt, REACHED_AT, standIn, type Standing } from './standing';

/** Somebody who stands at her `send_email` node `mail`. */
export type SendCase = Standing;

export function sendCase(
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
  return standIn(db, workspaceId, definition, contact);
}

/** The activity as the worker builds it, reading the published version. */
export function sender(
  db: Database,
  channel: EmailChannel,
  more: Partial<SendEmailDeps> = {},
): (of: SendCase) => Promise<SendResult> {
  const send = senderAt(db, channel, more);
  return (of) => send(of, REACHED_AT);
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
  return (of, at) => sendEmail({ ...inputAt(of, 'mail'), at });
}

export async function deliveryOf(
  db: Database,
  { workspaceId, enrollmentId }: SendCase,
): Promise<DeliveryRow> {
  const rows = await db.inWorkspace(workspaceId, (tx) => listDeliveries(tx, enrollmentId));
  if (rows.length !== 1 || !rows[0]) throw new Error(`Expected one delivery, not ${rows.length}.`);
  return rows[0];
}

/** Makes a claim older than any connection of its attempt. */
export const ageClaim = (
  admin: TestDatabase['admin'],
  { enrollmentId }: SendCase,
  interval = '1 minute',
) =>
  admin`update deliveries set claimed_at = claimed_at - ${interval}::interval where enrollment_id = ${enrollmentId}`;
