/** What a dry run is told of the workspace and of a contact that is stored. */
import { assignmentsOf } from '../db/assignments';
import type { Tx } from '../db/client';
import type { ContactRow } from '../db/contacts';
import { listEvents } from '../db/events';
import { contactFacts, eventFacts, workspaceFacts } from '../db/facts';
import { listsOf } from '../db/lists';
import type { ContactState } from '../journey/journey-tests';
import type { DryRunWorld } from '../language/dry-run';

/** Past events of a stored contact that a dry run knows; the latest ones. */
const HISTORY_AT_MOST = 200;

/** A stored contact as a dry run takes one, with her lists. */
export async function stateOf(tx: Tx, row: ContactRow): Promise<ContactState> {
  const lists = await listsOf(tx, row.id);
  const { tags, segments, ...facts } = contactFacts(row, lists);
  return { ...facts, tags: [...tags], lists: [...lists], segments: [...segments] };
}

/** What is around a contact, or around nobody in particular. */
export async function worldOf(tx: Tx, contact: ContactRow | null): Promise<DryRunWorld> {
  const world = { now: Date.now(), workspace: await workspaceFacts(tx) };
  if (contact === null) return world;
  const past = await listEvents(tx, { contactId: contact.id }, { limit: HISTORY_AT_MOST });
  return {
    ...world,
    history: past.data.map(eventFacts),
    assignments: await assignmentsOf(tx, contact.id),
  };
}
