/** Why a call over HTTP did not end well, and what that means for making it again. */
import type { HttpAnswer } from './http-call';

/**
 * - `blocked`: it may not be made at all; nothing was sent;
 * - `refused_permanent`: the receiver said no, and would say so again;
 * - `refused_retryable`: it certainly was not taken, and may be on another try;
 * - `ambiguous`: it may have been taken.
 */
export type HttpErrorKind = 'blocked' | 'refused_permanent' | 'refused_retryable' | 'ambiguous';

/** `http.retry_later` is an answer that asks for it: 408, 409, 423, 425, 429. */
export type HttpErrorCode =
  | 'http.invalid_url'
  | 'http.blocked_address'
  | 'http.header_refused'
  | 'http.unresolved'
  | 'http.refused'
  | 'http.tls_failed'
  | 'http.timeout'
  | 'http.interrupted'
  | 'http.unreadable'
  | 'http.too_large'
  | 'http.retry_later'
  | 'http.status_3xx'
  | 'http.status_4xx'
  | 'http.status_5xx';

/** What may be known beyond the code. */
interface HttpErrorMore {
  /** The answer, where there was one. */
  readonly answer?: HttpAnswer;
  /** How long the receiver asks to be left alone. */
  readonly retryAfterMs?: number;
}

/** A call that was not certainly taken. `detail` and `answer` are the receiver's words: for PostgreSQL only. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  constructor(
    readonly kind: HttpErrorKind,
    readonly code: HttpErrorCode,
    readonly detail: string,
    readonly more: HttpErrorMore = {},
  ) {
    super(`The call was not made or not taken: ${code} (${kind}).`);
  }
}

/**
 * The meaning of what the HTTP library rejected with. `began` says whether the request may have left:
 * everything before is harmless.
 */
export function httpFailure(error: unknown, began: boolean): HttpError {
  if (error instanceof HttpError) return error;
  const { code, name, message } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const known = typeof code === 'string' ? code : String(name);
  const detail = `${known}: ${String(message)}`.slice(0, LONGEST_DETAIL);
  if (began) return new HttpError('ambiguous', afterwards(known), detail);
  return new HttpError('refused_retryable', beforehand(known), detail);
}

const LONGEST_DETAIL = 500;
/** Without a code where the parser has none for what it read. */
const UNREADABLE = /^(HPE_|HTTPParserError|UND_ERR_HEADERS_OVERFLOW)/;

function afterwards(name: string): HttpErrorCode {
  if (name.includes('TIMEOUT')) return 'http.timeout';
  return UNREADABLE.test(name) ? 'http.unreadable' : 'http.interrupted';
}

const UNRESOLVED = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'];
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|EPROTO|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/;

function beforehand(name: string): HttpErrorCode {
  if (UNRESOLVED.includes(name)) return 'http.unresolved';
  if (name.includes('TIMEOUT') || name === 'ETIMEDOUT') return 'http.timeout';
  return TLS.test(name) ? 'http.tls_failed' : 'http.refused';
}

const LATER = [408, 409, 423, 425, 429];

/** The meaning of an answer, or null for a 2xx. */
export function statusFailure(answer: HttpAnswer): HttpError | null {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return null;
  const retryAfterMs = retryAfter(headers['retry-after']);
  const more = { answer, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  const detail = `The receiver answered ${status}.`;
  if (LATER.includes(status))
    return new HttpError('refused_retryable', 'http.retry_later', detail, more);
  if (status >= 500) {
    // Only 503 says that nothing was done: any other 5xx may have failed behind the effect.
    const kind = status === 503 ? 'refused_retryable' : 'ambiguous';
    return new HttpError(kind, 'http.status_5xx', detail, more);
  }
  const code = status >= 400 ? 'http.status_4xx' : 'http.status_3xx';
  return new HttpError('refused_permanent', code, detail, more);
}

/** Seconds, or a date. Anything else is no hint. */
function retryAfter(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
