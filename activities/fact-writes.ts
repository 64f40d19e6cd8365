/** What decisions change, in the transaction that stores their steps. */
import { assignPort } from '../src/db/assignments';
import type { Tx } from '../src/db/client';
import { addTags, removeTags, storeContact } from '../src/db/contacts';
import { type EnrollmentRow, setVariable } from '../src/db/enrollments';
import { recordEvent } from '../src/db/events';
import { contactFacts } from '../src/db/facts';
import { addToList, removeFromList } from '../src/db/lists';
import { AppError } from '../src/errors';
import { contactEvents } from '../src/journey/contact-events';
import { updated } from '../src/journey/contact-update';
import { EvaluationFailed } from '../src/journey/facts';
import type { JsonObject } from '../src/journey/json';
import type { ContactUpdate, FactWrite } from '../src/journey/writes';

/**
 * Makes a change and records the events that it is. Throws EvaluationFailed, with nothing changed, for an
 * update that the contact does not allow.
 */
export async function applyWrite(
  tx: Tx,
  enrollment: EnrollmentRow,
  write: FactWrite,
  at: Date,
): Promise<void> {
  const { contactId } = enrollment;
  const tell = (type: string, properties: JsonObject) =>
    record(tx, enrollment, type, properties, at);
  switch (write.kind) {
    case 'add_tags':
      return tellOfTags(await addTags(tx, contactId, write.tags), 'contact.tag_added', tell);
    case 'remove_tags':
      return tellOfTags(await removeTags(tx, contactId, write.tags), 'contact.tag_removed', tell);
    case 'update_contact':
      return update(tx, contactId, write.update, tell);
    case 'add_to_list':
      if (await addToList(tx, contactId, write.list, at)) {
        await tell('list.entered', { list: write.list });
      }
      return;
    case 'remove_from_list':
      if (await removeFromList(tx, contactId, write.list)) {
        await tell('list.left', { list: write.list });
      }
      return;
    case 'set_variable':
      return setVariable(tx, enrollment.id, write.name, write.value);
    case 'track_event':
      return tell(write.event, write.properties);
    case 'assign':
      return assignPort(tx, { ...write, contactId, at });
  }
}

type Tell = (type: string, properties: JsonObject) => Promise<void>;

async function tellOfTags(tags: readonly string[], type: string, tell: Tell): Promise<void> {
  if (tags.length > 0) await tell('contact.updated', { changed: ['tags'] });
  for (const tag of tags) await tell(type, { tag });
}

async function update(tx: Tx, contactId: string, change: ContactUpdate, tell: Tell): Promise<void> {
  const stored = await allowed(() =>
    storeContact(tx, contactId, (row) => updated(contactFacts(row, []), change)),
  );
  if (stored === null) return;
  const [before, after] = [contactFacts(stored.before, []), contactFacts(stored.after, [])];
  for (const { type, properties } of contactEvents(before, after)) await tell(type, properties);
}

/** Another contact's address is data that the node cannot use, not a failure of ours. */
async function allowed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'contact.conflict') throw error;
    throw new EvaluationFailed(error.code, error.detail);
  }
}

async function record(
  tx: Tx,
  { id, contactId, depth }: EnrollmentRow,
  type: string,
  properties: JsonObject,
  at: Date,
): Promise<void> {
  await recordEvent(tx, {
    contactId,
    type,
    properties,
    occurredAt: at,
    receivedAt: at,
    causedBy: `enrollment:${id}`,
    depth: depth + 1,
  });
}
