/** Calls to the API that are made again, at the one process or the other, until one answers. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export type Rest = (
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  key: string,
  body?: unknown,
) => Promise<Answered>;

/** Long: whoever gives up early and asks again makes a busy machine busier. */
const ANSWER_MS = 20_000;
const PATIENCE_MS = 300_000;

/** `again` counts the calls that had to be repeated. */
export function createRest(addresses: readonly string[], count: { again: number }): Rest {
  let turn = 0;
  return async (method, path, key, body) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
    };
    const until = Date.now() + PATIENCE_MS;
    for (let attempt = 1; ; attempt += 1) {
      turn += 1;
      const address = addresses[turn % addresses.length] ?? '';
      const answer = await once(`${address}/api/v1${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (answer !== null) return answer;
      if (Date.now() > until)
        throw new Error(`${method} ${path} was not answered for ${PATIENCE_MS / 1_000} s.`);
      count.again += 1;
      await sleep(Math.min(1_000, 50 * attempt));
    }
  };
}

/** Null when it is to be tried again. */
async function once(url: string, init: RequestInit): Promise<Answered | null> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
    const body = (await response.json()) as Record<string, unknown>;
    if (response.status >= 500 || response.status === 429) return null;
    return body['code'] === 'request.in_progress' ? null : { status: response.status, body };
  } catch {
    return null;
  }
}
