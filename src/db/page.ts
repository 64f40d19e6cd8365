import { fail } from '../errors';

/** Which part of a list is wanted. */
export interface Page {
  /** At most this many, 1 to 200; 50 unless told. */
  limit?: number | undefined;
  /** `nextCursor` of the part before. */
  cursor?: string | null | undefined;
}

export interface Listed<T> {
  data: T[];
  /** Null when there is nothing more. */
  nextCursor: string | null;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** One row more than wanted is fetched, which tells whether there is a next part. */
export function fetchLimit(page: Page): number {
  return pageLimit(page) + 1;
}

function pageLimit({ limit = DEFAULT_LIMIT }: Page): number {
  return Math.max(1, Math.min(MAX_LIMIT, Math.trunc(limit)));
}

/** Cuts the surplus row off; `position` is what the list is ordered by, unique in it. */
export function listed<T>(rows: T[], page: Page, position: (row: T) => string | number): Listed<T> {
  const data = rows.slice(0, pageLimit(page));
  const last = data.at(-1);
  const more = rows.length > data.length && last !== undefined;
  return {
    data,
    nextCursor: more ? Buffer.from(String(position(last))).toString('base64url') : null,
  };
}

/** The position after which the page begins, or null at the beginning; a bad one is refused. */
export function positionOf(page: Page, shape: RegExp): string | null {
  if (page.cursor === undefined || page.cursor === null) return null;
  const position = Buffer.from(page.cursor, 'base64url').toString();
  if (shape.test(position)) return position;
  const message =
    'This cursor was not given out by this list. Pass the nextCursor of an answer, or none to start anew.';
  throw fail('request.invalid', message, {
    issues: [{ code: 'request.wrong_value', path: 'cursor', message }],
  });
}

/** Positions in lists ordered by a UUIDv7, and by a sequence. */
export const BY_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const BY_SEQUENCE = /^\d{1,15}$/;
