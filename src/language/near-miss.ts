import { editDistance } from './suggest';

/** Shorter names have too many neighbours that are words of their own. */
const ONE_EDIT_FROM = 5;
const TWO_EDITS_FROM = 8;
const LONGEST = 64;

/**
 * The known name that a misspelt one is nearly: the same but for case and punctuation, else one edit away,
 * two in long names. Stricter than a suggestion, since it makes an error of the name: `email2` is not `email`.
 */
export function nearMiss(word: string, known: Iterable<string>): string | null {
  if (word.length > LONGEST) return null;
  const plain = plainOf(word);
  for (const name of known) {
    const candidate = plainOf(name);
    if (plain === candidate) return name;
    const shorter = Math.min(plain.length, candidate.length);
    const limit = shorter >= TWO_EDITS_FROM ? 2 : shorter >= ONE_EDIT_FROM ? 1 : 0;
    if (limit === 0 || Math.abs(plain.length - candidate.length) > limit) continue;
    if (digitsOf(plain) !== digitsOf(candidate)) continue;
    if (editDistance(plain, candidate, limit) <= limit) return name;
  }
  return null;
}

const plainOf = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');
const digitsOf = (word: string): string => word.replace(/\D/g, '');
