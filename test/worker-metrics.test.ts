import { type AddressInfo, createServer } from 'node:net';
import { newId } from '../src/ids';
import { createJobs } from '../src/temporal/jobs';
import { eventually } from './support/eventually';
import { startProgram } from './support/program';
import { programFixture } from './support/program-fixture';
import { TEMPORAL_METRICS } from './support/temporal-metrics';

const stack = programFixture();

/** A port that nobody has: Temporal's exporter cannot choose one by itself and tell. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const asked = async (port: number): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

test("a worker tells Prometheus of itself, and of Temporal's own workers in it", async () => {
  const temporalPort = await freePort();
  const worker = startProgram('src/worker.ts', {
    ...stack.environment(),
    SMTP_URL: 'smtp://127.0.0.1:1',
    THROUGHLINE_HOST: '127.0.0.1',
    THROUGHLINE_METRICS_PORT: '0',
    THROUGHLINE_TEMPORAL_METRICS_PORT: String(temporalPort),
  });
  const { port } = await worker.logged('worker.metrics');
  await worker.logged('worker.ready');
  // Some of the SDK's metrics begin with the first workflow.
  await createJobs(stack.temporal.client).ring({
    workspaceId: stack.database.workspaceId,
    jobId: newId(),
  });
  const ours = await eventually('a chore was done', async () => {
    const text = await asked(Number(port));
    return text.includes('throughline_upkeep_runs_total{chore="settle_calls"') ? text : null;
  });
  expect(ours).toContain('process_cpu_seconds_total');
  const missing = await eventually('the SDK has its metrics', async () => {
    const text = await asked(temporalPort);
    return TEMPORAL_METRICS.every((name) => text.includes(`\n${name}{`));
  });
  expect(missing).toBe(true);
  expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
});
