/** What is wrong with a stored template: Liquid and MJML that cannot be read, and names that are doubtful. */
import type { Issue } from '../errors';
import { MAIL_PARTS, type MailContent } from '../journey/mail-template';
import type { NameFindings } from './check-names';
import { type FoundIssue, type PlaceInText, quoted } from './findings';
import { sketchGraph } from './graph-sketch';
import { type Doubt, knownNames } from './known-names';
import { doubtsIn } from './name-doubts';
import { unreadable } from './text-problems';
import { noSuchVariable, warnedBeside, type WorkspaceName } from './workspace-names';

/**
 * Issues by field, with line and column within its text. A name is never an error here: which variables there are, the
 * workflows say that send the template, and `variables` are those of the workspace.
 */
export function checkTemplate(
  content: MailContent,
  variables: ReadonlySet<string>,
): { errors: Issue[]; warnings: Issue[] } {
  const found = templateFindings(content);
  const warnings = [...found.warnings, ...warnedBeside(found.variables, variables)];
  return { errors: found.errors.map(placedInField), warnings: warnings.map(placedInField) };
}

const placedInField = ({ inText, ...issue }: FoundIssue): Issue =>
  inText === undefined ? issue : { ...issue, ...placeOf(inText) };

/** The same, with the places in the texts. */
export function templateFindings(content: MailContent): NameFindings {
  const written = MAIL_PARTS.flatMap((path) => {
    const text = content[path];
    if (text === undefined) return [];
    return [{ path, text, ...(path === 'mjml' ? { markup: 'mjml' as const } : {}) }];
  });
  const names = knownNames(sketchGraph({}), []);
  const doubts = written.flatMap(({ path, text }) =>
    doubtsIn(text, names).map(({ doubt, begin }) => {
      const issue: FoundIssue = { ...wordsOf(doubt), path, inText: { text, begin } };
      return { variable: doubt.variable, issue };
    }),
  );
  return {
    errors: unreadable(written),
    warnings: doubts.flatMap(({ issue, variable }) => (variable === undefined ? [issue] : [])),
    variables: doubts.flatMap(({ issue, variable }): WorkspaceName[] =>
      variable === undefined ? [] : [{ ...variable, issue }],
    ),
  };
}

function wordsOf({
  name,
  suggestion,
  variable,
}: Doubt): Pick<Issue, 'code' | 'message' | 'suggestion'> {
  if (suggestion !== undefined) {
    const message = `${quoted([name])} is nearly "${suggestion}". If that was meant, write it so; otherwise whoever sends this template has to give it a value.`;
    return { code: 'definition.misspelt_name', message, suggestion };
  }
  const message =
    variable?.isBare === false
      ? noSuchVariable(variable.key, quoted([name]))
      : `Whoever sends this template has to give ${quoted([name])} a value; it renders as nothing otherwise.`;
  return { code: 'definition.unknown_name', message };
}

function placeOf({ text, begin }: PlaceInText) {
  const lines = text.slice(0, begin).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
