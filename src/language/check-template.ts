/** What is wrong with a stored template: Liquid and MJML that cannot be read, and names that are doubtful. */
import type { Issue } from '../errors';
import { namesIn } from '../evaluate/template-names';
import { MAIL_PARTS, type MailContent } from '../journey/mail-template';
import { type FoundIssue, type GraphFindings, type PlaceInText, quoted } from './findings';
import { sketchGraph } from './graph-sketch';
import { type Doubt, doubtAbout, knownNames } from './known-names';
import { unreadable } from './text-problems';

/** Names looked at in one text; nobody reads more warnings than that. */
const MOST_NAMES = 200;

/**
 * Issues by field, with line and column within its text. A name is never an error here: which variables there are, the
 * workflows say that send the template.
 */
export function checkTemplate(content: MailContent): { errors: Issue[]; warnings: Issue[] } {
  const { errors, warnings } = templateFindings(content);
  return { errors: errors.map(placedInField), warnings: warnings.map(placedInField) };
}

const placedInField = ({ inText, ...issue }: FoundIssue): Issue =>
  inText === undefined ? issue : { ...issue, ...placeOf(inText) };

/** The same, with the places in the texts. */
export function templateFindings(content: MailContent): GraphFindings {
  const written = MAIL_PARTS.flatMap((path) => {
    const text = content[path];
    if (text === undefined) return [];
    return [{ path, text, ...(path === 'mjml' ? { markup: 'mjml' as const } : {}) }];
  });
  return {
    errors: unreadable(written),
    warnings: written.flatMap(({ path, text }) => doubtsIn(path, text)),
  };
}

function doubtsIn(path: string, text: string): FoundIssue[] {
  const names = knownNames(sketchGraph({}), []);
  const seen = new Set<string>();
  return namesIn(text).flatMap(({ segments, begin }): FoundIssue[] => {
    const key = segments.slice(0, 2).join('.');
    if (seen.has(key) || seen.size >= MOST_NAMES) return [];
    seen.add(key);
    const doubt = doubtAbout(segments, names);
    return doubt === null ? [] : [{ ...wordsOf(doubt), path, inText: { text, begin } }];
  });
}

function wordsOf({ name, suggestion }: Doubt): Pick<Issue, 'code' | 'message' | 'suggestion'> {
  if (suggestion === undefined) {
    const message = `Whoever sends this template has to give ${quoted([name])} a value; it renders as nothing otherwise.`;
    return { code: 'definition.unknown_name', message };
  }
  const message = `${quoted([name])} is nearly "${suggestion}". If that was meant, write it so; otherwise whoever sends this template has to give it a value.`;
  return { code: 'definition.misspelt_name', message, suggestion };
}

function placeOf({ text, begin }: PlaceInText) {
  const lines = text.slice(0, begin).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
