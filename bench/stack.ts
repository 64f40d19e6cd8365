/** Servers and processes of one run, all real and all its own, in a folder that is removed at the end. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevDatabase } from '../src/dev/dev-database';
import { startPostgres } from '../src/dev/postgres';
import { stopChild } from '../src/dev/processes';
import { startTemporal } from '../src/dev/temporal';
import { migrate } from '../src/db/migrate';

export const NAMESPACE = 'default';
/** Where the workflows written by hand run. */
export const BY_HAND_QUEUE = 'by-hand';

/** The addresses, as the worker is given them. */
export interface Stack {
  /** As superuser. */
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly smtpUrl: string;
}

export interface RunningStack extends Stack {
  readonly pids: Readonly<Record<'worker' | 'temporal' | 'postgres' | 'catcher', number>>;
  stop(): Promise<void>;
}

/** Everything but the worker. */
export interface Servers extends Stack {
  readonly pids: Readonly<Record<'temporal' | 'postgres' | 'catcher', number>>;
  stop(): Promise<void>;
}

/** Starts everything. `profile` is a folder for the worker's CPU profiles, written when it stops. */
export async function startStack(profile: string | null): Promise<RunningStack> {
  const servers = await startServers();
  const { stop: stopServers, pids, ...stack } = servers;
  try {
    const flags = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const { child } = await startChild('./worker', [JSON.stringify(stack)], flags);
    const stop = async () => {
      await endChild(child);
      await stopServers();
    };
    return { ...stack, pids: { ...pids, worker: child.pid ?? 0 }, stop };
  } catch (error) {
    await stopServers();
    throw error;
  }
}

/** Starts what a worker needs. */
export async function startServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-'));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), ownGroup: true });
    stops.push(() => postgres.stop());
    const home = join(folder, 'temporal');
    await mkdir(home);
    const temporal = await startTemporal({ home, ui: false, ownGroup: true });
    stops.push(() => temporal.stop());
    const databaseUrl = await createDevDatabase(postgres.url);
    await migrate({ url: databaseUrl });
    const catcher = await startChild('./catcher', []);
    stops.push(() => endChild(catcher.child));
    const { smtpUrl } = catcher.hello as { smtpUrl: string };
    const pids = {
      temporal: temporal.pid,
      postgres: postgres.pid,
      catcher: catcher.child.pid ?? 0,
    };
    return { databaseUrl, temporalAddress: temporal.address, smtpUrl, pids, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts a TypeScript file of this folder and waits for its first message. */
export async function startChild(
  file: string,
  args: string[],
  flags: string[] = [],
): Promise<{ child: ChildProcess; hello: unknown }> {
  const child = fork(require.resolve(file), args, { execArgv: [...flags, '--import', 'tsx'] });
  const hello = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) =>
      reject(new Error(`${file} ended with ${code} before it was ready.`)),
    );
  });
  return { child, hello };
}

/** Lets a child finish what it is doing, for half a minute. */
export function endChild(child: ChildProcess): Promise<void> {
  return stopChild(child, [
    ['SIGTERM', 30_000],
    ['SIGKILL', 2_000],
  ]);
}
