/** Finding what somebody probably meant. */

const MAX_DISTANCE = 2;
/** Longer words are never compared: a name has at most 100 characters, an input may have more. */
const MAX_LENGTH = 100;

/**
 * The candidate nearest to a misspelt word: the same but for case and punctuation, else at most two
 * edits away (one for words of two or three letters), else one that the word begins or that begins
 * the word. Undefined when nothing is near.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > MAX_LENGTH) return undefined;
  const plain = simplify(word);
  let best: string | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const rank = rankOf(plain, simplify(candidate));
    if (rank < bestRank) {
      best = candidate;
      bestRank = rank;
    }
  }
  return best;
}

/** The candidate at most two edits away, case and punctuation aside; a common beginning is not enough. */
export function near(word: string, candidates: Iterable<string>): string | undefined {
  const found = suggest(word, candidates);
  if (found === undefined) return undefined;
  return rankOf(simplify(word), simplify(found)) <= MAX_DISTANCE ? found : undefined;
}

/** `suggestion` as a member to spread into an issue, absent when there is none. */
export function suggestion(word: string, candidates: Iterable<string>): { suggestion?: string } {
  const found = suggest(word, candidates);
  return found === undefined ? {} : { suggestion: found };
}

/** " Did you mean X?", or nothing. */
export function didYouMean(found: { suggestion?: string }): string {
  return found.suggestion === undefined ? '' : ` Did you mean "${found.suggestion}"?`;
}

function simplify(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '') || word;
}

/** Smaller is nearer; a prefix comes after every edit distance; infinity is "not near". */
function rankOf(word: string, candidate: string): number {
  const shorter = Math.min(word.length, candidate.length);
  const limit = shorter <= 3 ? Math.min(1, shorter - 1) : MAX_DISTANCE;
  if (Math.abs(word.length - candidate.length) <= limit) {
    const distance = editDistance(word, candidate);
    if (distance <= limit) return distance;
  }
  const isPrefix = candidate.startsWith(word) || word.startsWith(candidate);
  return shorter >= 3 && isPrefix ? MAX_DISTANCE + 1 : Number.POSITIVE_INFINITY;
}

/** Levenshtein distance in which swapping two neighbouring letters, too, is one edit. */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(isSwap ? Math.min(best, at(i - 2, j - 2) + 1) : best);
    }
  }
  return at(a.length, b.length);
}
