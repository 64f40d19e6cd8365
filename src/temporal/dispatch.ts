/**
 * What follows from an event: enrollments that it triggers, bells for those who listen, and the end
 * of a doubt about a message.
 *
 * Owns: deciding that, in one transaction. Does not own: ringing (relay.ts).
 *
 * Invariants:
 * D1. It is decided once: the transaction that stores what follows takes the event off the outbox. Judged
 *     again later, an event that was refused could let her in, and filters would see another contact.
 * D2. Every open enrollment whose version listens is rung, wherever it stands: matching "who waits
 *     right now" loses the race with a wait that is just beginning.
 */
import type { Database } from '../db/client';
import { getContact } from '../db/contacts';
import { contactFacts } from '../db/facts';
import { listsOf } from '../db/lists';
import { settleByEvent } from '../db/delivery-proof';
import { admitEnrollment } from '../db/admission';
import { type EnrollmentRow, openEnrollmentsListening } from '../db/enrollments';
import { type EventRow, getEvent } from '../db/events';
import { enqueueClaimed, type OutboxEntry, type OutboxRow, settleOutbox } from '../db/outbox';
import { findTriggers, type TriggerMatch } from '../db/workflows';
import { explainsCut } from '../journey/admission';
import type { ConditionGroup } from '../journey/condition';
import type { ContactFacts, Evaluators } from '../journey/facts';

export interface Dispatched {
  /** Whether there is more for the relay to do: somebody to start, a refusal to tell, a held send that was settled. */
  readonly leftRows: boolean;
  /** Stored, and the caller's to ring; left alone, they are everybody's when the lease ends. */
  readonly bells: readonly Bell[];
}

export interface Bell {
  readonly row: OutboxRow;
  readonly enrollment: EnrollmentRow;
}

interface DispatchParts {
  /** With the role throughline_app. */
  readonly db: Database;
  readonly evaluators: Evaluators;
  /** How long the bells are the caller's. */
  readonly leaseMs: number;
}

const NOTHING: Dispatched = { leftRows: false, bells: [] };

/** Stores what an event entails: enrollments, settled doubts, and a bell for each who listens for it. */
export async function dispatchEvent(
  { db, evaluators, leaseMs }: DispatchParts,
  row: OutboxRow,
): Promise<Dispatched> {
  const { eventId } = row.payload as { eventId: string };
  return db.inWorkspace(row.workspaceId, async (tx) => {
    const [settled, event] = await Promise.all([settleOutbox(tx, row), getEvent(tx, eventId)]);
    if (!settled) return NOTHING;
    const contact = event === null ? null : await getContact(tx, event.contactId);
    // Erased meanwhile, together with everything that could follow.
    if (event === null || contact === null) return NOTHING;
    const facts = contactFacts(contact, await listsOf(tx, contact.id));
    const listening = await openEnrollmentsListening(tx, event.contactId, event.type);
    let leftRows = await settleByEvent(tx, event);
    const triggers = explainsCut(event.depth) ? [] : await findTriggers(tx, event.type);
    const pulled = triggers.filter((trigger) => matches(trigger, event, facts, evaluators));
    for (const workflowId of new Set(pulled.map((trigger) => trigger.workflowId))) {
      await admitEnrollment(tx, {
        workflowId,
        contactId: event.contactId,
        triggerEventId: event.id,
        ways: pulled.filter((trigger) => trigger.workflowId === workflowId),
        at: event.receivedAt,
        judge: evaluators.condition,
      });
      leftRows = true;
    }
    const bells = listening.map(({ id }): OutboxEntry => {
      return { kind: 'bell', lane: row.lane, payload: { enrollmentId: id, eventId } };
    });
    const rows = await enqueueClaimed(tx, bells, leaseMs);
    return { leftRows, bells: listening.flatMap((enrollment, n) => bellOf(rows[n], enrollment)) };
  });
}

const bellOf = (row: OutboxRow | undefined, enrollment: EnrollmentRow): Bell[] =>
  row === undefined ? [] : [{ row, enrollment }];

function matches(
  { filter }: TriggerMatch,
  { id, type, properties, occurredAt }: EventRow,
  contact: ContactFacts,
  evaluators: Evaluators,
): boolean {
  if (filter === null) return true;
  const at = occurredAt.getTime();
  const event = { id, type, properties, occurredAt: at };
  return evaluators.filter(filter as unknown as ConditionGroup, event, { at, contact }).value;
}
