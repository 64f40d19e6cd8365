/** Lists that people are put on by a node or by hand. A list is made when somebody is first put on it. */
import { and, asc, eq, sql } from 'drizzle-orm';
import { newId } from '../ids';
import type { Tx } from './client';
import { listMembers, lists } from './schema/lists';

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
