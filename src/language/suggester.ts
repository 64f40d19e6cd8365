import { suggestion } from './suggest';

/** Suggests names for misspelt ones, as long as that is not too much work. */
export type Suggest = (word: string) => { suggestion?: string };

/** How many letters may still be compared with letters; shared by all suggestions of one answer. */
export interface SuggestionBudget {
  left: number;
}

/** Some hundred suggestions among ordinary names, in a few milliseconds. */
export const suggestionBudget = (): SuggestionBudget => ({ left: 1_000_000 });

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
    const fresh = budget.left < 0 ? {} : suggestion(word, names);
    known.set(word, fresh);
    return fresh;
  };
}
