/**
 * The control: the product's worker with the guards against doing things twice taken away. Every attempt of a call
 * and of a mail has an id of its own, and a mail whose fate is unknown is taken for one that never arrived. A run
 * in which this worker repeats nothing visible has not tested those guards.
 */
process.env['TZ'] ??= 'UTC';

import { randomUUID } from 'node:crypto';
import { NativeConnection, Runtime } from '@temporalio/worker';
import type { EmailChannel } from '../../src/channels/email';
import { createHttpChannel, type HttpChannel } from '../../src/channels/http';
import { createSmtpChannel } from '../../src/channels/smtp';
import { loadConfig } from '../../src/config';
import { openMigratedDatabase } from '../../src/db/migrated';
import { createLogger } from '../../src/log';
import { connectionOptions } from '../../src/temporal/connect';
import { createWorkers } from '../../src/worker';

const IDS = ['webhook-id', 'idempotency-key'];

function forgetful(http: HttpChannel): HttpChannel {
  return {
    ...http,
    request: ({ headers, ...call }) => {
      const fresh = Object.entries(headers).map(([name, value]) => [
        name,
        IDS.includes(name.toLowerCase()) ? randomUUID() : value,
      ]);
      return http.request({
        ...call,
        headers: Object.fromEntries(fresh) as Record<string, string>,
      });
    },
  };
}

function careless(channel: EmailChannel): EmailChannel {
  return {
    ...channel,
    send: (message, timeoutMs) =>
      channel.send({ ...message, messageId: `<${randomUUID()}@control.example>` }, timeoutMs),
    lookUp: async () => 'absent',
  };
}

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger('worker');
  Runtime.install({ shutdownSignals: [] });
  const url = config.databaseUrl ?? '';
  const db = await openMigratedDatabase({ url, name: 'throughline-worker' });
  const connection = await NativeConnection.connect(connectionOptions(config));
  const workers = await createWorkers({
    connection,
    namespace: config.temporalNamespace,
    db,
    channel: careless(createSmtpChannel({ url: config.smtpUrl ?? '' })),
    http: forgetful(createHttpChannel({ allow: config.httpAllow })),
    sender: { email: config.mailFrom },
    log,
  });
  process.once('SIGTERM', () => workers.shutdown());
  const running = workers.run();
  log.info({ event: 'worker.ready' }, 'The worker without guards takes journeys and effects.');
  await running;
  process.exit(0);
}

void main();
