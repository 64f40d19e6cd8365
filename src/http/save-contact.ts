import type { Tx } from '../db/client';
import {
  type ContactInput,
  type ContactPatch,
  type ContactRow,
  findContact,
  getContact,
  patchContact,
  upsertContact,
} from '../db/contacts';
import { recordEvent } from '../db/events';
import type { JsonObject } from '../db/json';

export interface SavedContact {
  readonly contact: ContactRow;
  readonly created: boolean;
}

/** Creates or changes a contact, and records the `contact.*` events that tell of it. */
export async function saveContact(tx: Tx, input: ContactInput, at: Date): Promise<SavedContact> {
  const before = await findContact(tx, input);
  const { contact, created, changed } = await upsertContact(tx, input);
  const type = created ? 'contact.created' : 'contact.updated';
  await recordChanges(tx, { contact, changed, tagsBefore: before?.tags ?? [], type, at });
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
  await recordChanges(tx, { ...saved, tagsBefore: before.tags, type: 'contact.updated', at });
  return saved.contact;
}

interface Changes {
  readonly contact: ContactRow;
  readonly changed: readonly string[];
  readonly tagsBefore: readonly string[];
  readonly type: 'contact.created' | 'contact.updated';
  readonly at: Date;
}

/** Properties name what changed, not the values: those are the contact's, and change again. */
async function recordChanges(tx: Tx, changes: Changes): Promise<void> {
  const { contact, changed, tagsBefore, type, at } = changes;
  const record = (name: string, properties: JsonObject) =>
    recordEvent(tx, {
      contactId: contact.id,
      type: name,
      properties,
      occurredAt: at,
      receivedAt: at,
    });
  if (type === 'contact.created' || changed.length > 0)
    await record(type, { changed: [...changed] });
  for (const tag of contact.tags.filter((name) => !tagsBefore.includes(name)))
    await record('contact.tag_added', { tag });
  for (const tag of tagsBefore.filter((name) => !contact.tags.includes(name)))
    await record('contact.tag_removed', { tag });
  if (type === 'contact.created') return;
  if (changed.includes('score')) await record('contact.score_changed', { score: contact.score });
  for (const field of changed.filter((path) => path !== 'tags'))
    await record('contact.field_changed', { field });
}
