import { join } from 'node:path';
import { createDevDatabase } from './dev-database';
import { type MailCatcher, startMailCatcher } from './mail-catcher';
import { withPort } from './ports';
import { startPostgres } from './postgres';
import type { StackContext } from './stack-context';
import { startTemporal } from './temporal';

/** PostgreSQL of the environment, or ours in the home folder; the URL of the project's database. */
export async function startDatabase({
  config,
  lock,
  progress,
  own,
}: StackContext): Promise<string> {
  if (config.databaseUrl) {
    progress.line('PostgreSQL: the one of DATABASE_URL');
    return config.databaseUrl;
  }
  const step = progress.step('PostgreSQL: starting');
  const server = await startPostgres({
    dataDir: join(config.home, 'postgres'),
    logFile: join(config.home, 'logs', 'postgres.log'),
    log: progress.line,
    ownGroup: true,
    onSpawn: (pid) => lock.remember('postgres', pid),
  }).finally(() => step.done());
  await own('PostgreSQL', async () => {
    await server.stop();
    lock.forget(server.pid);
  });
  return createDevDatabase(server.url);
}

/** Temporal of the environment, or a development server of ours. */
export async function startTemporalPart({ config, lock, progress, own }: StackContext) {
  const temporalNamespace = config.temporalNamespace;
  const given = config.temporalAddress;
  if (given) {
    progress.line(`Temporal: the one of TEMPORAL_ADDRESS (${given})`);
    return { temporalAddress: given, temporalNamespace, temporalUi: null };
  }
  const start = (port: number, uiPort: number) =>
    startTemporal({
      home: config.home,
      port,
      uiPort,
      namespace: temporalNamespace,
      logFile: join(config.home, 'logs', 'temporal.log'),
      progress,
      ownGroup: true,
      onSpawn: (pid) => lock.remember('temporal', pid),
    });
  const server = await withPort(preferred(config.port, 7233), (port) =>
    withPort(preferred(config.port, 8233), (uiPort) => start(port, uiPort)),
  );
  await own('Temporal', async () => {
    await server.stop();
    lock.forget(server.pid);
  });
  return { temporalAddress: server.address, temporalNamespace, temporalUi: server.uiUrl };
}

/** The mail server of the environment, or a catcher in this process, which outlives a killed worker. */
export async function startMail({ config, progress, own }: StackContext) {
  if (config.smtpUrl) {
    progress.line('Mail: the server of SMTP_URL');
    return { smtpUrl: config.smtpUrl, inbox: config.inboxUrl ?? null, catcher: null };
  }
  const file = join(config.home, 'mails.ndjson');
  const catcher: MailCatcher = await withPort(preferred(config.port, 8025), (httpPort) =>
    withPort(preferred(config.port, 1025), (port) => startMailCatcher({ port, httpPort, file })),
  );
  await own('mail catcher', () => catcher.stop());
  progress.line('Mail: caught here, nothing leaves this machine');
  return { smtpUrl: catcher.smtpUrl, inbox: catcher.inboxUrl, catcher };
}

/** Who lets the system choose the API's port (0) wants no port that somebody else may count on. */
function preferred(apiPort: number, port: number): number {
  return apiPort === 0 ? 0 : port;
}
