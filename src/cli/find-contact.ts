/** Somebody by whichever of her names was typed: an e-mail address, an external id, or the id of her contact. */
import { type ThroughlineClient, ThroughlineError } from '../client/index';
import type { Contact } from '../client/types';
import { isUuid } from '../ids';
import { orNull } from './or-null';
import { UsageError } from './usage-error';

/** Fails with a ThroughlineError where nobody has this name. */
export async function findContact(client: ThroughlineClient, name: string): Promise<Contact> {
  // The API would take an empty filter for none.
  if (name.trim() === '') throw new UsageError(`Name somebody by ${NAMES}.`);
  const likeliest = name.includes('@')
    ? await firstOf(client, { email: name })
    : isUuid(name) && (await orNull(client.contacts.get(name), 'contact.not_found'));
  // An id of the caller's may look like anything.
  const found = likeliest || (await firstOf(client, { externalId: name }));
  if (found) return found;
  const message = `There is nobody called "${name.slice(0, 100)}" in this workspace. Name her by ${NAMES}.`;
  throw new ThroughlineError({ code: 'contact.not_found', message, status: 404 });
}

const NAMES = 'her e-mail address, your own id of her, or the id of her contact';

async function firstOf(
  client: ThroughlineClient,
  filter: { email: string } | { externalId: string },
): Promise<Contact | undefined> {
  return (await client.contacts.list({ ...filter, limit: 1 })).data[0];
}
