/** How Temporal's SDK runs in a worker's process: its log lines go where ours go, and Prometheus may ask it. */
import type { Logger as SdkLogger, LogLevel, LogMetadata } from '@temporalio/common';
import type { RuntimeOptions } from '@temporalio/worker';
import type { Config } from '../config';
import type { Logger } from '../log';

/** What is told of a line's circumstances: ids and names of code. Whatever else the SDK attaches may be anything. */
const TOLD = [
  'sdkComponent',
  'namespace',
  'taskQueue',
  'workflowType',
  'workflowId',
  'runId',
  'activityType',
  'activityId',
  'attempt',
  'isLocal',
] as const;

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/** Lines of the SDK and of its native core, as lines of ours. */
export function sdkLogger(log: Logger): SdkLogger {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    const told = Object.fromEntries(TOLD.map((name) => [name, meta[name] as unknown]));
    const error: unknown = meta['error'];
    log[LEVELS[level]](
      { event: 'temporal.sdk', ...told, ...(error ? { err: error } : {}) },
      message,
    );
  };
  const at = (level: LogLevel) => (message: string, meta?: LogMetadata) =>
    write(level, message, meta);
  return {
    log: write,
    ...{ trace: at('TRACE'), debug: at('DEBUG'), info: at('INFO') },
    ...{ warn: at('WARN'), error: at('ERROR') },
  };
}

/** The options of `Runtime.install`. Signals are the caller's. */
export function sdkRuntime(
  { host = '0.0.0.0', temporalMetricsPort: port }: Pick<Config, 'host' | 'temporalMetricsPort'>,
  log: Logger,
): RuntimeOptions {
  const bindAddress = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const metrics = { prometheus: { bindAddress, unitSuffix: true, useSecondsForDurations: true } };
  return {
    shutdownSignals: [],
    logger: sdkLogger(log),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(port === undefined ? {} : { metrics }),
    },
  };
}
