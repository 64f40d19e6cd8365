/** Problems as compilers print them, so that editors and people find the place. */
import type { Issue } from '../errors';
import type { ExitCode } from './command';
import { printable, type Terminal } from './terminal';

export interface Problems {
  readonly file: string;
  readonly errors: readonly Issue[];
  readonly warnings: readonly Issue[];
}

/** One line per problem, errors and warnings in the order of the text. */
export function printProblems({ file, errors, warnings }: Problems, terminal: Terminal): void {
  const all = [
    ...errors.map((issue) => ({ issue, kind: terminal.paint('red', 'error') })),
    ...warnings.map((issue) => ({ issue, kind: terminal.paint('yellow', 'warning') })),
  ].toSorted((a, b) => order(a.issue, b.issue));
  for (const { issue, kind } of all) {
    const { line = 1, column = 1, code, path } = issue;
    const place = terminal.paint('bold', `${printable(file)}:${line}:${column}`);
    const about = path === '' ? '' : ` ${printable(path)}`;
    terminal.line(`${place} ${kind} ${code}${about}: ${saidWithSuggestion(issue)}`);
  }
}

function order(a: Issue, b: Issue): number {
  return (a.line ?? 1) - (b.line ?? 1) || (a.column ?? 1) - (b.column ?? 1);
}

function saidWithSuggestion({ message, suggestion }: Issue): string {
  const isSaid = suggestion === undefined || message.includes(`"${suggestion}"`);
  return printable(isSaid ? message : `${message} Did you mean "${suggestion}"?`);
}

/** `1 error`, `2 errors`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Reports on files, and answers whether they are fine. */
export function reportOn(
  problems: readonly Problems[],
  json: boolean,
  terminal: Terminal,
): ExitCode {
  const files = problems.map(({ file, errors, warnings }) => ({ file, errors, warnings }));
  const errors = files.reduce((sum, each) => sum + each.errors.length, 0);
  const warnings = files.reduce((sum, each) => sum + each.warnings.length, 0);
  if (json) terminal.json({ errors, warnings, files });
  else printAll(files, errors, warnings, terminal);
  return errors > 0 ? 1 : 0;
}

function printAll(
  files: readonly Problems[],
  errors: number,
  warnings: number,
  terminal: Terminal,
): void {
  for (const file of files) printProblems(file, terminal);
  if (errors + warnings > 0) terminal.line();
  const total = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  const colour = errors > 0 ? 'red' : warnings > 0 ? 'yellow' : 'green';
  terminal.line(`${terminal.paint(colour, total)} in ${counted(files.length, 'file')}`);
}
