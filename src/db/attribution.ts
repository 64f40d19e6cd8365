import { and, desc, eq, inArray, lte, or, type SQL } from 'drizzle-orm';
import { isUuid } from '../ids';
import { CONTACT_CHANNELS } from '../journey/consent';
import type { Tx } from './client';
import type { JsonObject } from './json';
import { deliveries } from './schema/deliveries';

/** Channels of messages, to the contact and to colleagues. */
const CHANNELS = new Set<string>([...CONTACT_CHANNELS, 'slack', 'teams', 'notification']);

/**
 * The effect key of the message that an event such as `email.opened` is about: the one its
 * properties name (`messageId`, `deliveryId`), else the latest message of that channel claimed for
 * the contact until then. Null for other events, and when there was no message.
 */
export async function attributedDelivery(
  tx: Tx,
  event: { type: string; contactId: string; occurredAt: Date; properties?: JsonObject | undefined },
): Promise<string | null> {
  const channel = event.type.slice(0, event.type.indexOf('.'));
  if (!CHANNELS.has(channel)) return null;
  const named = reference(event.properties ?? {});
  // By the claim, which is before the provider's answer: an open may be reported in between.
  const latest = and(
    eq(deliveries.channel, channel),
    inArray(deliveries.status, ['claimed', 'sent', 'unknown']),
    lte(deliveries.claimedAt, event.occurredAt),
  );
  const [row] = await tx
    .select({ effectKey: deliveries.effectKey })
    .from(deliveries)
    .where(and(eq(deliveries.contactId, event.contactId), named ?? latest))
    .orderBy(desc(deliveries.claimedAt), desc(deliveries.id))
    .limit(1);
  return row?.effectKey ?? null;
}

function reference({ messageId, deliveryId }: JsonObject): SQL | undefined {
  const ways: SQL[] = [];
  if (typeof messageId === 'string') ways.push(eq(deliveries.messageId, messageId));
  if (typeof deliveryId === 'string') {
    ways.push(
      isUuid(deliveryId) ? eq(deliveries.id, deliveryId) : eq(deliveries.effectKey, deliveryId),
    );
  }
  return or(...ways);
}
