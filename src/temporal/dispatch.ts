/**
 * What follows from an event: enrollments that it triggers, bells for those who listen, and the end
 * of a doubt about a message.
 *
 * Invariants:
 * D1. Everything here may be repeated: one event enrolls once per workflow, a bell may ring twice.
 * D2. Every open enrollment whose version listens is rung, wherever it stands: matching "who waits
 *     right now" loses the race with a wait that is just beginning.
 */
import type { Database, Tx } from '../db/client';
import { getContact } from '../db/contacts';
import { settleByEvent } from '../db/delivery-proof';
import { admitEnrollment, type EnrollmentRow, openEnrollmentsListening } from '../db/enrollments';
import { type EventRow, getEvent, recordEvent } from '../db/events';
import { findTriggers, loadVersion, type TriggerMatch } from '../db/workflows';
import type { ConditionGroup } from '../journey/condition';
import type { Definition } from '../journey/definition';
import type { ContactFacts, Evaluators } from '../journey/facts';

/** Causes in a row before a chain of events that cause each other is cut. */
const DEPTH_AT_MOST = 16;

export interface Dispatched {
  /** Whether there is more for the relay to do: somebody to start, or a held send that was settled. */
  readonly leftRows: boolean;
  readonly listening: readonly EnrollmentRow[];
}

/** Stores what an event entails, enrollments and settled doubts, and finds those who listen for it. */
export async function dispatchEvent(
  db: Database,
  evaluators: Evaluators,
  workspaceId: string,
  eventId: string,
): Promise<Dispatched> {
  return db.inWorkspace(workspaceId, async (tx) => {
    const event = await getEvent(tx, eventId);
    const contact = event === null ? null : await getContact(tx, event.contactId);
    // Erased meanwhile, together with everything that could follow.
    if (event === null || contact === null) return { leftRows: false, listening: [] };
    const listening = await openEnrollmentsListening(tx, event.contactId, event.type);
    let leftRows = await settleByEvent(tx, event);
    for (const trigger of await findTriggers(tx, event.type)) {
      if (!matches(trigger, event, contact, evaluators)) continue;
      if (await enter(tx, trigger, event)) leftRows = true;
    }
    return { leftRows, listening };
  });
}

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

async function enter(tx: Tx, trigger: TriggerMatch, event: EventRow): Promise<boolean> {
  if (event.depth > DEPTH_AT_MOST) return block(tx, trigger, event, 'caused_by_itself');
  const version = await loadVersion(tx, trigger.workflowId, trigger.version);
  const definition = version?.definition as Definition | undefined;
  const admission = await admitEnrollment(tx, {
    workflowId: trigger.workflowId,
    contactId: event.contactId,
    triggerEventId: event.id,
    at: event.receivedAt,
    allowMultiple: definition?.settings.enrollment.allowMultiple ?? true,
  });
  if ('enrollment' in admission) return true;
  return block(tx, trigger, event, admission.blocked);
}

/** A refusal is an event with its reason, never silence. */
async function block(
  tx: Tx,
  trigger: TriggerMatch,
  event: EventRow,
  reason: string,
): Promise<false> {
  await recordEvent(tx, {
    externalId: `blocked:${trigger.workflowId}:${event.id}`,
    contactId: event.contactId,
    type: 'enrollment.blocked',
    properties: { workflowId: trigger.workflowId, workflowKey: trigger.workflowKey, reason },
    occurredAt: event.receivedAt,
    receivedAt: event.receivedAt,
    causedBy: `event:${event.id}`,
    depth: event.depth + 1,
  });
  return false;
}
