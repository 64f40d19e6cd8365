/**
 * One request and its answer.
 *
 * 1. It settles once, at its deadline at the latest, and nothing of it leaves behind the deadline: a
 *    process that was stopped (SIGSTOP) looks at the clock at the moment the request would be written.
 * 2. A status is an answer, whatever becomes of the body behind it: `cut` says why a body is not whole.
 * 3. No more of a body is kept or waited for than asked.
 */
import type { Dispatcher } from 'undici';
import type { HttpAnswer } from './http-call';
import { HttpError, httpFailure } from './http-error';
import { decodeBody } from './http-text';

export interface ExchangeRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

type Controller = Dispatcher.DispatchController;

/** Rejects with HttpError when there is no answer. */
export function exchange(agent: Dispatcher, request: ExchangeRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const handler = new Exchange(request, resolve, reject);
    const { url, method, headers, body } = request;
    try {
      agent.dispatch(
        {
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: method as Dispatcher.HttpMethod,
          headers,
          body: body ?? null,
        },
        handler,
      );
    } catch (error) {
      handler.onResponseError(null, error instanceof Error ? error : new Error(String(error)));
    }
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #deadline: number;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #began = false;
  #over = false;
  #head: Pick<HttpAnswer, 'status' | 'headers'> | null = null;
  #controller: Controller | null = null;

  constructor(
    private readonly request: ExchangeRequest,
    private readonly resolve: (answer: HttpAnswer) => void,
    private readonly reject: (error: HttpError) => void,
  ) {
    this.#deadline = Date.now() + request.timeoutMs;
    this.#timer = setTimeout(() => this.#expire(), request.timeoutMs);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#over || Date.now() >= this.#deadline) {
      this.#expire();
      controller.abort(new Error('The deadline has passed.'));
    } else {
      this.#began = true;
    }
  }

  onResponseStart(
    _controller: Controller,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status >= 200) this.#head = { status, headers: flat(headers) };
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#over) return;
    const room = this.request.maxResponseBytes - this.#size;
    this.#chunks.push(chunk.subarray(0, Math.max(0, room)));
    this.#size += chunk.length;
    if (chunk.length <= room) return;
    this.#end('http.too_large');
    controller.abort(new Error('The answer is larger than allowed.'));
  }

  onResponseEnd(): void {
    this.#end(null);
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    if (this.#head !== null) this.#end('http.interrupted');
    else this.#fail(httpFailure(error, this.#began));
  }

  #expire(): void {
    if (this.#head !== null) this.#end('http.timeout');
    else {
      const kind = this.#began ? 'ambiguous' : 'refused_retryable';
      const detail = `There was no answer within ${this.request.timeoutMs} ms.`;
      this.#fail(new HttpError(kind, 'http.timeout', detail));
    }
    this.#controller?.abort(new Error('The deadline has passed.'));
  }

  #end(cut: HttpAnswer['cut']): void {
    if (this.#over || this.#head === null) return;
    this.#close();
    const { status, headers } = this.#head;
    const body = decodeBody(Buffer.concat(this.#chunks), headers['content-type']);
    this.resolve({ status, headers, body, cut });
  }

  #fail(error: HttpError): void {
    if (this.#over) return;
    this.#close();
    this.reject(error);
  }

  #close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
