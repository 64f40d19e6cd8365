/** Everything of one run: servers, links, provider and processes, in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { freePort } from '../../src/dev/ports';
import { migrate } from '../../src/db/migrate';
import { build, type Built } from './build';
import { apiReady, Child } from './child';
import { LINKS, type LinkName } from './faults';
import { type Link, type LinkMaker, startLinks } from './links';
import { watchWrites } from './observed';
import { APIS, HISTORY_LIMIT, type Plan, WORKERS } from './plan';
import { type Provider, startProvider } from './provider';
import { randomOf } from './random';
import { postgresIn, type Server, temporalIn } from './servers';
import { Started } from './started';

export interface Stack {
  readonly folder: string;
  readonly postgres: Server & { readonly url: string };
  readonly temporal: Server;
  readonly links: ReadonlyMap<LinkName, Link>;
  readonly linkKind: string;
  readonly provider: Provider;
  readonly apis: readonly Child[];
  readonly apiAddresses: readonly string[];
  readonly workers: readonly Child[];
  /** As superuser, past the links. */
  readonly sql: postgres.Sql;
  /** Where calls of journeys go. */
  readonly httpUrl: string;
  /** Takes the guards off: the workers are replaced by those of the control. */
  useUnguarded(): Promise<void>;
  /** All links are whole again. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

/** Beside the product: the worker whose guards are off. */
const CONTROL = 'test/chaos/unguarded-worker.ts';

export async function startStack({ seed, keeps }: Plan): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-chaos-'));
  const started = new Started();
  try {
    if (!keeps) started.with(() => rm(folder, { recursive: true, force: true }));
    return await startAll(folder, seed, started);
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function startAll(folder: string, seed: number, started: Started): Promise<Stack> {
  const [database, temporal, provider, maker, built] = await Promise.all([
    started.own(postgresIn(folder)),
    started.own(temporalIn(folder)),
    started.own(startProvider(randomOf(seed, 'provider'))),
    started.own(startLinks()),
    started.own(build('chaos', [CONTROL])),
  ]);
  await migrate({ url: database.url });
  const sql = postgres(database.url, { max: 4, onnotice: () => undefined });
  started.with(() => sql.end({ timeout: 2 }));
  await watchWrites(sql);
  const links = await linksTo(maker, { database, temporal, provider });
  const processes = await startProcesses(folder, built, links, database.url);
  const { apis, workers } = processes;
  started.with(() => Promise.all([...apis, ...workers].map((each) => each.stop())));
  const portOf = (name: LinkName): number => links.get(name)?.port ?? 0;
  return {
    ...{ folder, postgres: database, temporal, provider, links, linkKind: maker.kind, sql },
    ...processes,
    httpUrl: `http://127.0.0.1:${portOf('worker-http')}`,
    async heal() {
      await Promise.all([...links.values()].map((link) => link.heal()));
    },
    stop: () => started.stop(),
  };
}

interface Targets {
  readonly database: Server;
  readonly temporal: Server;
  readonly provider: Provider;
}

async function linksTo(
  maker: LinkMaker,
  { database, temporal, provider }: Targets,
): Promise<Map<LinkName, Link>> {
  const ports: Record<LinkName, number> = {
    'worker-temporal': temporal.port,
    'worker-postgres': database.port,
    'worker-http': provider.httpPort,
    'worker-mail': provider.mailPort,
    'worker-lookup': provider.httpPort,
    'api-temporal': temporal.port,
    'api-postgres': database.port,
  };
  const made = new Map<LinkName, Link>();
  for (const name of LINKS) made.set(name, await maker.link(name, `127.0.0.1:${ports[name]}`));
  return made;
}

type Processes = Pick<Stack, 'apis' | 'apiAddresses' | 'workers' | 'useUnguarded'>;

async function startProcesses(
  folder: string,
  built: Built,
  links: ReadonlyMap<LinkName, Link>,
  databaseUrl: string,
): Promise<Processes> {
  const start = (name: string, source: string, env: Record<string, string>) =>
    new Child({ name, program: built.program(source), env, logFile: join(folder, `${name}.log`) });
  const environment = (side: 'api' | 'worker') => environmentOf(links, databaseUrl, side);
  const startWorkers = (source: string) =>
    Array.from({ length: WORKERS }, (_, index) =>
      start(`worker-${index}`, source, environment('worker')),
    );
  const ports = await Promise.all(Array.from({ length: APIS }, () => freePort()));
  const apis = ports.map((port, index) =>
    start(`api-${index}`, 'src/server.ts', {
      ...environment('api'),
      PORT: String(port),
      THROUGHLINE_HOST: '127.0.0.1',
    }),
  );
  const apiAddresses = ports.map((port) => `http://127.0.0.1:${port}`);
  const workers = startWorkers('src/worker.ts');
  await Promise.all(apiAddresses.map(apiReady));
  return {
    ...{ apis, apiAddresses, workers },
    async useUnguarded() {
      await Promise.all(workers.map((worker) => worker.stop()));
      workers.splice(0, workers.length, ...startWorkers(CONTROL));
    },
  };
}

function environmentOf(
  links: ReadonlyMap<LinkName, Link>,
  databaseUrl: string,
  side: 'api' | 'worker',
): Record<string, string> {
  const portOf = (name: LinkName): number => links.get(name)?.port ?? 0;
  const url = new URL(databaseUrl);
  url.port = String(portOf(`${side}-postgres`));
  return {
    DATABASE_URL: url.href,
    TEMPORAL_ADDRESS: `127.0.0.1:${portOf(`${side}-temporal`)}`,
    SMTP_URL: `smtp://127.0.0.1:${portOf('worker-mail')}`,
    THROUGHLINE_MAIL_LOOKUP_URL: `http://127.0.0.1:${portOf('worker-lookup')}/messages`,
    THROUGHLINE_HTTP_ALLOW: '127.0.0.1',
    THROUGHLINE_HISTORY_LIMIT: String(HISTORY_LIMIT),
  };
}
