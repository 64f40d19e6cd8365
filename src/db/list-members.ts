/**
 * Many people on one list, by hand. A list that is written to is held by the caller (lists.ts).
 *
 * People are held and written in the order of their ids: two calls about the same people wait for each other, and do
 * not block each other.
 */
import { and, asc, desc, eq, inArray, isNull, lt } from 'drizzle-orm';
import type { Tx } from './client';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { contacts } from './schema/contacts';
import { listMembers } from './schema/lists';

export interface ListMember {
  readonly contactId: string;
  readonly externalId: string | null;
  readonly email: string | null;
  readonly addedAt: Date;
}

/** Who is on a list, the newest contacts first. */
export async function pageOfMembers(
  tx: Tx,
  listId: string,
  page: Page,
): Promise<Listed<ListMember>> {
  const after = positionOf(page, BY_ID);
  const { contactId, addedAt } = listMembers;
  const rows = await tx
    .select({ contactId, externalId: contacts.externalId, email: contacts.email, addedAt })
    .from(listMembers)
    .innerJoin(contacts, eq(contacts.id, contactId))
    .where(and(eq(listMembers.listId, listId), after === null ? undefined : lt(contactId, after)))
    .orderBy(desc(contactId))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.contactId);
}

/** Puts people on a list; returns those who were not on it. Who was erased meanwhile is left out. */
export async function addMembers(
  tx: Tx,
  listId: string,
  contactIds: readonly string[],
  addedAt: Date,
): Promise<string[]> {
  const ids = await heldContacts(tx, contactIds);
  if (ids.length === 0) return [];
  const added = await tx
    .insert(listMembers)
    .values(ids.map((contactId) => ({ listId, contactId, addedAt })))
    .onConflictDoNothing()
    .returning({ contactId: listMembers.contactId });
  return added.map(({ contactId }) => contactId);
}

/** Takes people off a list; returns those who were on it. */
export async function removeMembers(
  tx: Tx,
  listId: string,
  contactIds: readonly string[],
): Promise<string[]> {
  const ids = await heldContacts(tx, contactIds);
  if (ids.length === 0) return [];
  const removed = await tx
    .delete(listMembers)
    .where(and(eq(listMembers.listId, listId), inArray(listMembers.contactId, ids)))
    .returning({ contactId: listMembers.contactId });
  return removed.map(({ contactId }) => contactId);
}

/** Held against being erased while something is written about them. */
async function heldContacts(tx: Tx, contactIds: readonly string[]): Promise<string[]> {
  if (contactIds.length === 0) return [];
  const held = await tx
    .select({ id: contacts.id })
    .from(contacts)
    .where(and(inArray(contacts.id, [...contactIds]), isNull(contacts.erasedAt)))
    .orderBy(asc(contacts.id))
    .for('key share');
  return held.map(({ id }) => id);
}
