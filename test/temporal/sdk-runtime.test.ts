import type { Logger } from '../../src/log';
import { sdkLogger, sdkRuntime } from '../../src/temporal/sdk-runtime';

type Line = [level: string, fields: object, message: string];

function recording(): { log: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push([level, fields, message]);
  const levels = ['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, at(level)]);
  return { log: Object.fromEntries(levels) as unknown as Logger, lines };
}

test('a line of the SDK is one of ours, with ids and without what else it attaches', () => {
  const { log, lines } = recording();
  const error = new Error('x');
  const ids = { workflowId: 'journey/1', runId: 'r', taskQueue: 'journeys', attempt: 2 };
  sdkLogger(log).warn('Workflow task failed', { ...ids, error, args: ['ada@example.com'] });
  sdkLogger(log).log('INFO', 'Worker state changed');
  expect(lines).toEqual([
    ['warn', { event: 'temporal.sdk', ...ids, err: error }, 'Workflow task failed'],
    ['info', { event: 'temporal.sdk' }, 'Worker state changed'],
  ]);
});

test('metrics of the SDK are offered on request, at the address that is listened on', () => {
  const { log } = recording();
  expect(sdkRuntime({}, log).telemetryOptions?.metrics).toBeUndefined();
  const offered = (host: string) => sdkRuntime({ host, temporalMetricsPort: 9465 }, log);
  const at = (bindAddress: string) => ({
    telemetryOptions: { metrics: { prometheus: { bindAddress } } },
  });
  expect(offered('127.0.0.1')).toMatchObject(at('127.0.0.1:9465'));
  expect(offered('::')).toMatchObject(at('[::]:9465'));
});
