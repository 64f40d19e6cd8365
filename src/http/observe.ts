/** Counts requests, and says of each what it was and how it ended, without anything of its content. */
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { RequestHandler, Response } from 'express';
import type { KeyIdentity } from '../db/api-keys';
import type { Logger } from '../log';
import { httpRequests, httpSeconds } from '../metrics';
import { requestIdOf } from './request-id';

const TRACER = 'throughline';
const TEMPLATE = 'template';
/** The address of a request that no route took: whatever somebody types must not become a label. */
const NO_ROUTE = 'none';
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Comes before everything else. */
export function observed(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    // Nothing happens here unless the process is traced (src/tracing.ts).
    const caller = propagation.extract(context.active(), request.headers);
    const span = trace
      .getTracer(TRACER)
      .startSpan(request.method, { kind: SpanKind.SERVER }, caller);
    response.once('close', () => {
      const route = String(response.locals[TEMPLATE] ?? NO_ROUTE);
      const method = METHODS.has(request.method) ? request.method : 'other';
      const durationMs = performance.now() - startedAt;
      // Whoever goes away unanswered has no status; proxies write 499 for it.
      const status = response.writableFinished ? response.statusCode : 499;
      httpRequests.inc({ method, route, status: String(status) });
      httpSeconds.observe({ method, route }, durationMs / 1_000);
      log.debug(
        {
          event: 'api.request',
          method,
          route,
          status,
          durationMs: Math.round(durationMs),
          ...whose(response),
        },
        'A request was answered.',
      );
      finish(span, { method, route, status, requestId: requestIdOf(response) });
    });
    context.with(trace.setSpan(caller, span), next);
  };
}

interface Answered {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly requestId: string;
}

function finish(span: Span, { method, route, status, requestId }: Answered): void {
  span.updateName(`${method} ${route}`);
  span.setAttributes({
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    'throughline.request_id': requestId,
  });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Says by which template a request was taken; the first handler of every route. */
export function taken(template: string): RequestHandler {
  return (_request, response, next) => {
    response.locals[TEMPLATE] = template;
    next();
  };
}

/** `made` is the address of what came to be: by its id the other logs go on. */
function whose(response: Response): Record<string, unknown> {
  const key = response.locals['key'] as KeyIdentity | undefined;
  return {
    requestId: requestIdOf(response),
    workspaceId: key?.workspaceId,
    keyId: key?.keyId,
    made: response.get('Location'),
  };
}
