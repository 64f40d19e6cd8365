/** What an API that refused, or did not answer, is told as. */
import type { ThroughlineError, ThroughlineIssue } from '../client/error';
import type { ExitCode } from './command';
import { printable, type Terminal } from './terminal';

/** Nothing is wrong with what was asked for: nobody was there to take it, or not from this key. */
const NOT_THERE = /^(?:client\.|auth\.|service\.)/;

/** The exit code of an error: 3 where the API could not be asked, else 1. */
export const exitCodeOf = ({ code }: ThroughlineError): ExitCode => (NOT_THERE.test(code) ? 3 : 1);

/** An error as one JSON object. */
export function refusalView({
  message,
  code,
  status,
  issues,
  reason,
  requestId,
}: ThroughlineError) {
  return { error: message, code, status, issues, reason, requestId };
}

/** Says what went wrong, with every issue, and answers the exit code. */
export function tellRefusal(error: ThroughlineError, json: boolean, terminal: Terminal): ExitCode {
  if (json) terminal.json(refusalView(error));
  console.error(printable(error.message));
  for (const line of new Set(error.issues.map((issue) => told(issue, error.message))))
    if (line !== '') console.error(printable(`  ${line}`));
  return exitCodeOf(error);
}

/** An issue that the sentence before has told already adds its line, or nothing. */
function told({ path, message, line }: ThroughlineIssue, before: string): string {
  if (!before.includes(message)) return path === '' ? message : `${path}: ${message}`;
  if (line === undefined) return '';
  return path === '' ? `line ${line}` : `${path}, line ${line}`;
}
