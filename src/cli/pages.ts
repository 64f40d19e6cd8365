/** Lists of the API, page by page. */
import type { List, Page } from '../client/types';

const PAGE = 200;

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
