/** The one place where an error becomes an answer: RFC 9457 problem+json. */
import type { ErrorRequestHandler, Response } from 'express';
import { DatabaseError } from '../db/failure';
import { AppError, ERRORS, fail } from '../errors';
import type { Logger } from '../log';
import { requestIdOf } from './request-id';

const PROBLEM_JSON = 'application/problem+json';
/** Codes after which trying again makes sense, and after how many seconds. */
const RETRY_AFTER: Readonly<Record<string, string>> = {
  'service.unavailable': '1',
  'request.in_progress': '1',
  'request.rate_limited': '1',
  'auth.rate_limited': '1',
};

/** The members of a problem, but for the request's id. */
export function problemBody(error: AppError): Record<string, unknown> {
  return {
    type: `urn:throughline:problem:${error.code}`,
    title: ERRORS[error.code].title,
    status: error.status,
    detail: error.detail,
    code: error.code,
    ...(error.issues ? { issues: error.issues } : {}),
    ...error.extra,
  };
}

export function sendProblem(response: Response, error: AppError): void {
  const retryAfter = RETRY_AFTER[error.code];
  if (retryAfter !== undefined) response.set('Retry-After', retryAfter);
  if (error.status === 401) response.set('WWW-Authenticate', 'Bearer realm="throughline"');
  const body = { ...problemBody(error), requestId: requestIdOf(response) };
  response.status(error.status).type(PROBLEM_JSON).send(JSON.stringify(body));
}

/** Answers whatever was thrown; what nobody expected is logged, and its text is kept from the caller. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = expected(thrown);
    if (error.status >= 500) {
      log.error(
        { err: thrown, requestId: requestIdOf(response), method: request.method, code: error.code },
        'request failed',
      );
    }
    // The answer has begun: express can only cut the connection.
    if (response.headersSent) return next(thrown);
    sendProblem(response, error);
  };
}

function expected(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof DatabaseError) return databaseProblem(thrown);
  return (
    fromHttpError(thrown) ??
    fail('internal.error', 'An unexpected error; it is logged under this requestId.')
  );
}

/** Lost or refused connections, server shutting down, too many connections, deadlocks. */
const TRANSIENT = /^(08|40|53|57P|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|CONNECT|CONNECTION)/;

function databaseProblem(error: DatabaseError): AppError {
  return TRANSIENT.test(error.code)
    ? fail(
        'service.unavailable',
        'The database did not answer. Nothing was stored; send the request again.',
      )
    : fail('internal.error', 'An unexpected error; it is logged under this requestId.');
}

/** What errors of express and its body parser carry. */
interface HttpError {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly limit?: unknown;
}

/** Content codings that the body parser undoes. */
const ENCODINGS = ['identity', 'gzip', 'deflate', 'br'];

/** Errors of the caller's making are told; null for any other. */
function fromHttpError(thrown: unknown): AppError | null {
  const { type, status, limit } = (thrown ?? {}) as HttpError;
  switch (type) {
    case 'entity.too.large':
      return fail(
        'request.too_large',
        `The body may have ${String(limit)} bytes at most. Send less at once.`,
        { limit },
      );
    case 'encoding.unsupported':
      return fail(
        'request.unsupported_media_type',
        'Send the body plain or compressed with gzip, deflate or br.',
        { accepts: ENCODINGS },
      );
  }
  const isCallers = typeof status === 'number' && status >= 400 && status < 500;
  return isCallers
    ? fail(
        'request.unparsable',
        'The request cannot be read: its address, headers or body are malformed.',
      )
    : null;
}
