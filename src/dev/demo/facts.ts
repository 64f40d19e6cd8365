/** What really happened to the people of the demo: rows of PostgreSQL, and mails that arrived. */
import { inArray } from 'drizzle-orm';
import { lookUpApiKey } from '../../db/api-keys';
import { openDatabase, type Tx } from '../../db/client';
import { getContact } from '../../db/contacts';
import { type DeliveryRow, listDeliveries } from '../../db/deliveries';
import { type EnrollmentRow, getEnrollment } from '../../db/enrollments';
import { type EventRow, findEvents } from '../../db/events';
import { deliveries } from '../../db/schema/deliveries';
import { listSteps, type StepRow } from '../../db/steps';
import type { CaughtMail } from '../caught-mail';
import { addressOf, type Person } from './cast';
import { OPEN, PAYMENT } from './definition';
import type { Player, Report } from './script';

export type StepFact = Pick<
  StepRow,
  'nodeId' | 'status' | 'port' | 'reason' | 'startedAt' | 'endedAt'
>;
export type DeliveryFact = Pick<
  DeliveryRow,
  | 'nodeId'
  | 'status'
  | 'reason'
  | 'messageId'
  | 'claimedAt'
  | 'sentAt'
  | 'resolution'
  | 'resolvedAt'
>;
export type MailFact = Pick<CaughtMail, 'to' | 'messageId' | 'receivedAt' | 'subject'>;
export type EventFact = Pick<EventRow, 'type' | 'occurredAt' | 'deliveryKey'> & {
  readonly messageId: string | null;
};
export type EndFact = Pick<EnrollmentRow, 'status' | 'goalId' | 'endedAt' | 'error'>;

/** Everything known about one person's journey. */
export interface PersonFacts {
  readonly person: Person;
  readonly enrollment: EndFact;
  /** In the order of their beginning. */
  readonly steps: readonly StepFact[];
  readonly deliveries: readonly DeliveryFact[];
  /** Stored events that the script may have reported, the earliest first. */
  readonly events: readonly EventFact[];
  /** What the script reported and the API accepted. */
  readonly reports: readonly Report[];
  /** Mails to this person, those of earlier runs left out, in the order of arrival; null without a catcher. */
  readonly mails: readonly MailFact[] | null;
  readonly tags: readonly string[];
}

/** Runs `work` inside the workspace of a key. */
export type Query = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** A connection to the copy's database, bound to the workspace of its key. */
export async function openFacts({
  databaseUrl,
  apiKey,
}: {
  databaseUrl: string;
  apiKey: string;
}): Promise<{ query: Query; close(): Promise<void> }> {
  const db = await openDatabase({ url: databaseUrl, name: 'throughline-demo', max: 4 });
  const key = await lookUpApiKey(db, apiKey);
  if (key !== null)
    return { query: (work) => db.inWorkspace(key.workspaceId, work), close: () => db.close() };
  await db.close();
  throw new Error('The development key is not known to the database.');
}

/** Collects what happened to every player. `mails` are all that arrived, null without a catcher. */
export async function gatherFacts(
  query: Query,
  players: readonly Player[],
  mails: readonly CaughtMail[] | null,
): Promise<readonly PersonFacts[]> {
  const rows = await Promise.all(players.map((player) => query((tx) => rowsOf(tx, player))));
  const own = new Set(rows.flatMap((row) => row.deliveries.map(({ messageId }) => messageId)));
  const strange = (mails ?? []).flatMap(({ messageId }) =>
    messageId === null || own.has(messageId) ? [] : [messageId],
  );
  // A journey of an earlier run may still be under way: kept data, and the same people.
  const earlier = await query((tx) => knownMessageIds(tx, strange));
  return players.map(({ person, reports }, index) => {
    const row = rows[index];
    if (!row) throw new Error(`Nothing is known about ${person.name}.`);
    const address = addressOf(person);
    const mine = mails?.filter(
      ({ to, messageId }) => to === address && !earlier.has(messageId ?? ''),
    );
    return { ...row, person, reports, mails: mine ?? null };
  });
}

async function rowsOf(tx: Tx, { enrollmentId, contactId, enteredAt }: Player) {
  const [enrollment, contact, steps, sends, stored] = await Promise.all([
    getEnrollment(tx, enrollmentId),
    getContact(tx, contactId),
    listSteps(tx, enrollmentId, { limit: 100 }),
    listDeliveries(tx, enrollmentId),
    findEvents(tx, { contactId, types: [OPEN, PAYMENT], from: new Date(enteredAt) }, 100),
  ]);
  if (enrollment === null || contact === null)
    throw new Error(`Enrollment ${enrollmentId} or its contact is gone.`);
  const events = stored.map(({ type, occurredAt, deliveryKey, properties: { messageId } }) => ({
    ...{ type, occurredAt, deliveryKey },
    messageId: typeof messageId === 'string' ? messageId : null,
  }));
  return { enrollment, steps: steps.data, deliveries: sends, events, tags: contact.tags };
}

async function knownMessageIds(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .select({ messageId: deliveries.messageId })
    .from(deliveries)
    .where(inArray(deliveries.messageId, [...ids]));
  return new Set(rows.flatMap(({ messageId }) => messageId ?? []));
}
