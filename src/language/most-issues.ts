/** How many issues one answer has. Whoever mends some hundred sends the definition again. */
import type { Issue } from '../errors';

const MOST = 200;

const MORE = 'definition.more_issues';

/** The first issues, and in place of the others a last one that counts them. */
export function firstOf<I extends Issue>(
  issues: readonly I[],
  kind: 'errors' | 'warnings',
): readonly (I | Issue)[] {
  if (issues.length <= MOST) return issues;
  const shown = issues.slice(0, MOST - 1);
  const message = `There are ${issues.length - shown.length} more ${kind}. Mend these first and try again.`;
  return [...shown, { code: MORE, path: '', message }];
}

/** Whether it counts those that are not shown; it comes last, wherever it stands. */
export const countsOthers = ({ code }: Issue): boolean => code === MORE;
