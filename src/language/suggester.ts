import { suggestion } from './suggest';

/** Suggests names for misspelt ones, as long as that is not too much work. */
export type Suggest = (word: string) => { suggestion?: string };

/** What may still be compared; shared by all suggestions of one answer. */
export interface SuggestionBudget {
  /** Letters with letters. */
  left: number;
  /** Misspelt words: an answer has no room for many more. */
  words: number;
}

/** A hundred suggestions among ordinary names, in a few milliseconds. */
export const suggestionBudget = (): SuggestionBudget => ({ left: 1_000_000, words: 100 });

/** Suggestions from a set of names: each word is looked at once, and the last of a flood get none. */
export function suggester(
  candidates: Iterable<string>,
  budget: SuggestionBudget = suggestionBudget(),
): Suggest {
  const names = [...new Set(candidates)];
  const letters = names.reduce((sum, name) => sum + name.length, 0);
  const known = new Map<string, { suggestion?: string }>();
  return (word) => {
    const found = known.get(word);
    if (found !== undefined) return found;
    budget.left -= word.length * letters;
    budget.words -= 1;
    const fresh = budget.left < 0 || budget.words < 0 ? {} : suggestion(word, names);
    known.set(word, fresh);
    return fresh;
  };
}
