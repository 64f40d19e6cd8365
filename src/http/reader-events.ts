/** What readers do with a mail, as events about the message. */
import { createHash } from 'node:crypto';
import type { Tx } from '../db/client';
import { holdContact, patchContact } from '../db/contacts';
import { recordEvent } from '../db/events';
import { getMessage, type MessageOfWorkflow } from '../db/messages';
import { consentTo, isRefused } from '../journey/consent';
import type { JsonObject } from '../journey/json';
import type { Link } from '../links/token';

/** So long after an opening or a click the same one is no other: images are loaded several times over. */
const SAME_MS = 60_000;

const EMAIL = 'email';

/** Records that somebody opened a mail or followed a link of it; nothing about who is erased, or a mail that is gone. */
export async function recordReading(
  tx: Tx,
  type: 'email.opened' | 'email.clicked',
  { deliveryId, target }: Link,
  at: Date,
): Promise<void> {
  const message = await getMessage(tx, deliveryId);
  if (message === null || (await holdContact(tx, message.contactId)) === null) return;
  const what = type === 'email.opened' ? {} : { url: target };
  const moment = Math.floor(at.getTime() / SAME_MS);
  const place = createHash('sha256').update(target).digest('base64url');
  const externalId = `${type}:${deliveryId}:${moment}:${place}`;
  await recordEvent(tx, { ...eventAbout(message, what, at), type, externalId });
}

/**
 * Records that somebody unsubscribes, which refuses the topic, or the channel where there is none. Again, and for who
 * is erased, it is nothing.
 */
export async function recordUnsubscribing(
  tx: Tx,
  { deliveryId, contactId }: Link,
  topic: string | null,
  at: Date,
): Promise<void> {
  // No change: it locks her row, so that of two requests at once one finds it done.
  const held = await patchContact(tx, contactId, {});
  if (held === null) return;
  const { consent } = held.contact;
  if (isRefused(consent, EMAIL) || (topic !== null && isRefused(consent, consentTo(EMAIL, topic))))
    return;
  const message = await getMessage(tx, deliveryId);
  const type = 'email.unsubscribed';
  const what = topic === null ? {} : { topic };
  const times = { occurredAt: at, receivedAt: at };
  if (message === null) await recordEvent(tx, { contactId, type, properties: what, ...times });
  else await recordEvent(tx, { ...eventAbout(message, what, at), type });
}

function eventAbout(message: MessageOfWorkflow, what: JsonObject, at: Date) {
  const { id: deliveryId, contactId, effectKey: deliveryKey, nodeId } = message;
  const workflow = message.workflowKey;
  const properties = { deliveryId, workflow, nodeId, ...what };
  return { contactId, deliveryKey, properties, occurredAt: at, receivedAt: at };
}
