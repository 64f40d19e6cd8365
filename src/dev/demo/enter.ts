/** Lets the people of the demo enter, one after the other, as a shop's backend would. */
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf, CAST, type Person } from './cast';
import { INTERESTED_TAG } from './definition';
import type { Player, Stage } from './script';

const ENTER_EVERY_MS = 400;

/**
 * Creates or changes the contacts, then enrolls each in turn; `onEntered` hears of each at once. They are
 * the same people in every run: what an earlier run left on them is taken back here.
 */
export async function enterAll(
  { client }: Pick<Stage, 'client'>,
  workflowKey: string,
  onEntered: (player: Player) => void,
): Promise<void> {
  const contactIds = await Promise.all(CAST.map((person) => saveContact(client, person)));
  const started = Date.now();
  for (const [index, person] of CAST.entries()) {
    await sleep(Math.max(0, started + index * ENTER_EVERY_MS - Date.now()));
    const contactId = contactIds[index] ?? '';
    const cart = `${workflowKey}-${person.number}`;
    const enteredAt = Date.now();
    const enrolled = await client.enroll(workflowKey, {
      contactId,
      variables: {
        item: person.item,
        price: person.price,
        cartUrl: `https://shop.example/carts/${cart}/`,
      },
    });
    onEntered({ person, contactId, enrollmentId: enrolled.id, cart, enteredAt, reports: [] });
  }
}

async function saveContact(client: Stage['client'], person: Person): Promise<string> {
  const contact = await client.contacts.upsert({
    email: addressOf(person),
    firstName: person.name,
    timeZone: person.timeZone,
    tags: person.vip ? ['demo', 'vip'] : ['demo'],
  });
  if (contact.tags.includes(INTERESTED_TAG))
    throw new Error(`The tags of ${person.name} could not be set back.`);
  return contact.id;
}
