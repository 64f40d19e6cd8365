/** Reasons as they are stored: a code, alone or with words behind it, `code: words`. */

const SEPARATOR = ': ';

/** A reason with what it speaks of, if there is anything. */
export const reasonText = (code: string, words?: string): string =>
  words === undefined ? code : `${code}${SEPARATOR}${words}`;

/** What people read of a stored reason: the words behind its code, else the code. */
export function wordsIn(reason: string): string {
  const { code, words } = apart(reason);
  return words ?? code;
}

/** Takes a stored reason apart; null where it is a code alone. */
export function apart(reason: string): { readonly code: string; readonly words: string | null } {
  const end = reason.indexOf(SEPARATOR);
  return end === -1
    ? { code: reason, words: null }
    : { code: reason.slice(0, end), words: reason.slice(end + SEPARATOR.length) };
}
