import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { logTail, withLogFile } from './log-file';
import { freePort } from './ports';
import { hasEnded, type StopPlan, stopChild } from './processes';
import { createProgress, type Progress } from './progress';
import { findTemporal } from './temporal-binary';

/** The search attributes of enrollments, with the types that the server registers. */
export const SEARCH_ATTRIBUTES = {
  ThroughlineWorkspace: 'Keyword',
  ThroughlineWorkflow: 'Keyword',
  ThroughlineContact: 'Keyword',
  ThroughlineStatus: 'Keyword',
  ThroughlineVersion: 'Int',
  ThroughlineNode: 'KeywordList',
  ThroughlineVariant: 'KeywordList',
} as const;

export interface TemporalOptions {
  /** Folder for the server's state and log. */
  home: string;
  /** Where executions are kept. Default `temporal.db` in home; null keeps them in memory only. */
  dbFile?: string | null | undefined;
  /** Default: a free one. */
  port?: number | undefined;
  /** Whether the Web UI runs; default true. */
  ui?: boolean | undefined;
  /** Default: a free one. */
  uiPort?: number | undefined;
  /** Made beside `default`. */
  namespace?: string | undefined;
  progress?: Progress | undefined;
  /** Default: `temporal.log` in home. */
  logFile?: string | undefined;
  /** True keeps the terminal's Ctrl-C away from the server, for a caller that stops it in order. */
  ownGroup?: boolean | undefined;
  /** Told of the server's process as soon as it runs. */
  onSpawn?: ((pid: number) => void) | undefined;
}

export interface TemporalServer {
  address: string;
  /** Null without the Web UI. */
  uiUrl: string | null;
  pid: number;
  stop(): Promise<void>;
}

/** The database file survives a kill: the server writes it through SQLite's log. */
export const TEMPORAL_STOP: StopPlan = [
  ['SIGTERM', 8_000],
  ['SIGKILL', 2_000],
];

const START_TIMEOUT_MS = 60_000;

/**
 * Starts a Temporal development server on the loopback interface and waits until it serves the namespace.
 * @throws when no `temporal` program can be had, or with the end of the server's log when it does not come up.
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const { home, namespace = 'default', logFile = join(home, 'temporal.log'), ui = true } = options;
  const program = await findTemporal(
    options.progress ?? createProgress({ write: () => undefined }),
  );
  const port = options.port || (await freePort());
  const uiPort = ui ? options.uiPort || (await freePort()) : null;
  const dbFile = options.dbFile === undefined ? join(home, 'temporal.db') : options.dbFile;
  if (dbFile) mkdirSync(dirname(dbFile), { recursive: true });
  const child = withLogFile(logFile, { fresh: true }, (descriptor) =>
    spawn(program, serverArguments({ port, uiPort, dbFile, namespace }), {
      env: { ...process.env, TZ: 'UTC' },
      detached: options.ownGroup === true,
      stdio: ['ignore', descriptor, descriptor],
    }),
  );
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  const address = `127.0.0.1:${port}`;
  if (!(await answers(child, address, namespace))) {
    await stopChild(child, TEMPORAL_STOP);
    throw new Error(
      `Temporal did not start on ${address}. The end of ${logFile}:\n${logTail(logFile)}`,
    );
  }
  const uiUrl = uiPort === null ? null : `http://127.0.0.1:${uiPort}`;
  return { address, uiUrl, pid: child.pid ?? 0, stop: () => stopChild(child, TEMPORAL_STOP) };
}

/** The command line of `temporal` for a server; `dbFile` null keeps everything in memory. */
export function serverArguments(server: {
  port: number;
  uiPort: number | null;
  dbFile: string | null;
  namespace: string;
}): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(server.port)],
    ...(server.uiPort === null ? ['--headless'] : ['--ui-port', String(server.uiPort)]),
    ...(server.dbFile === null ? [] : ['--db-filename', server.dbFile]),
    ...(server.namespace === 'default' ? [] : ['--namespace', server.namespace]),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${type}`,
    ]),
    // A profile of this user may point the command line at another server.
    ...['--log-level', 'warn', '--disable-config-file', '--disable-config-env'],
  ];
}

async function answers(child: ChildProcess, address: string, namespace: string): Promise<boolean> {
  child.once('error', () => undefined);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!hasEnded(child) && Date.now() < deadline) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: '2s' });
      try {
        await connection.withDeadline(Date.now() + 2_000, () =>
          connection.workflowService.describeNamespace({ namespace }),
        );
        return true;
      } finally {
        await connection.close();
      }
    } catch {
      await sleep(100);
    }
  }
  return false;
}
