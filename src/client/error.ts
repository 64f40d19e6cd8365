import type { ErrorCode, Problem } from './types';

/** One thing that is wrong with what was sent. */
export interface ThroughlineIssue {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly suggestion?: string;
}

/** Codes that the client itself gives, where no answer was understood. */
export const CLIENT_ERRORS = {
  'client.unreachable': 'Nobody answered, however often it was tried',
  'client.timeout': 'The time of the call was over before an answer came',
  'client.bad_answer': 'What answered is no Throughline API',
} as const satisfies Readonly<Record<string, string>>;
export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

/** Any text, without losing the names of known codes to completion. */
type OtherCode = string & Record<never, never>;

/**
 * A call that did not succeed. `code` is stable: branch on it, not on the message.
 * `status` is null when no answer came at all, and for a single event that was rejected.
 */
export class ThroughlineError extends Error {
  override readonly name = 'ThroughlineError';
  /** One of the codes of docs/errors.md or of the client; a newer API may have others. */
  readonly code: ErrorCode | ClientErrorCode | OtherCode;
  readonly status: number | null;
  readonly issues: readonly ThroughlineIssue[];
  /** Why, for `enrollment.blocked` and `command.refused`. */
  readonly reason: string | null;
  /** All that the API answered, such as the `tests` of `workflow.tests_failed`; null where it answered none. */
  readonly problem: Problem | null;
  /** Names the request in the server's logs. */
  readonly requestId: string | null;

  constructor(problem: {
    code: string;
    message: string;
    status?: number | null;
    issues?: readonly ThroughlineIssue[];
    reason?: string | null;
    requestId?: string | null;
    problem?: Problem | null;
    cause?: unknown;
  }) {
    super(
      `${problem.code}: ${problem.message}`,
      problem.cause === undefined ? {} : { cause: problem.cause },
    );
    this.code = problem.code;
    this.status = problem.status ?? null;
    this.issues = problem.issues ?? [];
    this.reason = problem.reason ?? null;
    this.requestId = problem.requestId ?? null;
    this.problem = problem.problem ?? null;
  }
}

/** The error that a problem+json answer tells of; an answer of another kind is named as such. */
export function errorOf(status: number, text: string): ThroughlineError {
  const problem = parseObject(text);
  if (typeof problem?.code !== 'string') {
    const message = `The server answered ${status} without a problem that Throughline knows. Is the address that of a Throughline API?`;
    return new ThroughlineError({ code: 'client.bad_answer', status, message });
  }
  const { code, detail, issues, reason, requestId } = problem;
  return new ThroughlineError({
    code,
    status,
    message: typeof detail === 'string' ? detail : code,
    issues: Array.isArray(issues) ? (issues as ThroughlineIssue[]) : [],
    reason: typeof reason === 'string' ? reason : null,
    requestId: typeof requestId === 'string' ? requestId : null,
    problem: problem as unknown as Problem,
  });
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
