/**
 * What may leave an activity as a failure, since Temporal keeps it in the history and shows it.
 *
 * Invariant: a message that leaves was written here, from a code and a detail without personal data.
 * Whatever else an activity throws (a template's error quotes the template, a parser's the text, a
 * mail server's the address) is logged by its kind and place, and leaves as `internal.error`.
 */
import { ApplicationFailure } from '@temporalio/activity';
import { DatabaseError } from '../src/db/failure';
import { AppError, type ErrorCode } from '../src/errors';
import type { Logger } from '../src/log';
import { activitySeconds } from '../src/metrics';

const written = new WeakSet<object>();

/** A failure that another attempt would meet again. `detail` must be free of personal data. */
export function permanent(code: ErrorCode, detail: string): ApplicationFailure {
  return write({ type: code, message: `${code} (${detail})`, nonRetryable: true });
}

/** A failure that may pass. `detail` must be free of personal data; `delayMs` replaces the back-off. */
export function retryable(code: ErrorCode, detail: string, delayMs?: number): ApplicationFailure {
  return write({
    type: code,
    message: `${code} (${detail})`,
    ...(delayMs === undefined ? {} : { nextRetryDelay: Math.ceil(delayMs) }),
  });
}

type FailureOptions = Parameters<typeof ApplicationFailure.create>[0];

function write(options: FailureOptions): ApplicationFailure {
  const failure = ApplicationFailure.create(options);
  written.add(failure);
  return failure;
}

/** The activity, measured, of whose failures nothing but codes leaves. Unexpected ones are tried again. */
export function guarded<I, O>(
  name: string,
  activity: (input: I) => Promise<O>,
  log?: Logger,
): (input: I) => Promise<O> {
  return async (input) => {
    const took = activitySeconds.startTimer({ activity: name });
    try {
      const output = await activity(input);
      took({ outcome: 'done' });
      return output;
    } catch (error) {
      took({ outcome: 'failed' });
      throw speakable(error, { activity: name, ...idsOf(input) }, log);
    }
  };
}

/** Whom an attempt was about, as far as its input says; no other part of it belongs into a log. */
function idsOf(input: unknown): object {
  const { workspaceId, enrollmentId, jobId, node, visit } = (input ?? {}) as {
    [id: string]: unknown;
  };
  return { workspaceId, enrollmentId, jobId, node, visit };
}

function speakable(error: unknown, about: object, log: Logger | undefined): ApplicationFailure {
  if (error instanceof ApplicationFailure && written.has(error)) return error;
  if (error instanceof AppError) return retryable(error.code, 'refused');
  const kind = kindOf(error);
  log?.error(
    { event: 'activity.failed', ...about, error: kind, frames: framesOf(error) },
    'An activity failed unexpectedly; it is tried again.',
  );
  return error instanceof DatabaseError
    ? retryable('service.unavailable', kind)
    : retryable('internal.error', kind);
}

/** A class and, where there is one, a code: both come from code, while a message may quote a person. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const kind = error.constructor.name;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? `${kind} ${code}` : kind;
}

/** Without the first lines of a stack, which repeat the message. */
function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? error.stack : undefined;
  return stack?.split('\n').filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line)) ?? [];
}
