/** Loads what is true about one enrollment, in the transaction that will act on it. */
import { eq } from 'drizzle-orm';
import type { Tx } from '../src/db/client';
import { type EnrollmentRow, getEnrollment } from '../src/db/enrollments';
import { type ContactRow, getContact, holdContact } from '../src/db/contacts';
import { type EventRow, findEvents, getEvent } from '../src/db/events';
import { workspaces } from '../src/db/schema/workspaces';
import { latestVisitStart } from '../src/db/steps';
import type { ContactFacts, EventFacts, EventQuestion, Facts } from '../src/journey/facts';
import type { Instant } from '../src/journey/json';
import type { Ending } from '../src/journey/runtime';

/** More events of one type about one contact than any wait or goal looks through. */
const EVENTS_AT_MOST = 1_000;

/** The answer about an enrollment that was closed from outside, or erased: its journey is over. */
export const CLOSED: Ending = { goalId: null };

export interface EnrollmentFacts {
  readonly enrollment: EnrollmentRow;
  readonly facts: Facts;
  /** Past events of the contact, earliest first. */
  lookUp(question: EventQuestion): Promise<readonly EventFacts[]>;
}

interface LoadOptions {
  /**
   * Whether the transaction will write about the person. It then holds her row, so that an erasure
   * waits for the commit and finds what was written.
   */
  readonly writes: boolean;
}

/** Facts at the workflow's time `at`, or null when enrollment or contact were erased. */
export async function loadFacts(
  tx: Tx,
  enrollmentId: string,
  at: Instant,
  { writes }: LoadOptions,
): Promise<EnrollmentFacts | null> {
  const enrollment = await getEnrollment(tx, enrollmentId);
  if (enrollment === null) return null;
  const [contact, trigger, [workspace]] = await Promise.all([
    (writes ? holdContact : getContact)(tx, enrollment.contactId),
    enrollment.triggerEventId === null ? null : getEvent(tx, enrollment.triggerEventId),
    tx.select().from(workspaces).where(eq(workspaces.workspaceId, tx.workspaceId)),
  ]);
  if (contact === null) return null;
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
