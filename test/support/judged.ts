import { sketchGraph } from '../../src/language/graph-sketch';
import { validateGraph } from '../../src/language/validate-definition';
import { warnedAlone } from '../../src/language/workspace-names';
import { sketched } from './define';

export interface Judged {
  /** `code path` of every error, with the suggestion behind an arrow. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Everything said, for tests of the words. */
  readonly words: string;
}

/** What the validation of the whole graph says about a sketch. */
export function judged(sketch: Parameters<typeof sketched>[0]): Judged {
  return judgedInput(sketched(sketch));
}

/** The same about an input that no sketch can make. */
export function judgedInput(input: object): Judged {
  const found = validateGraph(sketchGraph(input as Record<string, unknown>));
  const { errors } = found;
  const warnings = [...found.warnings, ...warnedAlone(found.variables)];
  const lineOf = ({ code, path, suggestion }: (typeof errors)[number]) =>
    `${code.replace('definition.', '')} ${path}${suggestion === undefined ? '' : ` -> ${suggestion}`}`;
  return {
    errors: errors.map(lineOf),
    warnings: warnings.map(lineOf),
    words: [...errors, ...warnings].map(({ message }) => message).join('\n'),
  };
}
