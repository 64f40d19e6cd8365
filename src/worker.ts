/** Composition root of the worker: enrollment workflows, their facts, and the effects. */
process.env['TZ'] ??= 'UTC';

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createEntryActivities } from '../activities/admit';
import { createFactActivities } from '../activities/index';
import type { EffectActivities } from '../activities/contract';
import { orphanedCalls } from '../activities/call-orphans';
import { orphanedSends } from '../activities/email-orphans';
import type { Sender } from '../activities/email-request';
import { createEnrollInWorkflow } from '../activities/enroll-in-workflow';
import { createJobActivities } from '../activities/order-batch';
import { createHttpRequest } from '../activities/http-request';
import { createRemoveFromWorkflow } from '../activities/remove-from-workflow';
import { createSendEmail } from '../activities/send-email';
import { createSendNotification } from '../activities/send-notification';
import { orderedTestMails } from '../activities/test-mails';
import { createWebhook } from '../activities/webhook';
import { createHttpChannel, type HttpChannel } from './channels/http';
import { createSmtpChannel } from './channels/smtp';
import type { EmailChannel } from './channels/email';
import { type Config, loadConfig } from './config';
import type { Database } from './db/client';
import { openMigratedDatabase } from './db/migrated';
import { createEvaluators } from './evaluate/evaluators';
import { type MetricsServer, startMetricsServer } from './http/metrics';
import type { Evaluators } from './journey/facts';
import { type MailLinks, mailLinks } from './links/mail-links';
import { createLogger, type Logger } from './log';
import { countProcess } from './metrics';
import { connectionOptions } from './temporal/connect';
import { createGraphCodec } from './temporal/graph-codec';
import { EFFECTS_QUEUE, JOURNEYS_QUEUE } from './temporal/names';
import { sdkRuntime } from './temporal/sdk-runtime';
import { openUpkeep } from './temporal/upkeep';
import { openVersions } from './temporal/versions';
import { startTracing, type Tracing } from './tracing';

/** An effect's `startToClose` and a little more, so that a deploy interrupts no message. */
const GRACE = '15s';
const FORCE = '30s';

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly db: Database;
  readonly channel: EmailChannel;
  readonly http: HttpChannel;
  /** Who mails are from when a node does not say. */
  readonly sender: Sender;
  /** The links back to us that mails carry; none unless told. */
  readonly links?: MailLinks | undefined;
  readonly log: Logger;
  /** Other workflow code than the project's own, for tests of a change to it. */
  readonly workflows?: ReturnType<typeof workflowSource>;
  readonly journeysQueue?: string;
  readonly effectsQueue?: string;
  /** Traces activities. */
  readonly tracing?: Tracing | undefined;
  /** Enrollments kept in memory; 0 replays each at every step. */
  readonly maxCachedWorkflows?: number;
}

export interface Workers {
  /** Resolves when both have shut down; rejects when one failed. */
  run(): Promise<void>;
  shutdown(): void;
}

/** Creates the two workers of a process: journeys and effects. */
export async function createWorkers(parts: WorkerParts): Promise<Workers> {
  const tools = { ...openVersions(parts.db), evaluators: createEvaluators() };
  const journeys = await createJourneysWorker(parts, tools);
  const effects = await createEffectsWorker(parts, tools);
  return {
    run: async () => {
      await Promise.all([journeys.run(), effects.run()]);
    },
    shutdown() {
      for (const worker of [journeys, effects]) {
        if (worker.getState() === 'RUNNING') worker.shutdown();
      }
    },
  };
}

/** What both workers share: the published versions from a cache, and what judges and renders. */
type Tools = ReturnType<typeof openVersions> & { readonly evaluators: Evaluators };

/** Runs the workflows, and what they ask of our own database as local activities. */
function createJourneysWorker(
  parts: WorkerParts,
  { loadDefinition, loadGraph, evaluators }: Tools,
): Promise<Worker> {
  const { db, log, maxCachedWorkflows } = parts;
  return Worker.create({
    ...sharedOptions(parts),
    ...(parts.workflows ?? workflowCode()),
    taskQueue: parts.journeysQueue ?? JOURNEYS_QUEUE,
    activities: {
      ...createFactActivities({ db, evaluators, loadGraph, log }),
      ...createJobActivities({ db, evaluators, log }),
      ...createEntryActivities({ db, evaluators, log }),
    },
    dataConverter: { payloadCodecs: [createGraphCodec(loadDefinition)] },
    enableNonLocalActivities: false,
    // After a crash the server waits this long before it asks another worker.
    stickyQueueScheduleToStartTimeout: '5s',
    ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
  });
}

/** Makes what leaves the building, and what changes somebody's other enrollments. */
function createEffectsWorker(
  parts: WorkerParts,
  { loadGraph, evaluators }: Tools,
): Promise<Worker> {
  const { db, channel, http, sender, links, log } = parts;
  const mail = { db, channel, sender, links, evaluators, loadGraph, log };
  const calls = { db, http, evaluators, loadGraph, log };
  return Worker.create({
    ...sharedOptions(parts),
    taskQueue: parts.effectsQueue ?? EFFECTS_QUEUE,
    activities: {
      sendEmail: createSendEmail(mail),
      sendNotification: createSendNotification(mail),
      webhook: createWebhook(calls),
      httpRequest: createHttpRequest(calls),
      enrollInWorkflow: createEnrollInWorkflow(calls),
      removeFromWorkflow: createRemoveFromWorkflow(calls),
    } satisfies EffectActivities,
  });
}

const sharedOptions = ({ connection, namespace, tracing }: WorkerParts) =>
  ({
    connection,
    namespace,
    ...(tracing === undefined ? {} : { interceptors: tracing.worker }),
    shutdownGraceTime: GRACE,
    shutdownForceTime: FORCE,
  }) as const;

const BUNDLE = join(__dirname, '../workflow-bundle.js');

/** What `npm run build` bundled; run from its sources the worker bundles at start. */
function workflowCode() {
  return existsSync(BUNDLE) ? { workflowBundle: { codePath: BUNDLE } } : workflowSource();
}

/** Bundled once by the worker itself; `preload` is evaluated once per worker. */
export function workflowSource() {
  return {
    workflowsPath: require.resolve('../workflows'),
    bundlerOptions: { preloadModules: [require.resolve('../workflows/preload')] },
  };
}

async function main(config: Config): Promise<void> {
  const log = createLogger('worker', config.logLevel);
  const { url, smtpUrl } = required(config);
  Runtime.install(sdkRuntime(config, log));
  const metrics = await listenForPrometheus(config, log);
  const db = await openMigratedDatabase({ url, name: 'throughline-worker' });
  const connection = await NativeConnection.connect(connectionOptions(config));
  const channel = createSmtpChannel({ url: smtpUrl, mailLookUpUrl: config.mailLookupUrl });
  const http = createHttpChannel({ allow: config.httpAllow });
  const sender = { email: config.mailFrom };
  const { temporalNamespace: namespace, tracesUrl } = config;
  const tracing =
    tracesUrl === undefined ? undefined : startTracing(tracesUrl, 'throughline-worker');
  const links = linksOf(config, log);
  const parts = { connection, namespace, db, channel, http, sender, links, log, tracing };
  const workers = await createWorkers(parts);
  const chores = (outbox: Database) => [
    orphanedSends({ outbox, db, channel, log }),
    orphanedCalls({ outbox, db, log }),
    orderedTestMails({ outbox, db, channel, sender, log }),
  ];
  const upkeep = await openUpkeep({ url, name: 'throughline-upkeep', chores, log });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => workers.shutdown());
  }
  const running = workers.run();
  log.info({ event: 'worker.ready' }, 'The worker takes journeys and effects.');
  await running;
  await Promise.all([upkeep.stop(), metrics?.close()]);
  channel.close();
  await http.close();
  await Promise.all([db.close(), connection.close(), tracing?.stop()]);
}

/** What the worker cannot do without. Throws with what to do. */
function required({ databaseUrl, smtpUrl }: Config): { url: string; smtpUrl: string } {
  if (new Date().getTimezoneOffset() !== 0)
    throw new Error('The worker must run with TZ=UTC: the zone of the host reaches workflows.');
  if (databaseUrl === undefined)
    throw new Error(
      'DATABASE_URL is not set. Give the address of a PostgreSQL, or use `npm start`.',
    );
  if (smtpUrl === undefined)
    throw new Error('SMTP_URL is not set. Give the address of a mail server, or use `npm start`.');
  return { url: databaseUrl, smtpUrl };
}

function linksOf(config: Config, log: Logger): MailLinks | undefined {
  const links = mailLinks(config);
  if (links === undefined)
    log.warn(
      { event: 'worker.no_links' },
      'Mails go out without unsubscribe links: THROUGHLINE_PUBLIC_URL or THROUGHLINE_LINK_KEYS is not set.',
    );
  return links;
}

async function listenForPrometheus(
  { metricsPort: port, metricsToken: token, host }: Config,
  log: Logger,
): Promise<MetricsServer | null> {
  if (port === undefined) return null;
  countProcess();
  const server = await startMetricsServer({ port, host, token });
  log.info({ event: 'worker.metrics', port: server.port }, 'Prometheus may ask.');
  return server;
}

if (require.main === module) {
  main(loadConfig()).catch((error: unknown) => {
    createLogger('worker').fatal({ event: 'worker.failed', err: error }, 'The worker stopped.');
    process.exit(1);
  });
}
