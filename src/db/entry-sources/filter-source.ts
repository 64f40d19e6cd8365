/** Who meets a condition when she is looked at; every contact is, in the order of ids. */
import { and, asc, count, gt, isNull, lte } from 'drizzle-orm';
import type { ConditionGroup } from '../../journey/condition';
import { factsAtEntry } from '../../journey/entry-facts';
import type { Facts } from '../../journey/facts';
import type { Tx } from '../client';
import type { ContactRow } from '../contacts';
import { contactFacts, lookUpOf, workspaceFacts } from '../facts';
import { listsOfMany } from '../lists';
import { contacts } from '../schema/contacts';
import type { Asked, FoundPerson, PagedSource, PageAsked, PeoplePage } from './paged-source';

export interface FilterSelection {
  readonly filter: ConditionGroup;
}

const LOOKED_AT_ONCE = 500;

const meant = ({ madeAt }: Asked<FilterSelection>) =>
  and(isNull(contacts.erasedAt), lte(contacts.createdAt, madeAt));

export const filterSource: PagedSource<FilterSelection> = {
  async count(tx, asked) {
    const [row] = await tx.select({ count: count() }).from(contacts).where(meant(asked));
    return row?.count ?? 0;
  },
  async page(tx, asked) {
    const { limit, until } = asked;
    const workspace = await workspaceFacts(tx);
    let page: PeoplePage = { people: [], passedBehind: 0, last: asked.after, ended: false };
    do page = await looked(tx, asked, page, workspace);
    while (!page.ended && page.people.length < limit && performance.now() < until);
    return page;
  },
};

/** The page with the next contacts that were looked at. */
async function looked(
  tx: Tx,
  asked: PageAsked<FilterSelection>,
  { people: before, passedBehind, last: after }: PeoplePage,
  workspace: Facts['workspace'],
): Promise<PeoplePage> {
  const rows = await tx
    .select()
    .from(contacts)
    .where(and(meant(asked), after === null ? undefined : gt(contacts.id, after)))
    .orderBy(asc(contacts.id))
    .limit(LOOKED_AT_ONCE);
  const lists = await listsOfMany(
    tx,
    rows.map(({ id }) => id),
  );
  const people: FoundPerson[] = [...before];
  let passed = passedBehind;
  for (const [index, row] of rows.entries()) {
    const facts = factsOf(tx, row, { lists: lists.get(row.id) ?? [], workspace, at: asked.at });
    const { value } = await asked.judge(asked.selection.filter, facts);
    if (value) people.push({ contactId: row.id, passedBefore: passed });
    passed = value ? 0 : passed + 1;
    const isFull = people.length >= asked.limit;
    if (isFull) return { people, passedBehind: passed, last: row.id, ended: isLast(rows, index) };
  }
  const last = rows.at(-1)?.id ?? after;
  return { people, passedBehind: passed, last, ended: rows.length < LOOKED_AT_ONCE };
}

const isLast = (rows: readonly ContactRow[], index: number): boolean =>
  index === rows.length - 1 && rows.length < LOOKED_AT_ONCE;

interface Around {
  readonly lists: readonly string[];
  readonly workspace: Facts['workspace'];
  readonly at: Date;
}

/** She is not in a workflow yet: what an enrollment would say is not there to be asked. */
function factsOf(tx: Tx, row: ContactRow, { lists, workspace, at }: Around): Facts {
  return factsAtEntry({
    at: at.getTime(),
    contact: contactFacts(row, lists),
    variables: {},
    trigger: null,
    timeZone: null,
    workspace,
    findEvents: lookUpOf(tx, row.id),
    enrollment: { id: '', workflowKey: '', version: 0 },
  });
}
