/** Who is on a list: was when the job was made, and is when her turn comes. */
import { and, asc, count, eq, gt, lte } from 'drizzle-orm';
import { listMembers } from '../schema/lists';
import type { Asked, PagedSource } from './paged-source';

/** A list by its id; the key is what people know it by. */
export interface ListSelection {
  readonly list: { readonly id: string; readonly key: string };
}

const meant = ({ selection, madeAt }: Asked<ListSelection>) =>
  and(eq(listMembers.listId, selection.list.id), lte(listMembers.addedAt, madeAt));

export const listSource: PagedSource<ListSelection> = {
  async count(tx, asked) {
    const [row] = await tx.select({ count: count() }).from(listMembers).where(meant(asked));
    return row?.count ?? 0;
  },
  async page(tx, asked) {
    const { after, limit } = asked;
    const rows = await tx
      .select({ contactId: listMembers.contactId })
      .from(listMembers)
      .where(and(meant(asked), after === null ? undefined : gt(listMembers.contactId, after)))
      .orderBy(asc(listMembers.contactId))
      .limit(limit);
    return {
      people: rows.map(({ contactId }) => ({ contactId, passedBefore: 0 })),
      passedBehind: 0,
      last: rows.at(-1)?.contactId ?? null,
      ended: rows.length < limit,
    };
  },
};
