import { createApiKey } from '../src/db/api-keys';
import { newId } from '../src/ids';
import { ThroughlineClient } from '../src/client/index';
import { createJobs } from '../src/temporal/jobs';
import { waiting } from './http/api';
import { type Collector, startCollector } from './support/collector';
import { eventually } from './support/eventually';
import { startProgram } from './support/program';
import { programFixture } from './support/program-fixture';

const stack = programFixture();
let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector?.close());

const spanOf = (name: string) =>
  eventually(`there is a span ${name}`, async () =>
    collector.spans.find((span) => span.name === name),
  );

test('a request is traced as part of what its caller does, down to the call of Temporal, and names nobody', async () => {
  const { db, workspaceId } = stack.database;
  const { key: apiKey } = await db.inWorkspace(workspaceId, (tx) =>
    createApiKey(tx, { name: 'test', scopes: ['admin'] }),
  );
  const api = startProgram('src/server.ts', {
    ...stack.environment(),
    PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  });
  const { port } = await api.logged('api.ready');
  const address = `http://127.0.0.1:${port}`;
  const client = await ThroughlineClient.connect({ address, apiKey });
  await client.workflows.create(waiting('traced'));
  await client.workflows.activate('traced');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const response = await fetch(`${address}/api/v1/workflows/traced/enrollments`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${apiKey}`,
      'Content-Type': 'application/json',
      'X-Request-Id': 'r-1',
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
    body: JSON.stringify({ contact: { email: 'ada@example.com' } }),
  });
  expect(response.status).toBe(202);
  await api.end('SIGTERM');
  const request = await spanOf('POST /api/v1/workflows/:id/enrollments');
  expect(request).toMatchObject({
    ...{ service: 'throughline-api', scope: 'throughline', kind: 2, traceId },
    ...{ parentSpanId: 'b7ad6b7169203331', status: { code: 0 } },
    attributes: { 'http.response.status_code': '202', 'throughline.request_id': 'r-1' },
  });
  expect(BigInt(request.endTimeUnixNano) > BigInt(request.startTimeUnixNano)).toBe(true);
  const start = collector.spans.find(
    ({ name, parentSpanId }) =>
      name.startsWith('StartWorkflow:enrollment') && parentSpanId === request.spanId,
  );
  expect(start).toMatchObject({ traceId });
  expect(collector.bodies.join('')).not.toContain('ada@example.com');
});

test('attempts of activities are traced, with the id of their workflow', async () => {
  const worker = startProgram('src/worker.ts', {
    ...stack.environment(),
    SMTP_URL: 'smtp://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  });
  await worker.logged('worker.ready');
  const job = { workspaceId: stack.database.workspaceId, jobId: newId() };
  await createJobs(stack.temporal.client).ring(job);
  const workflowId = `job/${job.workspaceId}/${job.jobId}`;
  const span = await spanOf('RunActivity:orderBatch');
  expect(span).toMatchObject({
    service: 'throughline-worker',
    attributes: { temporalWorkflowId: workflowId },
  });
  expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
});
