/** Composition root of the API: REST, the relay that tells Temporal what was stored, and upkeep. */
process.env['TZ'] ??= 'UTC';

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, loadConfig } from './config';
import { type Database, openDatabase } from './db/client';
import { figuresOf } from './db/figures';
import { openMigratedDatabase } from './db/migrated';
import { createEvaluators } from './evaluate/evaluators';
import { createApp } from './http/app';
import type { HttpDeps } from './http/deps';
import { mailLinks } from './links/mail-links';
import { createLogger, type Logger } from './log';
import { countProcess, onScrape } from './metrics';
import { canaryWatch } from './temporal/canaries';
import { connectTemporal } from './temporal/connect';
import { createEnrollments } from './temporal/enrollments';
import { folding } from './temporal/fold';
import { createJobs } from './temporal/jobs';
import { type ReconcileOptions, reconciliation } from './temporal/reconcile';
import { startRelay } from './temporal/relay';
import { retention } from './temporal/retention';
import { createSteering } from './temporal/steering';
import { stuckWatch } from './temporal/stuck';
import { type Chore, maintenance, startUpkeep } from './temporal/upkeep';
import { startTracing, type Tracing } from './tracing';

export interface RunningServer {
  /** The port it listens on, also where the configuration let the system choose. */
  readonly port: number;
  /**
   * Answers what is under way, lets the relay finish its rows, and closes every connection. What takes longer than
   * some seconds is cut off: an answer of a Temporal that has fallen silent may never come.
   */
  stop(): Promise<void>;
}

/** How long requests and rows under way may take once the server stops; long polls end here. */
const DRAIN_MS = 4_000;
/** How long what was cut off may take to notice. */
const CUT_OFF_MS = 500;

/** How the relay is connected. */
const RELAY = { role: 'throughline_relay', max: 4, name: 'throughline-relay' } as const;

/**
 * Starts the API. It needs PostgreSQL; without Temporal it accepts and stores all the same, and the
 * relay starts what was stored when Temporal answers again.
 */
export async function startServer(
  config: Config,
  log: Logger,
  tracing?: Tracing,
): Promise<RunningServer> {
  if (config.databaseUrl === undefined)
    throw new Error(
      'DATABASE_URL is not set. Give the address of a PostgreSQL, or use `npm start`.',
    );
  const url = config.databaseUrl;
  const db = await openMigratedDatabase({ url, name: 'throughline-api' });
  const outbox = await openDatabase({ url, ...RELAY });
  const temporal = connectTemporal(config, tracing?.client);
  const { relayLeaseMs: leaseMs, relayPollMs: pollMs, historyLimit } = config;
  const options = { historyLimit };
  const enrollments = createEnrollments(temporal.client, db, { log, options });
  const evaluators = createEvaluators();
  const relay = startRelay({
    ...{ outbox, db, enrollments, evaluators, log },
    ...{ jobs: createJobs(temporal.client), leaseMs, pollMs },
  });
  const chores = choresOf(config, { outbox, db, client: temporal.client, enrollments, log });
  const upkeep = startUpkeep({ db: outbox, chores, log });
  const ready = async () => {
    const [database, temporalAnswers] = await Promise.all([answers(db), temporal.healthy()]);
    return { database, temporal: temporalAnswers };
  };
  const { inboxUrl, metricsToken, rateLimit, trustProxy } = config;
  const unread = onScrape(figuresOf(outbox));
  const steering = createSteering(temporal.client);
  const app = createApp({
    ...{ db, enrollments, steering, evaluators, ready, inboxUrl, metricsToken, rateLimit, log },
    trustProxy,
    links: mailLinks(config),
    ...pageSettings(config),
    wakeRelay: () => relay.wake(),
  });
  const release = (draining: Promise<void>) => {
    unread();
    return closed({ draining, working: [relay, upkeep], temporal, databases: [outbox, db] });
  };
  try {
    const server = createServer(app);
    const port = await listen(server, config.port, config.host);
    log.info({ event: 'api.ready', port }, 'The API listens.');
    return {
      port,
      async stop() {
        await release(drain(server));
      },
    };
  } catch (error) {
    await release(Promise.resolve());
    throw error;
  }
}

interface Closing {
  readonly draining: Promise<void>;
  readonly working: readonly { stop(): Promise<void> }[];
  readonly temporal: { close(): Promise<void> };
  readonly databases: readonly { close(): Promise<void> }[];
}

/** Resolves when nothing works any more, or has been cut off, and every connection is closed. */
async function closed({ draining, working, temporal, databases }: Closing): Promise<void> {
  const stopped = Promise.all(working.map((each) => each.stop()));
  await Promise.all([draining, atMost(DRAIN_MS, stopped)]);
  // Rows whose calls this ends go to the next relay when their lease is over: all of it may be repeated.
  await temporal.close();
  await atMost(CUT_OFF_MS, stopped);
  await Promise.all(databases.map((each) => each.close()));
}

/** What the pages need. A key of the environment opens them by itself in development alone, beside a mail catcher. */
function pageSettings(config: Config): Pick<HttpDeps, 'temporalUi' | 'publicUrl' | 'devKey'> {
  const { temporalUiUrl: url, temporalNamespace: namespace, publicUrl, inboxUrl, apiKey } = config;
  return {
    publicUrl,
    ...(url === undefined ? {} : { temporalUi: { url, namespace } }),
    ...(inboxUrl === undefined ? {} : { devKey: apiKey }),
  };
}

function choresOf({ stuckAfterMs: quietMs, keep }: Config, parts: ReconcileOptions): Chore[] {
  const { outbox, db, log } = parts;
  return [
    maintenance(outbox, log),
    reconciliation(parts),
    canaryWatch({ outbox, db, log }),
    stuckWatch({ outbox, quietMs, log }),
    retention({ outbox, db, keep, log }),
    folding(outbox),
  ];
}

async function answers(db: Database): Promise<boolean> {
  try {
    await db.sql`select 1`;
    return true;
  } catch {
    return false;
  }
}

async function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const patience = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  server.closeIdleConnections();
  await closed;
  clearTimeout(patience);
}

/** Resolves with the work, or when the time is over. */
async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  const over = sleep(milliseconds, undefined, { signal: patience.signal }).catch(() => undefined);
  await Promise.race([work, over]);
  patience.abort();
}

async function main(config: Config): Promise<void> {
  if (new Date().getTimezoneOffset() !== 0) {
    throw new Error(
      'The API must run with TZ=UTC: the zone of the host would reach instants without one.',
    );
  }
  const log = createLogger('api', config.logLevel);
  countProcess();
  const { tracesUrl } = config;
  const tracing = tracesUrl === undefined ? undefined : startTracing(tracesUrl, 'throughline-api');
  const server = await startServer(config, log, tracing);
  const stop = () => {
    const stopped = server.stop().then(() => tracing?.stop());
    stopped.then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ event: 'api.stop_failed', err: error }, 'The API did not stop cleanly.');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

if (require.main === module) {
  Promise.resolve()
    .then(() => main(loadConfig()))
    .catch((error: unknown) => {
      createLogger('api').fatal({ event: 'api.failed', err: error }, 'The API did not start.');
      process.exit(1);
    });
}
