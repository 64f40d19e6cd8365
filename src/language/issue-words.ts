/** Issues about the canonical form, in the words of what was written. */
import type { FoundIssue } from './findings';
import { parsePathText, pathText } from './path';
import { pathOf, placeAt, type Written } from './written';

const MENTION = /\b(?:nodes|edges)\[\d+\]/g;

/** The issue with the path that the caller wrote, also where the message mentions other places. */
export function inWordsOf(tree: Written, issue: FoundIssue): FoundIssue {
  const path = parsePathText(issue.path);
  const written = pathOf(placeAt(tree, path));
  const [canonical, given] = [path.at(-1), written.at(-1)];
  const isRenamed =
    issue.code.endsWith('.unknown_field') && typeof given === 'string' && canonical !== given;
  const { suggestion, ...rest } = issue;
  // The name exists, for data of another shape: suggesting it again would help nobody.
  const isItself = isRenamed && suggestion === given;
  const hint = isItself ? ` Did you mean "${suggestion}"?` : '';
  const renamed = isRenamed
    ? issue.message.replace(`"${canonical}"`, `"${given}"`).replace(hint, '')
    : issue.message;
  const message = renamed.replace(MENTION, (mention) =>
    pathText(pathOf(placeAt(tree, parsePathText(mention)))),
  );
  const kept = isItself || suggestion === undefined ? {} : { suggestion };
  return { ...rest, path: pathText(written), message, ...kept };
}
