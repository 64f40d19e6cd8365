/** What a check found, errors apart from warnings. */
import type { Issue } from '../errors';
import type { IssueCode } from './issue-codes';
import { type Path, pathText } from './path';

export interface GraphFindings {
  readonly errors: readonly Issue[];
  readonly warnings: readonly Issue[];
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
export const errorsOnly = (errors: readonly Issue[]): GraphFindings => ({ errors, warnings: [] });
export const warningsOnly = (warnings: readonly Issue[]): GraphFindings => ({
  errors: [],
  warnings,
});

/** Names as a message lists them; a long list is cut. */
export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `"${name.slice(0, 64)}"`);
  return names.length > 10 ? `${shown.join(', ')} and others` : shown.join(', ');
}
