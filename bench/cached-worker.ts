/**
 * The product's worker as a process of its own that says how much memory it holds, once what nobody needs is
 * collected. Its first message says that it is ready; every message to it is answered by a `Held`.
 */
process.env['TZ'] ??= 'UTC';

import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { createHttpChannel } from '../src/channels/http';
import { createSmtpChannel } from '../src/channels/smtp';
import { openDatabase } from '../src/db/client';
import { freePort } from '../src/dev/ports';
import { createLogger } from '../src/log';
import { sdkRuntime } from '../src/temporal/sdk-runtime';
import { createWorkers } from '../src/worker';
import { openCollector } from './figures/garbage';
import { metric } from './prometheus';
import { NAMESPACE, type Stack } from './stack';

export interface CachedWorker {
  readonly stack: Stack;
  /** Enrollments that it keeps at most. */
  readonly cached: number;
}

export interface Held {
  /** Of the whole process. */
  readonly residentBytes: number;
  /** In use in the heaps of its threads. */
  readonly heapBytes: number;
  /** Enrollments in its cache now. */
  readonly cached: number;
  /** How often it was asked about one that was not there any more. */
  readonly misses: number;
}

/** Memory that was freed is given back a little later. */
const GIVE_BACK_MS = 500;

async function main({ stack, cached }: CachedWorker): Promise<void> {
  const log = createLogger('bench-worker', 'error');
  const host = '127.0.0.1';
  const temporalMetricsPort = await freePort();
  Runtime.install(sdkRuntime({ host, temporalMetricsPort }, log));
  const db = await openDatabase({ url: stack.databaseUrl, name: 'throughline-worker' });
  const connection = await NativeConnection.connect({ address: stack.temporalAddress });
  const channel = createSmtpChannel({ url: stack.smtpUrl });
  const workers = await createWorkers({
    ...{ connection, namespace: NAMESPACE, db, channel, http: createHttpChannel({}), log },
    sender: { email: 'shop@example.com' },
    maxCachedWorkflows: cached,
  });
  process.once('SIGTERM', () => workers.shutdown());
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => process.exit(1));
  const running = workers.run();
  const collector = await openCollector();
  process.on('message', () => {
    void held(() => collector.collect(), `http://${host}:${temporalMetricsPort}/metrics`).then(
      (answer) => process.send?.(answer),
    );
  });
  process.send?.('ready');
  await running;
  channel.close();
  await Promise.all([db.close(), connection.close()]);
  process.exit(0);
}

async function held(collect: () => Promise<number>, metricsUrl: string): Promise<Held> {
  await collect();
  await sleep(GIVE_BACK_MS);
  const heapBytes = await collect();
  await sleep(GIVE_BACK_MS);
  const text = await (await fetch(metricsUrl)).text();
  return {
    residentBytes: process.memoryUsage().rss,
    heapBytes,
    cached: metric(text, 'temporal_sticky_cache_size'),
    misses: metric(text, 'temporal_sticky_cache_miss(?:_total)?'),
  };
}

main(JSON.parse(process.argv[2] ?? '{}') as CachedWorker).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
