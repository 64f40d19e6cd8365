/** Finding what somebody probably meant. */

const MAX_DISTANCE = 2;
/** Longer words are never compared: a name has at most 100 characters, an input may have more. */
const MAX_LENGTH = 100;

/** Comparisons as shells and query languages abbreviate them, which share too few letters with their names. */
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map([
  ['eq', 'equals'],
  ['ne', 'not_equals'],
  ['neq', 'not_equals'],
  ['gt', 'greater_than'],
  ['ge', 'greater_or_equal'],
  ['gte', 'greater_or_equal'],
  ['lt', 'less_than'],
  ['le', 'less_or_equal'],
  ['lte', 'less_or_equal'],
]);

/**
 * The candidate nearest to a misspelt word: the same but for case and punctuation, else at most two
 * edits away (one for words of two or three letters), else one that the word begins or that begins
 * the word. Undefined when nothing is near.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > MAX_LENGTH) return undefined;
  const plain = simplify(word);
  const meant = ABBREVIATIONS.get(plain);
  let best: string | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (candidate === meant) return candidate;
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
    const distance = editDistance(word, candidate, limit);
    if (distance <= limit) return distance;
  }
  const isPrefix = candidate.startsWith(word) || word.startsWith(candidate);
  return shorter >= 3 && isPrefix ? MAX_DISTANCE + 1 : Number.POSITIVE_INFINITY;
}

/**
 * Levenshtein distance in which swapping two neighbouring letters, too, is one edit. A distance above
 * `limit` may come back as any number above it, which costs little to find.
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  let [older, above] = [[0], Array.from({ length: b.length + 1 }, (_, index) => index)];
  let leastAbove = 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = nextRow(a, b, { i, above, older });
    const least = Math.min(...row);
    // A swap reaches back two rows.
    if (least > limit && leastAbove > limit) return least;
    [older, above, leastAbove] = [above, row, least];
  }
  return above[b.length] ?? 0;
}

interface Rows {
  readonly i: number;
  readonly above: readonly number[];
  readonly older: readonly number[];
}

/** The distances of the first `i` letters of `a` from every beginning of `b`. */
function nextRow(a: string, b: string, { i, above, older }: Rows): number[] {
  const row = [i];
  const letter = a.charCodeAt(i - 1);
  const before = a.charCodeAt(i - 2);
  let left = i;
  for (let j = 1; j <= b.length; j += 1) {
    const other = b.charCodeAt(j - 1);
    const replaced = (above[j - 1] ?? 0) + (letter === other ? 0 : 1);
    left = Math.min((above[j] ?? 0) + 1, left + 1, replaced);
    const isSwap = i > 1 && j > 1 && letter === b.charCodeAt(j - 2) && before === other;
    if (isSwap) left = Math.min(left, (older[j - 2] ?? 0) + 1);
    row.push(left);
  }
  return row;
}
