/**
 * One call to the API, tried again until it is answered.
 *
 * 1. Whatever writes carries an Idempotency-Key that is made once per call, so trying again after a lost
 *    answer has no second effect, and is not refused for what the first try has changed.
 * 2. Only what may pass by itself is tried again: no connection, 429, 503, and a first try still running.
 * 3. The deadline of the call covers all its tries. Where the API asks to be left alone for longer, the call fails at
 *    once, instead of coming too early or too late.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorOf, ThroughlineError } from './error';

export interface TransportOptions {
  /** Where the API listens: `http://127.0.0.1:8080`. */
  readonly address: string;
  readonly apiKey: string;
  /** Milliseconds that one call may take with all its tries; 30,000 unless told. */
  readonly timeoutMs?: number | undefined;
  /** Tries of one call; 6 unless told. */
  readonly maxAttempts?: number | undefined;
}

export interface CallRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  /** Sent as JSON; a text as YAML. */
  readonly body?: unknown;
  /** The answer as it came, where it is no JSON. */
  readonly isText?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number | undefined;
}

export type Transport = <T>(request: CallRequest) => Promise<T>;

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** A transport to one API with one key. Throws a TypeError for an address that is none. */
export function createTransport(options: TransportOptions): Transport {
  const base = new URL(`${options.address.replace(/\/+$/, '')}/api/v1`).href;
  const { maxAttempts = DEFAULT_ATTEMPTS } = options;
  return async <T>(request: CallRequest): Promise<T> => {
    const timeoutMs = request.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const signal = AbortSignal.timeout(timeoutMs);
    const endsAt = performance.now() + timeoutMs;
    const prepared = prepare(base, options.apiKey, request);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await once(prepared, signal);
      if ('value' in outcome) return outcome.value as T;
      const tooLong = performance.now() + outcome.waitMs >= endsAt;
      if (!outcome.mayPass || tooLong || attempt >= maxAttempts) throw outcome.error;
      await pause(Math.max(outcome.waitMs, backoff(attempt)), signal, outcome.error);
    }
  };
}

interface Prepared {
  readonly url: string;
  readonly isText: boolean;
  readonly init: RequestInit;
}

function prepare(
  base: string,
  apiKey: string,
  { method, path, query = {}, body, headers, isText = false }: CallRequest,
): Prepared {
  const url = new URL(base + path);
  const hasBody = method !== 'GET' && method !== 'DELETE';
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const isYaml = typeof body === 'string';
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  return {
    url: url.href,
    isText,
    init: {
      method,
      headers: {
        Authorization: `Bearer ${apiKey}`,
        Accept: isText ? '*/*' : 'application/json',
        ...(hasBody ? { 'Content-Type': `application/${isYaml ? 'yaml' : 'json'}` } : {}),
        ...(method === 'GET' ? {} : { 'Idempotency-Key': randomUUID() }),
        ...headers,
      },
      ...(hasBody ? { body: text } : {}),
    },
  };
}

type Outcome =
  | { readonly value: unknown }
  | { readonly error: ThroughlineError; readonly mayPass: boolean; readonly waitMs: number };

async function once({ url, init, isText }: Prepared, signal: AbortSignal): Promise<Outcome> {
  try {
    const response = await fetch(url, { ...init, signal });
    const text = await response.text();
    if (response.ok) return isText ? { value: text } : parsed(response.status, text);
    const error = errorOf(response.status, text);
    const mayPass =
      response.status === 429 || response.status === 503 || error.code === 'request.in_progress';
    return { error, mayPass, waitMs: retryAfterMs(response.headers.get('Retry-After')) };
  } catch (cause) {
    if (signal.aborted) return { error: timedOut(cause), mayPass: false, waitMs: 0 };
    const message = `No answer from ${new URL(url).origin}. Is the API running there?`;
    return {
      error: new ThroughlineError({ code: 'client.unreachable', message, cause }),
      mayPass: true,
      waitMs: 0,
    };
  }
}

function parsed(status: number, text: string): Outcome {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { error: errorOf(status, text), mayPass: false, waitMs: 0 };
  }
}

/** Waits, unless the call's time ends first: then the last error is told, not the timeout. */
async function pause(
  milliseconds: number,
  signal: AbortSignal,
  error: ThroughlineError,
): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    throw error;
  }
}

/** Full jitter: callers that failed together do not come back together. */
function backoff(attempt: number): number {
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}

/** What a Retry-After asks for, in seconds or as a date; 0 for anything else. */
function retryAfterMs(header: string | null): number {
  if (header === null) return 0;
  const wait = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

function timedOut(cause: unknown): ThroughlineError {
  return new ThroughlineError({
    code: 'client.timeout',
    message: 'The call took longer than its timeout.',
    cause,
  });
}
