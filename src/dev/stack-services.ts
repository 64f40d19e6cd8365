import { join, resolve } from 'node:path';
import type { Config } from '../config';
import type { RunFile } from './demo-context';
import { devLinkKey } from './dev-database';
import { isPortFree, portNear, withPort } from './ports';
import type { PublishedRun } from './run-file';
import { type Service, startService } from './service';
import type { StackContext } from './stack-context';

const ROOT = resolve(__dirname, '../..');
const LOOPBACK = '127.0.0.1';

type ServiceName = 'api' | 'worker';

/** Starts worker and API beside each other and publishes `run.json` when both are ready. */
export async function startServices(
  context: StackContext,
  runFile: PublishedRun,
  given: Omit<RunFile, 'api' | 'pids'>,
): Promise<RunFile> {
  const run: RunFile = { api: '', ...given, pids: { api: null, worker: null } };
  const { port, portGiven, host = LOOPBACK } = context.config;
  const isFixed = portGiven && port !== 0;
  const wanted = isFixed ? port : await portNear(port);
  const addressAt = (chosen: number) => `http://${reachable(host)}:${chosen}`;
  // The worker writes it into mails.
  run.api = addressAt(wanted);
  const startApi = (chosen: number) => {
    run.api = addressAt(chosen);
    const listening = { PORT: String(chosen), THROUGHLINE_HOST: host };
    return startOne(context, runFile, run, 'api', listening);
  };
  const starting = [
    startOne(context, runFile, run, 'worker', { PORT: '0' }),
    isFixed ? startApi(port) : withPort(wanted, startApi),
  ] as const;
  // Both are waited for, so that the failure of one does not leave the other behind half-started.
  const [worker, api] = await Promise.allSettled(starting);
  if (worker.status === 'fulfilled') await context.own('worker', () => worker.value.stop());
  // Last on the list and first to stop: nothing new is accepted while the worker finishes.
  if (api.status === 'fulfilled') await context.own('API', () => api.value.stop());
  await Promise.all(starting);
  runFile.publish(run);
  return run;
}

/** A port that was asked for is not exchanged for another: rejects when somebody listens on it. */
export async function requireGivenPort({ port, portGiven }: Config): Promise<void> {
  if (!portGiven || port === 0 || (await isPortFree(port))) return;
  throw new Error(
    `PORT=${port} is taken by another program. Give another port, or PORT=0 for any free one.`,
  );
}

/** How this machine reaches a server that listens on that address. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK;
  return host.includes(':') ? `[${host}]` : host;
}

async function startOne(
  { config, lock, progress }: StackContext,
  runFile: PublishedRun,
  run: RunFile,
  name: ServiceName,
  extra: Record<string, string>,
): Promise<Service> {
  const title = name === 'api' ? 'API' : 'worker';
  const step = progress.step(name === 'api' ? 'API: starting' : 'Worker: starting');
  const note = (pid: number | null) => {
    run.pids[name] = pid;
    runFile.update();
  };
  return startService({
    name: title,
    entry: join(ROOT, 'src', name === 'api' ? 'server.ts' : 'worker.ts'),
    root: ROOT,
    env: { ...serviceEnvironment(config, run), ...extra },
    logFile: join(config.home, 'logs', `${name}.log`),
    isReady: (logged) =>
      name === 'api' ? answers(`${run.api}/readyz`) : logged().includes('"event":"worker.ready"'),
    onStart: (pid) => {
      lock.remember(name, pid);
      note(pid);
    },
    onEnd: (pid) => {
      lock.forget(pid);
      if (run.pids[name] === pid) note(null);
    },
    line: progress.line,
  }).finally(() => step.done());
}

function serviceEnvironment(config: Config, run: RunFile): Record<string, string> {
  const inbox = run.inbox ? { THROUGHLINE_INBOX_URL: run.inbox } : {};
  const temporalUi = run.temporalUi ?? config.temporalUiUrl;
  // Another mail server's inbox would answer 404 for mail that it accepted, and the mail would go out twice.
  const ownInbox = config.smtpUrl === undefined ? run.inbox : null;
  const lookup = config.mailLookupUrl ?? (ownInbox ? `${ownInbox}/dev/messages` : undefined);
  return {
    THROUGHLINE_HOME: config.home,
    THROUGHLINE_API_KEY: run.apiKey,
    THROUGHLINE_PUBLIC_URL: config.publicUrl ?? run.api,
    THROUGHLINE_LINK_KEYS: linkKeys(config),
    DATABASE_URL: run.databaseUrl,
    TEMPORAL_ADDRESS: run.temporalAddress,
    TEMPORAL_NAMESPACE: run.temporalNamespace,
    SMTP_URL: run.smtpUrl,
    ...inbox,
    ...(temporalUi ? { THROUGHLINE_TEMPORAL_UI_URL: temporalUi } : {}),
    ...(lookup ? { THROUGHLINE_MAIL_LOOKUP_URL: lookup } : {}),
    // The worker says that it is ready on the level "info"; the logs lie in files and disturb nobody.
    LOG_LEVEL: ['trace', 'debug'].includes(config.logLevel) ? config.logLevel : 'info',
  };
}

const linkKeys = ({ linkKeys: given, home }: Config): string =>
  given.length === 0
    ? devLinkKey(home)
    : given.map(({ id, secret }) => `${id}:${secret}`).join(',');

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
