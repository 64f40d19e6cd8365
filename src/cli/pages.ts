/** Lists of the API, page by page. */
import type { List, Page } from '../client/types';
import type { Options, Values } from './options';
import { wholeNumber } from './values';

const PAGE = 200;

export const LIMIT_OPTION = {
  limit: { type: 'string', value: 'count', help: 'How many at most; 50 unless told.' },
} as const satisfies Options;

/** How many of a list were asked for. */
export const mostOf = ({ limit = '50' }: Values<typeof LIMIT_OPTION>): number =>
  wholeNumber(limit, '--limit');

/** Everything that a list has, or the first `most` of it. */
export async function everyPage<T>(
  list: (page: Page) => Promise<List<T>>,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(PAGE, most - all.length);
    const { data, nextCursor } = await list({ limit, cursor });
    all.push(...data);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined && all.length < most);
  return all;
}
