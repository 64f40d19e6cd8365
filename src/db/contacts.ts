import { and, desc, eq, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { fail } from '../errors';
import { newId } from '../ids';
import { EMPTY_CONTACT } from '../journey/facts';
import { changedFields, type ContactPatch } from './contact-changes';
import type { Tx } from './client';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { contacts } from './schema/contacts';

export type { ContactPatch } from './contact-changes';
export type ContactRow = typeof contacts.$inferSelect;

/** What names a contact; of several the first given one counts: id, externalId, email. */
export interface ContactReference {
  id?: string | undefined;
  externalId?: string | null | undefined;
  email?: string | null | undefined;
}

export interface ContactInput extends ContactPatch {
  id?: string | undefined;
}

/**
 * Creates the contact that the input names, or changes the fields it gives.
 * Fails with `contact.conflict` when its identifiers belong to several contacts.
 */
export async function upsertContact(
  tx: Tx,
  input: ContactInput,
): Promise<{ contact: ContactRow; created: boolean; changed: string[] }> {
  const blank = { id: input.id ?? newId(), ...fields(input) };
  // Taken by somebody's id, external id or address: then it is that contact's change.
  const [fresh] = await tx.insert(contacts).values(blank).onConflictDoNothing().returning();
  if (fresh) {
    const { set, changed } = changedFields({ ...fresh, ...EMPTY_CONTACT }, input);
    const contact = set.attributes || set.consent ? await write(tx, fresh.id, set) : fresh;
    return { contact, created: true, changed };
  }
  const found = await findContact(tx, input);
  if (!found && input.id !== undefined) throw idTaken(input.id);
  if (!found || (input.id !== undefined && found.id !== input.id)) throw conflict();
  const patched = await patchContact(tx, found.id, input);
  if (!patched) throw conflict();
  return { ...patched, created: false };
}

/** The given fields, attributes and consent aside: those are merged by the rules of a change. */
function fields({
  externalId,
  email,
  phone,
  firstName,
  lastName,
  timeZone,
  tags,
  score,
}: ContactPatch) {
  return {
    externalId,
    email,
    phone,
    firstName,
    lastName,
    timeZone,
    ...(tags && { tags: [...new Set(tags)] }),
    ...(score !== undefined && { score }),
  };
}

/**
 * Changes the fields that the patch gives; null clears one. `changed` holds the paths whose values
 * are different now (`email`, `attributes.plan`). Null when there is no such contact.
 */
export async function patchContact(
  tx: Tx,
  id: string,
  patch: ContactPatch,
): Promise<{ contact: ContactRow; changed: string[] } | null> {
  const [before] = await tx.select().from(contacts).where(living(id)).for('no key update');
  if (!before) return null;
  const { set, changed } = changedFields(before, patch);
  if (changed.length === 0) return { contact: before, changed };
  if (await identifierTaken(tx, id, patch)) throw conflict();
  return { contact: await write(tx, id, set), changed };
}

/** The fields of a contact that a change may give anew. */
type ContactFields = Pick<
  ContactRow,
  | 'externalId'
  | 'email'
  | 'phone'
  | 'firstName'
  | 'lastName'
  | 'timeZone'
  | 'attributes'
  | 'tags'
  | 'score'
  | 'consent'
>;

/**
 * Stores what `change` makes of a contact, read under a lock, so that two changes at once both count.
 * Null when there is no such contact. Fails with `contact.conflict`.
 */
export async function storeContact(
  tx: Tx,
  id: string,
  change: (before: ContactRow) => {
    readonly [K in keyof ContactFields]: Readonly<ContactFields[K]>;
  },
): Promise<{ before: ContactRow; after: ContactRow } | null> {
  const [before] = await tx.select().from(contacts).where(living(id)).for('no key update');
  if (!before) return null;
  const { tags, ...wanted } = change(before);
  if (await identifierTaken(tx, id, renamed(before, wanted))) throw conflict();
  const { externalId, email, phone, firstName, lastName, timeZone, ...others } = wanted;
  const { attributes, score, consent } = others;
  const named = { externalId, email, phone, firstName, lastName, timeZone };
  const after = await write(tx, id, { ...named, attributes, tags: [...tags], score, consent });
  return { before, after };
}

/** The contact as `upsertContact` would leave her, without writing. Fails with `contact.conflict`. */
export async function foreseenContact(tx: Tx, input: ContactInput): Promise<ContactRow> {
  const found = await findContact(tx, input);
  if (found !== null && input.id !== undefined && found.id !== input.id) throw conflict();
  if (found !== null && (await identifierTaken(tx, found.id, input))) throw conflict();
  const now = new Date();
  const times = { createdAt: now, updatedAt: now, erasedAt: null };
  const id = input.id ?? newId();
  const blank = { ...EMPTY_CONTACT, ...times, workspaceId: tx.workspaceId, id };
  const before: ContactRow = found ?? blank;
  return { ...before, ...(changedFields(before, input).set as Partial<ContactRow>) };
}

async function write(
  tx: Tx,
  id: string,
  set: Partial<typeof contacts.$inferInsert>,
): Promise<ContactRow> {
  const [row] = await tx
    .update(contacts)
    .set({ ...set, updatedAt: sql`now()` })
    .where(eq(contacts.id, id))
    .returning();
  if (!row) throw fail('contact.not_found', `Contact ${id} was erased meanwhile.`);
  return row;
}

/** The identifiers that change; one that stays is nobody else's. */
function renamed(
  before: ContactRow,
  { externalId, email }: Pick<ContactRow, 'externalId' | 'email'>,
): ContactPatch {
  return {
    ...(externalId === before.externalId ? {} : { externalId }),
    ...(email === before.email ? {} : { email }),
  };
}

async function identifierTaken(tx: Tx, id: string, patch: ContactPatch): Promise<boolean> {
  const owners = await Promise.all([
    patch.externalId ? findContact(tx, { externalId: patch.externalId }) : null,
    patch.email ? findContact(tx, { email: patch.email }) : null,
  ]);
  return owners.some((owner) => owner && owner.id !== id);
}

const conflict = () =>
  fail(
    'contact.conflict',
    'The id, externalId and email given belong to different contacts. Give those of one contact.',
  );

/** Nobody is found under an id that cannot be inserted: it was an erased person's. */
const idTaken = (id: string) =>
  fail(
    'contact.conflict',
    `The id ${id} belonged to a contact that was erased. Leave it out, and a new one is given.`,
  );

/** A row whose person was erased only keeps her enrollments countable; nobody finds it any more. */
const living = (id: string) => and(eq(contacts.id, id), isNull(contacts.erasedAt));

export async function getContact(tx: Tx, id: string): Promise<ContactRow | null> {
  const [row] = await tx.select().from(contacts).where(living(id));
  return row ?? null;
}

/**
 * The contact, held until the transaction ends: an erasure waits, and erases what was written about
 * her too. For transactions that are about to write personal data. Others may hold her as well.
 */
export async function holdContact(tx: Tx, id: string): Promise<ContactRow | null> {
  const [row] = await tx.select().from(contacts).where(living(id)).for('key share');
  return row ?? null;
}

const sameEmail = (email: string) => eq(sql`lower(${contacts.email})`, sql`lower(${email})`);

/** The contact that the first given identifier names, or null. */
export async function findContact(tx: Tx, reference: ContactReference): Promise<ContactRow | null> {
  const { id, externalId, email } = reference;
  const ways: (SQL | undefined)[] = [
    id === undefined ? undefined : living(id),
    externalId ? eq(contacts.externalId, externalId) : undefined,
    email ? sameEmail(email) : undefined,
  ];
  for (const way of ways) {
    const [row] = way ? await tx.select().from(contacts).where(way) : [];
    if (row) return row;
  }
  return null;
}

/** Contacts by id, the newest first: all, or who has these identifiers. */
export async function listContacts(
  tx: Tx,
  { email, externalId }: Pick<ContactReference, 'email' | 'externalId'>,
  page: Page,
): Promise<Listed<ContactRow>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select()
    .from(contacts)
    .where(
      and(
        isNull(contacts.erasedAt),
        externalId ? eq(contacts.externalId, externalId) : undefined,
        email ? sameEmail(email) : undefined,
        after === null ? undefined : lt(contacts.id, after),
      ),
    )
    .orderBy(desc(contacts.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

/** Adds tags and returns those that the contact did not have. Fails with `contact.not_found`. */
export async function addTags(
  tx: Tx,
  contactId: string,
  tags: readonly string[],
): Promise<string[]> {
  const before = await lockedTags(tx, contactId);
  const added = [...new Set(tags)].filter((tag) => !before.includes(tag));
  if (added.length > 0) await write(tx, contactId, { tags: [...before, ...added] });
  return added;
}

/** Removes tags and returns those that the contact had. Fails with `contact.not_found`. */
export async function removeTags(
  tx: Tx,
  contactId: string,
  tags: readonly string[],
): Promise<string[]> {
  const before = await lockedTags(tx, contactId);
  const removed = before.filter((tag) => tags.includes(tag));
  if (removed.length > 0)
    await write(tx, contactId, { tags: before.filter((tag) => !tags.includes(tag)) });
  return removed;
}

async function lockedTags(tx: Tx, contactId: string): Promise<string[]> {
  const [row] = await tx
    .select({ tags: contacts.tags })
    .from(contacts)
    .where(living(contactId))
    .for('no key update');
  if (!row) throw fail('contact.not_found', `There is no contact ${contactId} in this workspace.`);
  return row.tags;
}
