/** What a check found, errors apart from warnings. */
import type { Issue } from '../errors';
import type { IssueCode } from './issue-codes';
import { type Path, pathText } from './path';

/** A place in a text of the definition, such as a template. */
export interface PlaceInText {
  readonly text: string;
  /** How many characters stand before it. */
  readonly begin: number;
}

/** An issue as the checks make it, before it is answered. */
export interface FoundIssue extends Issue {
  /** Where it stands in the text at its path, for those that only speak of a part of it. */
  readonly inText?: PlaceInText;
}

export interface GraphFindings {
  readonly errors: readonly FoundIssue[];
  readonly warnings: readonly FoundIssue[];
}

/** An issue at a path; `found` is what a suggester answered. */
export function issueAt(
  code: IssueCode,
  path: Path,
  message: string,
  found: { suggestion?: string } = {},
): Issue {
  return { code, path: pathText(path), message, ...found };
}

/** The same findings as one. */
export function together(findings: readonly GraphFindings[]): GraphFindings {
  return {
    errors: findings.flatMap(({ errors }) => errors),
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}

/** Findings that are all errors, or all warnings. */
export const errorsOnly = (errors: readonly FoundIssue[]): GraphFindings => ({
  errors,
  warnings: [],
});
export const warningsOnly = (warnings: readonly FoundIssue[]): GraphFindings => ({
  errors: [],
  warnings,
});

/** Names as a message lists them; a long list is cut. */
export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `"${name.slice(0, 64)}"`);
  return names.length > 10 ? `${shown.join(', ')} and others` : shown.join(', ');
}

/** The same with "and" before the last. */
export function listed(names: readonly string[]): string {
  const [last] = names.slice(-1);
  if (names.length < 2 || names.length > 10 || last === undefined) return quoted(names);
  return `${quoted(names.slice(0, -1))} and ${quoted([last])}`;
}
