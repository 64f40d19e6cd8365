/** Contacts as callers save them: stored, and told by events. */
import { eventsOfChange, tagEvents } from '../journey/contact-events';
import type { Tx } from './client';
import {
  type ContactInput,
  type ContactPatch,
  type ContactRow,
  findContact,
  getContact,
  patchContact,
  upsertContact,
} from './contacts';
import { recordEvent } from './events';
import type { OutboxLane } from './schema/outbox';

export interface SavedContact {
  readonly contact: ContactRow;
  readonly created: boolean;
}

/**
 * Creates or changes a contact, and records the `contact.*` events that tell of it. Fails with `contact.conflict`.
 */
export async function saveContact(
  tx: Tx,
  input: ContactInput,
  at: Date,
  lane: OutboxLane = 'live',
): Promise<SavedContact> {
  const before = await findContact(tx, input);
  const { contact, created, changed } = await upsertContact(tx, input);
  const type = created ? 'contact.created' : 'contact.updated';
  await recordChanges(tx, { contact, changed, tagsBefore: before?.tags ?? [], type, at, lane });
  return { contact, created };
}

/** Changes a contact, with its events; null when there is none with this id. */
export async function changeContact(
  tx: Tx,
  id: string,
  patch: ContactPatch,
  at: Date,
): Promise<ContactRow | null> {
  const before = await getContact(tx, id);
  const saved = before && (await patchContact(tx, id, patch));
  if (!saved) return null;
  const told = { tagsBefore: before.tags, type: 'contact.updated', at, lane: 'live' } as const;
  await recordChanges(tx, { ...saved, ...told });
  return saved.contact;
}

interface Changes {
  readonly contact: ContactRow;
  readonly changed: readonly string[];
  readonly tagsBefore: readonly string[];
  readonly type: 'contact.created' | 'contact.updated';
  readonly at: Date;
  readonly lane: OutboxLane;
}

async function recordChanges(tx: Tx, changes: Changes): Promise<void> {
  const { contact, changed, tagsBefore, type, at, lane } = changes;
  const when = { occurredAt: at, receivedAt: at };
  const before = { tags: tagsBefore };
  const events =
    type === 'contact.created'
      ? [{ type, properties: { changed: [...changed] } }, ...tagEvents(before, contact)]
      : eventsOfChange(changed, before, contact);
  for (const event of events)
    await recordEvent(tx, { contactId: contact.id, ...event, ...when, lane });
}
