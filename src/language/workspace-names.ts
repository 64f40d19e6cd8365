/** Names that a variable of the workspace may give a value: whether there is one, only the database knows. */
import type { Issue } from '../errors';
import { firstOf } from './most-issues';
import { nearMiss } from './near-miss';
import type { Reference } from './references';
import { didYouMean } from './suggest';

/** A name that a template or a condition reads; `key` is the variable that would give it a value. */
export interface WorkspaceName extends Reference {
  /** Whether something else may do so too: it does not stand behind `workspace.`. */
  readonly isBare: boolean;
}

/** Looking for what was meant would take long for each of a flood. */
const MOST_SUGGESTIONS = 100;

/** What is said of a name that nothing but a variable of the workspace can give a value. */
export const noSuchVariable = (key: string, name: string): string =>
  `There is no variable "${key.slice(0, 64)}" of the workspace, so ${name} has no value. Make it with POST /api/v1/variables, or correct the name.`;

/** What to warn of where nobody can be asked which variables there are. */
export const warnedAlone = (names: readonly WorkspaceName[]): readonly Issue[] =>
  firstOf(
    names.filter(({ isBare }) => isBare).map(({ issue }) => issue),
    'warnings',
  );

/** What to warn of where the workspace has these variables and no others. */
export function warnedBeside(
  names: readonly WorkspaceName[],
  known: ReadonlySet<string>,
): readonly Issue[] {
  const unknown = names.filter(({ key }) => !known.has(key));
  const told = unknown.map((name, index) =>
    name.isBare || index >= MOST_SUGGESTIONS ? name.issue : withSuggestion(name, known),
  );
  return firstOf(told, 'warnings');
}

function withSuggestion({ key, issue }: WorkspaceName, known: ReadonlySet<string>): Issue {
  const suggestion = nearMiss(key, known);
  if (suggestion === null) return issue;
  return { ...issue, message: issue.message + didYouMean({ suggestion }), suggestion };
}
