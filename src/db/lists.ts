/**
 * Lists that people are put on by a node or by hand. A list is made by hand, or when a node first puts somebody on it.
 */
import { and, asc, count, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { isUuid, newId } from '../ids';
import type { Tx } from './client';
import { BY_ID, fetchLimit, listed, positionOf, type Listed, type Page } from './page';
import { listMembers, lists } from './schema/lists';

export type ListRow = typeof lists.$inferSelect;

/** Makes a list; null when another has the key. */
export async function createList(
  tx: Tx,
  { key, name }: { readonly key: string; readonly name: string },
): Promise<ListRow | null> {
  const made = tx.insert(lists).values({ id: newId(), key, name });
  const [row] = await made.onConflictDoNothing().returning();
  return row ?? null;
}

const named = (idOrKey: string) => eq(isUuid(idOrKey) ? lists.id : lists.key, idOrKey);

/** The list with this id or key. */
export async function getList(tx: Tx, idOrKey: string): Promise<ListRow | null> {
  const [row] = await tx.select().from(lists).where(named(idOrKey));
  return row ?? null;
}

/** The same, held until the transaction ends, so that nobody deletes it meanwhile. */
export async function holdList(tx: Tx, idOrKey: string): Promise<ListRow | null> {
  const [row] = await tx.select().from(lists).where(named(idOrKey)).for('key share');
  return row ?? null;
}

/** Lists, the newest first. */
export async function pageOfLists(tx: Tx, page: Page): Promise<Listed<ListRow>> {
  const after = positionOf(page, BY_ID);
  const rows = await tx
    .select()
    .from(lists)
    .where(after === null ? undefined : lt(lists.id, after))
    .orderBy(desc(lists.id))
    .limit(fetchLimit(page));
  return listed(rows, page, (row) => row.id);
}

/** Calls a list otherwise; its key stays. Null when there is none of this id or key. */
export async function renameList(tx: Tx, idOrKey: string, name: string): Promise<ListRow | null> {
  const [row] = await tx.update(lists).set({ name }).where(named(idOrKey)).returning();
  return row ?? null;
}

/** Deletes a list with its memberships; null when there is none of this id or key. */
export async function deleteList(tx: Tx, idOrKey: string): Promise<ListRow | null> {
  const [row] = await tx.delete(lists).where(named(idOrKey)).returning();
  return row ?? null;
}

/** How many people are on a list. */
export async function countMembers(tx: Tx, listId: string): Promise<number> {
  const [row] = await tx
    .select({ members: count() })
    .from(listMembers)
    .where(eq(listMembers.listId, listId));
  return row?.members ?? 0;
}

/** Puts a contact on the list with this key; false when she is on it already. */
export async function addToList(
  tx: Tx,
  contactId: string,
  key: string,
  at: Date,
): Promise<boolean> {
  await tx.insert(lists).values({ id: newId(), key, name: key }).onConflictDoNothing();
  const [list] = await tx.select({ id: lists.id }).from(lists).where(eq(lists.key, key));
  if (!list) throw new Error(`The list "${key}" was removed while somebody was put on it.`);
  const added = await tx
    .insert(listMembers)
    .values({ listId: list.id, contactId, addedAt: at })
    .onConflictDoNothing()
    .returning({ listId: listMembers.listId });
  return added.length > 0;
}

/** Takes a contact off the list with this key; false when she is not on it. */
export async function removeFromList(tx: Tx, contactId: string, key: string): Promise<boolean> {
  const list = tx.select({ id: lists.id }).from(lists).where(eq(lists.key, key));
  const removed = await tx
    .delete(listMembers)
    .where(and(eq(listMembers.contactId, contactId), eq(listMembers.listId, sql`(${list})`)))
    .returning({ listId: listMembers.listId });
  return removed.length > 0;
}

/** Keys of the lists a contact is on, in order. */
export async function listsOf(tx: Tx, contactId: string): Promise<string[]> {
  const rows = await tx
    .select({ key: lists.key })
    .from(listMembers)
    .innerJoin(lists, eq(lists.id, listMembers.listId))
    .where(eq(listMembers.contactId, contactId))
    .orderBy(asc(lists.key));
  return rows.map(({ key }) => key);
}

/** The same for many contacts; those who are on none are left out. */
export async function listsOfMany(
  tx: Tx,
  contactIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  if (contactIds.length === 0) return found;
  const rows = await tx
    .select({ contactId: listMembers.contactId, key: lists.key })
    .from(listMembers)
    .innerJoin(lists, eq(lists.id, listMembers.listId))
    .where(inArray(listMembers.contactId, [...contactIds]))
    .orderBy(asc(lists.key));
  for (const { contactId, key } of rows)
    found.set(contactId, [...(found.get(contactId) ?? []), key]);
  return found;
}
