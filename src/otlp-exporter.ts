/** Sends spans to a collector by OTLP over HTTP, in its JSON form, which needs no generated code. */
import type { Attributes, AttributeValue, HrTime } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

const TIMEOUT_MS = 10_000;

/** An exporter to `<endpoint>/v1/traces`. Spans that do not arrive are lost: tracing delays and fails nothing. */
export function otlpExporter(endpoint: string): SpanExporter {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const underWay = new Set<Promise<void>>();
  const post = async (spans: readonly ReadableSpan[]): Promise<ExportResult> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(tracesData(spans)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return { code: response.ok ? ExportResultCode.SUCCESS : ExportResultCode.FAILED };
  };
  return {
    export(spans, tell) {
      const sending: Promise<void> = post(spans)
        .catch(() => ({ code: ExportResultCode.FAILED }))
        .then(tell)
        .finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    async shutdown() {
      await Promise.all(underWay);
    },
  };
}

/** Spans as OTLP writes them, by who made them. */
export function tracesData(spans: readonly ReadableSpan[]): object {
  const [first] = spans;
  const scopes = new Map<string, ReadableSpan[]>();
  for (const span of spans) {
    const { name } = span.instrumentationLibrary;
    scopes.set(name, [...(scopes.get(name) ?? []), span]);
  }
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues(first?.resource.attributes ?? {}) },
        scopeSpans: [...scopes].map(([name, some]) => ({
          scope: { name },
          spans: some.map(spanData),
        })),
      },
    ],
  };
}

function spanData(span: ReadableSpan): object {
  const { traceId, spanId } = span.spanContext();
  const { parentSpanId, name, status } = span;
  return {
    ...{ traceId, spanId, name },
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    // OTLP counts from 1; 0 says nothing.
    kind: span.kind + 1,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.endTime),
    attributes: keyValues(span.attributes),
    status: { code: status.code },
  };
}

const nanoseconds = ([seconds, nanos]: HrTime): string =>
  String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: AttributeValue): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { stringValue: String(value) };
}
