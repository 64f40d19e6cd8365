/** Everything of one run: servers, a provider that takes all, an API and workers as processes, in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { freePort } from '../../src/dev/ports';
import { migrate } from '../../src/db/migrate';
import type { Measured } from '../../bench/cpu';
import { build, type Built } from '../chaos/build';
import { apiReady, Child } from '../chaos/child';
import { watchWrites } from '../chaos/observed';
import { type Provider, startProvider } from '../chaos/provider';
import { randomOf } from '../chaos/random';
import { postgresIn, type Server, temporalIn } from '../chaos/servers';
import { Started } from '../chaos/started';
import { type Plan, WORKERS } from './plan';

export interface Stack {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly temporalPort: number;
  readonly provider: Provider;
  /** Where calls of journeys go. */
  readonly httpUrl: string;
  readonly apiAddress: string;
  readonly children: readonly Child[];
  /** Of each worker: where the SDK's own metrics are. */
  readonly metricsUrls: readonly string[];
  /** As superuser. */
  readonly sql: postgres.Sql;
  /** The processes as they run now, by their names. */
  processes(): Record<string, Measured>;
  stop(): Promise<void>;
}

/** Starts everything but the journeys; nothing is left running when it fails. */
export async function startStack(plan: Plan): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-load-'));
  const started = new Started();
  try {
    if (!plan.keeps) started.with(() => rm(folder, { recursive: true, force: true }));
    return await startAll(folder, plan, started);
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function startAll(folder: string, plan: Plan, started: Started): Promise<Stack> {
  const [database, temporal, provider, built] = await Promise.all([
    started.own(postgresIn(folder)),
    started.own(temporalIn(folder)),
    started.own(startProvider(randomOf(plan.seed, 'provider'))),
    started.own(build('load')),
  ]);
  await migrate({ url: database.url });
  const sql = postgres(database.url, { max: 4, onnotice: () => undefined });
  started.with(() => sql.end({ timeout: 2 }));
  await watchWrites(sql);
  const environment = environmentOf(plan, { database, temporal, provider });
  const programs = await startPrograms(folder, built, environment, plan);
  started.with(() => Promise.all(programs.children.map((each) => each.stop())));
  await apiReady(programs.apiAddress);
  return {
    ...{ folder, databaseUrl: database.url, temporalPort: temporal.port, provider, sql },
    ...programs,
    httpUrl: `http://127.0.0.1:${provider.httpPort}`,
    processes: () => ({
      ...Object.fromEntries(programs.children.map(({ name, pid }) => [name, { pid }])),
      temporal: { pid: temporal.pid() },
      postgres: { pid: database.pid(), forks: true },
    }),
    stop: () => started.stop(),
  };
}

type Environment = Readonly<Record<string, string>>;

/** The API first, then the workers. */
async function startPrograms(
  folder: string,
  built: Built,
  environment: Environment,
  { heapMb }: Plan,
): Promise<Pick<Stack, 'children' | 'apiAddress' | 'metricsUrls'>> {
  const start = (name: string, source: string, env: Environment) =>
    new Child({
      ...{ name, program: built.program(source), logFile: join(folder, `${name}.log`) },
      env: { ...environment, ...env },
    });
  const port = await freePort();
  const metricsPorts = await Promise.all(Array.from({ length: WORKERS }, () => freePort()));
  const api = start('api-0', 'src/server.ts', { PORT: String(port) });
  const workers = metricsPorts.map((metricsPort, index) =>
    start(`worker-${index}`, 'src/worker.ts', {
      THROUGHLINE_TEMPORAL_METRICS_PORT: String(metricsPort),
      // The SDK sizes its cache by this: a small one evicts people all the time, who are rebuilt when they move.
      NODE_OPTIONS: `--max-old-space-size=${heapMb}`,
    }),
  );
  return {
    children: [api, ...workers],
    apiAddress: `http://127.0.0.1:${port}`,
    metricsUrls: metricsPorts.map((metricsPort) => `http://127.0.0.1:${metricsPort}/metrics`),
  };
}

interface Servers {
  readonly database: { readonly url: string };
  readonly temporal: Server;
  readonly provider: Provider;
}

function environmentOf(plan: Plan, { database, temporal, provider }: Servers): Environment {
  return {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}`,
    SMTP_URL: `smtp://127.0.0.1:${provider.mailPort}`,
    THROUGHLINE_MAIL_LOOKUP_URL: `http://127.0.0.1:${provider.httpPort}/messages`,
    THROUGHLINE_HTTP_ALLOW: '127.0.0.1',
    THROUGHLINE_HISTORY_LIMIT: String(plan.historyLimit),
    THROUGHLINE_HOST: '127.0.0.1',
  };
}
