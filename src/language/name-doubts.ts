/** The doubtful names of a template. */
import { namesIn } from '../evaluate/template-names';
import { type Doubt, doubtAbout, type KnownNames } from './known-names';

/** Names looked at in one text; nobody reads more warnings than that. */
const MOST_NAMES = 200;

export interface PlacedDoubt {
  readonly doubt: Doubt;
  /** How many characters stand before the name. */
  readonly begin: number;
}

/** What is doubtful in a text; each name once, where it stands first. */
export function doubtsIn(text: string, names: KnownNames): readonly PlacedDoubt[] {
  const seen = new Set<string>();
  return namesIn(text).flatMap(({ segments, begin }): PlacedDoubt[] => {
    const key = keyOf(segments);
    if (seen.has(key) || seen.size >= MOST_NAMES) return [];
    seen.add(key);
    const doubt = doubtAbout(segments, names);
    return doubt === null ? [] : [{ doubt, begin }];
  });
}

/** What stands for a name; that of a variable of the workspace may have a word more. */
const keyOf = ([root, field, inner]: readonly string[]): string =>
  (`${root}.${field}` === 'workspace.variables' ? [root, field, inner] : [root, field]).join('.');
