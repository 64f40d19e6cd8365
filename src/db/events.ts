import { and, asc, desc, eq, gte, lt, lte, sql, type SQL } from 'drizzle-orm';
import { newId } from '../ids';
import { eventsStored } from '../metrics';
import { refusedBy } from '../journey/consent';
import { eventsOfChange } from '../journey/contact-events';
import { attributedDelivery } from './attribution';
import type { Tx } from './client';
import { patchContact } from './contacts';
import type { JsonObject } from './json';
import { enqueue } from './outbox';
import { BY_SEQUENCE, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { enrollments } from './schema/enrollments';
import { eventIds, events } from './schema/events';
import type { OutboxLane } from './schema/outbox';
import { suppressByEvent } from './suppressions';

export type EventRow = typeof events.$inferSelect;

export interface EventInput {
  /** The sender's id: the same id twice counts once, within the window of `throughline.maintain()`. */
  externalId?: string | null | undefined;
  contactId: string;
  type: string;
  properties?: JsonObject | undefined;
  occurredAt: Date;
  receivedAt: Date;
  /** The effect key of the message it is about, where the caller knows it. */
  deliveryKey?: string | null | undefined;
  causedBy?: string | null | undefined;
  depth?: number | undefined;
  /** What follows from it waits for what is live when this is `bulk`. */
  lane?: OutboxLane | undefined;
}

/**
 * Stores an event once and leaves it for the relay. A duplicate returns the event stored first and
 * leaves nothing. A message event without a delivery is attributed to the latest message before it; one that tells
 * of a bounce for good or a complaint suppresses the address, and one of an unsubscription refuses its channel.
 */
export async function recordEvent(
  tx: Tx,
  { lane, ...input }: EventInput,
): Promise<{ event: EventRow; duplicate: boolean }> {
  const id = newId();
  if (input.externalId) {
    const stored = await claimExternalId(tx, input.externalId, id, input.receivedAt);
    if (stored) return { event: stored, duplicate: true };
  }
  const deliveryKey = input.deliveryKey ?? (await attributedDelivery(tx, input));
  const [event] = await tx
    .insert(events)
    .values({ ...input, id, deliveryKey, properties: input.properties ?? {} })
    .returning();
  if (!event) throw new Error(`Event ${id} was not stored: an insert returned no row.`);
  await suppressByEvent(tx, event);
  await enqueue(tx, { kind: 'event', payload: { eventId: id }, lane });
  tx.onCommit(() => eventsStored.inc({ origin: input.causedBy ? 'journey' : 'outside' }));
  const refused = refusedBy(event.type, event.properties);
  if (refused !== null) await refuse(tx, event, refused);
  return { event, duplicate: false };
}

/** Notes what somebody has told by unsubscribing. */
async function refuse(tx: Tx, event: EventRow, channel: string): Promise<void> {
  const { contactId, occurredAt, receivedAt, causedBy, depth } = event;
  const changed = await patchContact(tx, contactId, { consent: { [channel]: false } });
  if (changed === null) return;
  const told = eventsOfChange(changed.changed, changed.contact, changed.contact);
  for (const each of told)
    await recordEvent(tx, { contactId, ...each, occurredAt, receivedAt, causedBy, depth });
}

/** Takes the id for this event, or returns the event that has it. */
async function claimExternalId(
  tx: Tx,
  externalId: string,
  eventId: string,
  receivedAt: Date,
): Promise<EventRow | null> {
  const claim = { externalId, eventId, receivedAt };
  const taken = await tx
    .insert(eventIds)
    .values(claim)
    .onConflictDoNothing()
    .returning({ id: eventIds.eventId });
  if (taken.length > 0) return null;
  const [holder] = await tx
    .select()
    .from(eventIds)
    .where(eq(eventIds.externalId, externalId))
    .for('update');
  const stored = holder ? await getEvent(tx, holder.eventId) : null;
  if (stored) return stored;
  // The first event is gone with its partition or its contact: the id is free again.
  await tx
    .insert(eventIds)
    .values(claim)
    .onConflictDoUpdate({
      target: [eventIds.workspaceId, eventIds.externalId],
      set: { eventId, receivedAt },
    });
  return null;
}

export async function getEvent(tx: Tx, id: string): Promise<EventRow | null> {
  const [row] = await tx.select().from(events).where(eq(events.id, id));
  return row ?? null;
}

/** A question about a contact's past; both ends of the interval are inclusive. */
export interface EventSearch {
  contactId: string;
  types: readonly string[];
  from?: Date | null | undefined;
  to?: Date | null | undefined;
  /** Only events about this message. */
  deliveryKey?: string | undefined;
  /** Only events whose properties name the message that they are about. */
  named?: boolean | undefined;
  excludeIds?: readonly string[] | undefined;
  /** Where a limit cuts: the latest ones are kept, still in the same order. */
  newest?: boolean | undefined;
}

/** The earliest matching event by (occurredAt, sequence), or null. */
export async function findEvent(tx: Tx, search: EventSearch): Promise<EventRow | null> {
  const [row] = await findEvents(tx, search, 1);
  return row ?? null;
}

/** Matching events, earliest first by (occurredAt, sequence). */
export async function findEvents(tx: Tx, search: EventSearch, limit: number): Promise<EventRow[]> {
  const order = search.newest === true ? desc : asc;
  const rows = await tx
    .select()
    .from(events)
    .where(matching(search))
    .orderBy(order(events.occurredAt), order(events.sequence))
    .limit(limit);
  return search.newest === true ? rows.toReversed() : rows;
}

/** How many events of one type a contact has in the interval, both ends included. */
export async function countEvents(
  tx: Tx,
  question: {
    contactId: string;
    type: string;
    from?: Date | null | undefined;
    to?: Date | null | undefined;
    excludeId?: string | null | undefined;
  },
): Promise<number> {
  const { excludeId, type, ...rest } = question;
  const search = matching({ ...rest, types: [type], excludeIds: excludeId ? [excludeId] : [] });
  const [row] = await tx.select({ count: sql<number>`count(*)::int` }).from(events).where(search);
  return row?.count ?? 0;
}

/** As `namesMessage` of the journey judges one. */
const namesMessage = sql`'string' in (jsonb_typeof(${events.properties} -> 'messageId'), jsonb_typeof(${events.properties} -> 'deliveryId'))`;

function matching({
  contactId,
  types,
  from,
  to,
  deliveryKey,
  named = false,
  excludeIds,
}: EventSearch): SQL | undefined {
  return and(
    eq(events.contactId, contactId),
    sql`${events.type} = any(${sql.param(types)}::text[])`,
    from ? gte(events.occurredAt, from) : undefined,
    to ? lte(events.occurredAt, to) : undefined,
    deliveryKey === undefined ? undefined : eq(events.deliveryKey, deliveryKey),
    named ? namesMessage : undefined,
    excludeIds?.length ? sql`${events.id} <> all(${sql.param(excludeIds)}::uuid[])` : undefined,
  );
}

export interface EventFilter {
  contactId?: string | undefined;
  type?: string | undefined;
  /** By the time of occurrence, both ends included. */
  from?: Date | undefined;
  to?: Date | undefined;
  /** What let somebody in, what her enrollment caused, and what its messages met. */
  enrollmentId?: string | undefined;
}

/** Events in the order of receipt, the latest first. */
export async function listEvents(
  tx: Tx,
  filter: EventFilter,
  page: Page,
): Promise<Listed<EventRow>> {
  const after = positionOf(page, BY_SEQUENCE);
  const rows = await tx
    .select()
    .from(events)
    .where(and(filtered(filter), after === null ? undefined : lt(events.sequence, Number(after))))
    .orderBy(desc(events.sequence))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.sequence);
}

export interface EventCount {
  readonly type: string;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

const TYPES_COUNTED = 1_000;

/** How many events there are of each type, the most frequent first. */
export async function countEventTypes(tx: Tx, filter: EventFilter): Promise<EventCount[]> {
  const count = sql<number>`count(*)::int`;
  return tx
    .select({
      ...{ type: events.type, count },
      firstAt: sql<Date>`min(${events.occurredAt})`.mapWith(events.occurredAt),
      lastAt: sql<Date>`max(${events.occurredAt})`.mapWith(events.occurredAt),
    })
    .from(events)
    .where(filtered(filter))
    .groupBy(events.type)
    .orderBy(desc(count), asc(events.type))
    .limit(TYPES_COUNTED);
}

function filtered({ contactId, type, from, to, enrollmentId }: EventFilter): SQL | undefined {
  return and(
    contactId === undefined ? undefined : eq(events.contactId, contactId),
    type === undefined ? undefined : eq(events.type, type),
    from ? gte(events.occurredAt, from) : undefined,
    to ? lte(events.occurredAt, to) : undefined,
    enrollmentId === undefined ? undefined : aboutEnrollment(enrollmentId),
  );
}

/** By her contact, whom an index leads to. */
function aboutEnrollment(id: string): SQL {
  const hers = (column: SQL) => sql`(select ${column} from ${enrollments} n where n.id = ${id})`;
  return sql`${events.contactId} = ${hers(sql`n.contact_id`)} and (
    ${events.causedBy} = ${`enrollment:${id}`} or starts_with(${events.deliveryKey}, ${`${id}:`})
    or ${events.properties} ->> 'enrollmentId' = ${id}::text or ${events.id} = ${hers(sql`n.trigger_event_id`)})`;
}
