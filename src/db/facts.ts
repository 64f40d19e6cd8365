/** Loads what is true about a contact and her enrollment, in the transaction that will act on it. */
import { eq } from 'drizzle-orm';
import { type EntryFacts, factsAtEntry } from '../journey/entry-facts';
import type { ContactFacts, EventFacts, EventQuestion, Facts } from '../journey/facts';
import type { Graph } from '../journey/graph';
import type { Instant } from '../journey/json';
import { assignedPort } from './assignments';
import type { Tx } from './client';
import { type ContactRow, getContact, holdContact } from './contacts';
import { type EnrollmentRow, enrollmentWithWorkflow } from './enrollments';
import { type EventRow, findEvents, getEvent } from './events';
import { listsOf } from './lists';
import { workspaces } from './schema/workspaces';
import { latestVisit } from './steps';
import { findSuppression } from './suppressions';
import { latestTemplate } from './templates';

export interface EnrollmentFacts {
  readonly enrollment: EnrollmentRow;
  /** Whether its whole workflow seems to be paused; `heldByWorkflow` knows. */
  readonly workflowPaused: boolean;
  readonly facts: Facts;
  /** Past events of the contact, earliest first. */
  lookUp(question: EventQuestion, limit: number): Promise<readonly EventFacts[]>;
}

interface LoadOptions {
  /** The workflow's time. */
  readonly at: Instant;
  /**
   * Whether the transaction will write about the person. It then holds her row, so that an erasure
   * waits for the commit and finds what was written.
   */
  readonly writes: boolean;
}

/** Facts about an enrollment, or null when it or its contact were erased. */
export async function loadFacts(
  tx: Tx,
  enrollmentId: string,
  graph: Graph,
  { at, writes }: LoadOptions,
): Promise<EnrollmentFacts | null> {
  const found = await enrollmentWithWorkflow(tx, enrollmentId);
  if (found === null) return null;
  const { enrollment, workflowPaused } = found;
  const { contactId } = enrollment;
  const [contact, lists, trigger, workspace] = await Promise.all([
    (writes ? holdContact : getContact)(tx, contactId),
    listsOf(tx, contactId),
    enrollment.triggerEventId === null ? null : getEvent(tx, enrollment.triggerEventId),
    workspaceFacts(tx),
  ]);
  if (contact === null) return null;
  const lookUp = lookUpOf(tx, contactId);
  const facts: Facts = {
    at,
    contact: contactFacts(contact, lists),
    variables: enrollment.variables,
    trigger: trigger === null ? null : eventFacts(trigger),
    enrollment: {
      id: enrollment.id,
      workflowKey: enrollment.workflowKey,
      version: enrollment.version,
      startedAt: enrollment.startedAt.getTime(),
    },
    timeZone: graph.definition.settings.timeZone ?? null,
    workspace,
    findEvents: lookUp,
    lastVisit: async (node) => {
      const visit = await latestVisit(tx, enrollmentId, node);
      return visit && { startedAt: visit.startedAt.getTime(), port: visit.port };
    },
    assignment: (experiment) => assignedPort(tx, experiment, contactId),
    suppression: async (address) => {
      const found = await findSuppression(tx, address);
      return found && { reason: found.reason, since: found.createdAt.getTime() };
    },
    template: (key) => latestTemplate(tx, key),
    chosen: {},
  };
  return { enrollment, workflowPaused, facts, lookUp };
}

/** Somebody who is about to enter a workflow, as far as whoever lets her in has read it already. */
type Entering = Pick<EntryFacts, 'at' | 'variables' | 'timeZone' | 'enrollment'> & {
  readonly contact: ContactRow;
  readonly trigger: EventRow | null;
};

/** Facts at the door: the contact, her lists and her past, and what was brought along. */
export async function loadEntryFacts(
  tx: Tx,
  { contact, trigger, ...known }: Entering,
): Promise<Facts> {
  const [lists, workspace] = await Promise.all([listsOf(tx, contact.id), workspaceFacts(tx)]);
  return factsAtEntry({
    ...known,
    contact: contactFacts(contact, lists),
    trigger: trigger && eventFacts(trigger),
    workspace,
    findEvents: lookUpOf(tx, contact.id),
  });
}

/** Past events of a contact, earliest first. */
export function lookUpOf(
  tx: Tx,
  contactId: string,
): (question: EventQuestion, limit: number) => Promise<readonly EventFacts[]> {
  return (question, limit) => search(tx, contactId, question, limit);
}

/** The workspace as templates and local times see it. */
export async function workspaceFacts(tx: Tx): Promise<Facts['workspace']> {
  const [row] = await tx
    .select()
    .from(workspaces)
    .where(eq(workspaces.workspaceId, tx.workspaceId));
  return { timeZone: row?.timeZone ?? 'UTC', variables: row?.variables ?? {} };
}

async function search(
  tx: Tx,
  contactId: string,
  { types, from, to, deliveryKey, excludeIds, newest }: EventQuestion,
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
      newest,
    },
    limit,
  );
  return rows.map(eventFacts);
}

/** A contact as conditions and templates see her, with the keys of her lists. */
export function contactFacts(row: ContactRow, lists: readonly string[]): ContactFacts {
  const { id, externalId, email, phone, firstName, lastName, timeZone } = row;
  const { attributes, tags, score, consent } = row;
  const named = { id, externalId, email, phone, firstName, lastName, timeZone };
  return { ...named, attributes, tags, score, lists, segments: [], consent };
}

/** An event as filters, conditions and templates see it. */
export function eventFacts({ id, type, occurredAt, properties }: EventRow): EventFacts {
  return { id, type, occurredAt: occurredAt.getTime(), properties };
}
