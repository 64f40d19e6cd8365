/** Composition root of the worker: enrollment workflows, their facts, and the effects. */
process.env['TZ'] ??= 'UTC';

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createFactActivities } from '../activities/index';
import type { EffectActivities } from '../activities/contract';
import type { Sender } from '../activities/email-request';
import { createSendEmail } from '../activities/send-email';
import { createSmtpChannel } from './channels/smtp';
import type { EmailChannel } from './channels/email';
import { type Config, loadConfig } from './config';
import { type Database, openDatabase } from './db/client';
import { loadVersion } from './db/workflows';
import { createEvaluators } from './evaluate/evaluators';
import type { Definition } from './journey/definition';
import { type Graph, indexGraph } from './journey/graph';
import type { GraphRef } from './journey/graph-ref';
import { createLogger, type Logger } from './log';
import { connectionOptions } from './temporal/connect';
import { createGraphCodec } from './temporal/graph-codec';
import { EFFECTS_QUEUE, JOURNEYS_QUEUE } from './temporal/names';
import { cachedVersions } from './temporal/version-cache';

/** An effect's `startToClose` and a little more, so that a deploy interrupts no message. */
const GRACE = '15s';
const FORCE = '30s';

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly db: Database;
  readonly channel: EmailChannel;
  /** Who mails are from when a node does not say. */
  readonly sender: Sender;
  readonly log: Logger;
  readonly journeysQueue?: string;
  readonly effectsQueue?: string;
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
  const { db, connection, namespace, channel, sender, log } = parts;
  const evaluators = createEvaluators();
  const loadDefinition = cachedVersions((ref) => readVersion(db, ref));
  const graphs = new WeakMap<Definition, Graph>();
  const loadGraph = async (ref: GraphRef): Promise<Graph> => {
    const definition = await loadDefinition(ref);
    const graph = graphs.get(definition) ?? indexGraph(definition);
    graphs.set(definition, graph);
    return graph;
  };
  const shared = {
    connection,
    namespace,
    shutdownGraceTime: GRACE,
    shutdownForceTime: FORCE,
  } as const;
  const journeys = await Worker.create({
    ...shared,
    ...workflowCode(),
    taskQueue: parts.journeysQueue ?? JOURNEYS_QUEUE,
    activities: { ...createFactActivities({ db, evaluators, loadGraph, log }) },
    dataConverter: { payloadCodecs: [createGraphCodec(loadDefinition)] },
    enableNonLocalActivities: false,
    // After a crash the server waits this long before it asks another worker.
    stickyQueueScheduleToStartTimeout: '5s',
    ...(parts.maxCachedWorkflows === undefined
      ? {}
      : { maxCachedWorkflows: parts.maxCachedWorkflows }),
  });
  const effects = await Worker.create({
    ...shared,
    taskQueue: parts.effectsQueue ?? EFFECTS_QUEUE,
    activities: {
      sendEmail: createSendEmail({ db, channel, sender, evaluators, loadGraph, log }),
    } satisfies EffectActivities,
  });
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

async function readVersion(db: Database, ref: GraphRef): Promise<Definition> {
  const { workspaceId, workflowId, version } = ref;
  const row = await db.inWorkspace(workspaceId, (tx) => loadVersion(tx, workflowId, version));
  if (row === null) throw new Error(`Version ${version} of workflow ${workflowId} is gone.`);
  return row.definition as unknown as Definition;
}

async function main(config: Config): Promise<void> {
  const log = createLogger('worker');
  if (new Date().getTimezoneOffset() !== 0) {
    throw new Error('The worker must run with TZ=UTC: the zone of the host reaches workflows.');
  }
  if (config.databaseUrl === undefined) throw new Error('DATABASE_URL is not set.');
  if (config.smtpUrl === undefined) throw new Error('SMTP_URL is not set.');
  Runtime.install({ shutdownSignals: [] });
  const db = await openDatabase({ url: config.databaseUrl, name: 'throughline-worker' });
  const connection = await NativeConnection.connect(connectionOptions(config));
  const channel = createSmtpChannel({
    url: config.smtpUrl,
    mailLookUpUrl: config.mailLookupUrl,
  });
  const namespace = config.temporalNamespace;
  const sender = { email: config.mailFrom };
  const workers = await createWorkers({ connection, namespace, db, channel, sender, log });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => workers.shutdown());
  }
  const running = workers.run();
  log.info({ event: 'worker.ready' }, 'The worker takes journeys and effects.');
  await running;
  channel.close();
  await Promise.all([db.close(), connection.close()]);
}

if (require.main === module) {
  main(loadConfig()).catch((error: unknown) => {
    createLogger('worker').fatal({ event: 'worker.failed', err: error }, 'The worker stopped.');
    process.exit(1);
  });
}
