/**
 * Owns one PostgreSQL server process for one data folder. The caller owns the folder (the lock of its home): a server
 * that still runs on it was left by an owner that is gone.
 * Does not own databases, roles or tables in it.
 *
 * P1. Data is complete or absent: a cluster is made under another name and renamed.
 * P2. It listens on the loopback interface only, with a password, and on no socket file.
 * P3. A process is ended only when its command line names this very data folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logTail, withLogFile } from './log-file';
import { freePort } from './ports';
import { asAccount } from './postgres-account';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries';
import { type DataPlace, ensureCluster, placeData } from './postgres-data';
import {
  hasEnded,
  processCommand,
  recordProcess,
  type StopPlan,
  stopChild,
  stopRecorded,
} from './processes';

export interface PostgresOptions {
  dataDir: string;
  /** Default: a free one. */
  port?: number | undefined;
  /** False trades safety in a power cut for speed, for databases that are thrown away. Default true. */
  durable?: boolean | undefined;
  /** Told in one line what is unusual: repairs, recoveries. */
  log?: ((line: string) => void) | undefined;
  /** Where the server writes its own log. Default: `postgres.log` beside the data. */
  logFile?: string | undefined;
  /** True keeps the terminal's Ctrl-C away from the server, for a caller that stops it in order. */
  ownGroup?: boolean | undefined;
  /** Told of the server's process as soon as it runs. */
  onSpawn?: ((pid: number) => void) | undefined;
}

export interface PostgresServer {
  /** Superuser, database `postgres`. */
  url: string;
  pid: number;
  /** Fast shutdown: sessions are ended, data is written. */
  stop(): Promise<void>;
}

/** Fast shutdown first, then the one without a checkpoint; both leave data that recovers. */
export const POSTGRES_STOP: StopPlan = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 2_000],
];

const START_TIMEOUT_MS = 60_000;
const RETRY = /pre-existing shared memory block|could not bind|lock file .* already exists/;

/**
 * Starts PostgreSQL on the data folder, making or repairing it as needed.
 * @throws with the end of the server's log when it does not come up within a minute.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const dataDir = resolve(options.dataDir);
  const {
    log = () => undefined,
    durable = true,
    logFile = join(dirname(dataDir), 'postgres.log'),
  } = options;
  const place = await placeData(dataDir);
  const binaries = await postgresBinaries(place.account);
  await stopLeftover(place.folder, log);
  const password = await ensureCluster(place, binaries, { durable, log });
  const { child, port } = await launch({ ...options, durable, logFile }, place, binaries);
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    pid: child.pid ?? 0,
    stop: () => stopChild(child, POSTGRES_STOP),
  };
}

/** Ends the server of a crashed owner, and removes a pid file that would stop the next one from starting. */
async function stopLeftover(folder: string, log: (line: string) => void): Promise<void> {
  const pid = (await readPidFile(folder))?.pid;
  if (pid === undefined) return;
  const record = processCommand(pid)?.includes(` -D ${folder} `) ? recordProcess(pid) : null;
  if (record) {
    log(
      `PostgreSQL: a server that an interrupted run left behind (process ${pid}) is being stopped`,
    );
    if (!(await stopRecorded(record, POSTGRES_STOP)))
      throw new Error(`Process ${pid} still uses ${folder}: end it first.`);
  }
  // The pid may belong to a stranger by now, which PostgreSQL would take for a running server.
  await rm(join(folder, 'postmaster.pid'), { force: true });
}

async function readPidFile(folder: string): Promise<{ pid: number; ready: boolean } | undefined> {
  const lines = await readFile(join(folder, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => undefined,
  );
  const pid = Number(lines?.[0]);
  return pid > 0 ? { pid, ready: lines?.[7]?.trim() === 'ready' } : undefined;
}

async function launch(
  options: PostgresOptions & { logFile: string },
  place: DataPlace,
  binaries: PostgresBinaries,
) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (let fresh = true; ; fresh = false) {
    const port = options.port || (await freePort());
    const child = withLogFile(options.logFile, { fresh }, (descriptor) =>
      spawn(binaries.postgres, serverArguments(place.folder, port, options.durable !== false), {
        ...asAccount(place.account),
        detached: options.ownGroup === true,
        stdio: ['ignore', descriptor, descriptor],
      }),
    );
    if (child.pid !== undefined) options.onSpawn?.(child.pid);
    if (await becomesReady(child, place.folder, deadline)) return { child, port };
    await stopChild(child, POSTGRES_STOP);
    const tail = logTail(options.logFile);
    // The sessions of a server that was killed take a moment to notice, and a free port may be taken meanwhile.
    if (
      !RETRY.test(tail) ||
      (options.port && tail.includes('could not bind')) ||
      Date.now() > deadline
    ) {
      throw new Error(
        `PostgreSQL did not start on ${place.folder}. The end of ${options.logFile}:\n${tail}`,
      );
    }
    await sleep(200);
  }
}

async function becomesReady(
  child: ChildProcess,
  folder: string,
  deadline: number,
): Promise<boolean> {
  // A program that cannot be started reports it as an event; without a listener it would end this process.
  child.once('error', () => undefined);
  while (!hasEnded(child) && Date.now() < deadline) {
    const state = await readPidFile(folder);
    if (state?.ready && state.pid === child.pid) return true;
    await sleep(20);
  }
  return false;
}

function serverArguments(folder: string, port: number, durable: boolean): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    max_wal_size: '1GB',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', folder, '-p', String(port), ...flags];
}
