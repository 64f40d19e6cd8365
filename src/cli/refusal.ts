/** What an API that refused, or did not answer, is told as. */
import type { ThroughlineError } from '../client/error';
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
  for (const { path, message } of error.issues)
    console.error(printable(`  ${path === '' ? '' : `${path}: `}${message}`));
  return exitCodeOf(error);
}
