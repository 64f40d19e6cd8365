/** The kinds of people that jobs find page by page, by what their selection names. */
import { type FilterSelection, filterSource } from './filter-source';
import { type ListSelection, listSource } from './list-source';
import type { Asked, PageAsked, PagedSource } from './paged-source';
import type { Tx } from '../client';

/** What the selection of such a job says. */
export type PagedSelection = ListSelection | FilterSelection;

const SOURCES = { list: listSource, filter: filterSource } as const;

type Kind = keyof typeof SOURCES;

const kindOf = (selection: object): Kind | undefined =>
  (Object.keys(SOURCES) as Kind[]).find((kind) => Object.hasOwn(selection, kind));

/** Whether a job finds its people page by page; others name them one by one. */
export const isPaged = (selection: object): selection is PagedSelection =>
  kindOf(selection) !== undefined;

function sourceOf(selection: PagedSelection): PagedSource<PagedSelection> {
  return SOURCES[kindOf(selection) ?? 'list'];
}

export const countPeople = (tx: Tx, asked: Asked<PagedSelection>) =>
  sourceOf(asked.selection).count(tx, asked);

export const pageOfPeople = (tx: Tx, asked: PageAsked<PagedSelection>) =>
  sourceOf(asked.selection).page(tx, asked);
