/**
 * OpenTelemetry traces of requests, of calls to Temporal, and of activities.
 *
 * Workflows are not traced: the interceptors for them draw span ids from the workflow's own chance, so that switching
 * them on or off would break the replay of everybody who is under way. So an activity begins a trace of its own,
 * with the id of the workflow as an attribute.
 *
 * Of failures only the fact is exported: their messages may quote anything.
 */
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client';
import { OpenTelemetryActivityInboundInterceptor } from '@temporalio/interceptors-opentelemetry/lib/worker';
import type { ClientInterceptors } from '@temporalio/client';
import type { WorkerInterceptors } from '@temporalio/worker';
import { otlpExporter } from './otlp-exporter';

export interface Tracing {
  readonly client: ClientInterceptors;
  readonly worker: WorkerInterceptors;
  /** Sends what has not been sent yet. */
  stop(): Promise<void>;
}

/** Traces this process from now on, once in its life. Sampling is set as OpenTelemetry says: `OTEL_TRACES_SAMPLER`. */
export function startTracing(endpoint: string, service: string): Tracing {
  const provider = new BasicTracerProvider({
    resource: new Resource({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor(otlpExporter(endpoint))],
  });
  provider.register({
    contextManager: new AsyncLocalStorageContextManager(),
    propagator: new W3CTraceContextPropagator(),
  });
  return {
    client: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
    worker: {
      activity: [(context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) })],
    },
    stop: () => provider.shutdown(),
  };
}
