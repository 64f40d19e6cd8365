/**
 * The worker under test, as a process of its own: the product's two workers as they are, and beside
 * them one for the workflows written by hand. That one has a bundle of its own, since somebody who
 * writes by hand ships no interpreter, and reads no graphs; the activities are the same.
 */
process.env['TZ'] ??= 'UTC';

import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createFactActivities } from '../activities/index';
import { createHttpChannel } from '../src/channels/http';
import { createSmtpChannel } from '../src/channels/smtp';
import { type Database, openDatabase } from '../src/db/client';
import { createEvaluators } from '../src/evaluate/evaluators';
import { createLogger } from '../src/log';
import { openVersions } from '../src/temporal/versions';
import { createWorkers } from '../src/worker';
import { BY_HAND_QUEUE, NAMESPACE, type Stack } from './stack';

async function main({ databaseUrl, temporalAddress, smtpUrl }: Stack): Promise<void> {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
  const log = createLogger('bench-worker');
  const db = await openDatabase({ url: databaseUrl, name: 'throughline-worker' });
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const channel = createSmtpChannel({ url: smtpUrl });
  const sender = { email: 'shop@example.com' };
  const product = await createWorkers({
    connection,
    namespace: NAMESPACE,
    db,
    channel,
    http: createHttpChannel({}),
    sender,
    log,
  });
  const byHand = await createByHand(connection, db);
  process.once('SIGTERM', () => {
    product.shutdown();
    byHand.shutdown();
  });
  // The terminal's Ctrl-C reaches every process; the parent stops this one in order.
  process.on('SIGINT', () => undefined);
  const running = Promise.all([product.run(), byHand.run()]);
  process.send?.('ready');
  await running;
  channel.close();
  await Promise.all([db.close(), connection.close()]);
  process.disconnect?.();
}

async function createByHand(connection: NativeConnection, db: Database): Promise<Worker> {
  const { loadGraph } = openVersions(db);
  return Worker.create({
    connection,
    namespace: NAMESPACE,
    taskQueue: BY_HAND_QUEUE,
    workflowsPath: require.resolve('./hand-written'),
    activities: { ...createFactActivities({ db, evaluators: createEvaluators(), loadGraph }) },
    enableNonLocalActivities: false,
    stickyQueueScheduleToStartTimeout: '5s',
  });
}

main(JSON.parse(process.argv[2] ?? '{}') as Stack).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
