/** Loads what is true about one enrollment, in the transaction that will act on it. */
import { eq } from 'drizzle-orm';
import type { Tx } from '../src/db/client';
import { type EnrollmentRow, getEnrollment } from '../src/db/enrollments';
import { type ContactRow, getContact } from '../src/db/contacts';
import { type EventRow, findEvents, getEvent } from '../src/db/events';
import { workspaces } from '../src/db/schema/workspaces';
import { latestVisitStart } from '../src/db/steps';
import { fail } from '../src/errors';
import type { ContactFacts, EventFacts, EventQuestion, Facts } from '../src/journey/facts';
import type { Instant } from '../src/journey/json';

/** More events of one type about one contact than any wait or goal looks through. */
const EVENTS_AT_MOST = 1_000;

export interface EnrollmentFacts {
  readonly enrollment: EnrollmentRow;
  readonly facts: Facts;
  /** Past events of the contact, earliest first. */
  lookUp(question: EventQuestion): Promise<readonly EventFacts[]>;
}

/** Facts at the workflow's time `at`. Fails with `enrollment.not_found` when they were erased. */
export async function loadFacts(
  tx: Tx,
  enrollmentId: string,
  at: Instant,
): Promise<EnrollmentFacts> {
  const enrollment = await getEnrollment(tx, enrollmentId);
  if (enrollment === null) throw missing(enrollmentId);
  const [contact, trigger, [workspace]] = await Promise.all([
    getContact(tx, enrollment.contactId),
    enrollment.triggerEventId === null ? null : getEvent(tx, enrollment.triggerEventId),
    tx.select().from(workspaces).where(eq(workspaces.workspaceId, tx.workspaceId)),
  ]);
  if (contact === null) throw missing(enrollmentId);
  const lookUp = (question: EventQuestion, limit = EVENTS_AT_MOST) =>
    search(tx, enrollment.contactId, question, limit);
  const facts: Facts = {
    at,
    contact: contactFacts(contact),
    variables: enrollment.variables,
    trigger: trigger === null ? null : eventFacts(trigger),
    enrollment: {
      id: enrollment.id,
      workflowKey: enrollment.workflowKey,
      version: enrollment.version,
      startedAt: enrollment.startedAt.getTime(),
    },
    workspace: {
      timeZone: workspace?.timeZone ?? 'UTC',
      variables: workspace?.variables ?? {},
    },
    findEvents: lookUp,
    visitedAt: async (node) => (await latestVisitStart(tx, enrollmentId, node))?.getTime() ?? null,
  };
  return { enrollment, facts, lookUp };
}

async function search(
  tx: Tx,
  contactId: string,
  { types, from, to, deliveryKey, excludeIds }: EventQuestion,
  limit: number,
): Promise<readonly EventFacts[]> {
  const rows = await findEvents(
    tx,
    {
      contactId,
      types,
      from: from === null ? null : new Date(from),
      to: to === null ? null : new Date(to),
      deliveryKey,
      excludeIds,
    },
    limit,
  );
  return rows.map(eventFacts);
}

export function contactFacts(row: ContactRow): ContactFacts {
  const { id, externalId, email, phone, firstName, lastName, timeZone } = row;
  const { attributes, tags, score } = row;
  return { id, externalId, email, phone, firstName, lastName, timeZone, attributes, tags, score };
}

export function eventFacts({ id, type, occurredAt, properties }: EventRow): EventFacts {
  return { id, type, occurredAt: occurredAt.getTime(), properties };
}

function missing(enrollmentId: string): Error {
  return fail('enrollment.not_found', `Enrollment ${enrollmentId} or its contact was erased.`);
}
