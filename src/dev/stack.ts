/**
 * Owns a running copy: what the environment does not give is started, in the order of need, and stopped in the
 * opposite order. Does not own the command line, signals or the demo.
 *
 * S1. Whatever was started is known to the home's lock as soon as it runs, so that an interrupted start ends it too.
 * S2. `stop` ends what this copy started, and nothing else.
 * S3. `run.json` is there while the copy can be used, and only then.
 */
import type { Config } from '../config';
import type { DemoContext } from './demo-context';
import { devKey, prepareDatabase } from './dev-database';
import type { HomeLock, StartedProcess } from './home-lock';
import { POSTGRES_STOP } from './postgres';
import { type StopPlan, stopRecorded } from './processes';
import type { Progress } from './progress';
import { createRunFile } from './run-file';
import { SERVICE_STOP } from './service';
import type { StackContext } from './stack-context';
import { startDatabase, startMail, startTemporalPart } from './stack-servers';
import { requireGivenPort, startServices } from './stack-services';
import { TEMPORAL_STOP } from './temporal';

/** What the demo is given, but for what its caller intends. */
export type RunningCopy = Omit<DemoContext, 'staysUp'>;

export interface Stack {
  /** Ends what an earlier run of this home left, and starts what is missing. @throws when a part cannot be had. */
  start(): Promise<RunningCopy>;
  /** Ends everything, last started first. May be called during the start, and twice. */
  stop(): Promise<void>;
  /** Ends everything at once, without waiting for work under way. */
  kill(): Promise<void>;
}

const STOP_PLANS: Record<string, StopPlan> = { postgres: POSTGRES_STOP, temporal: TEMPORAL_STOP };
const KILL_PLANS: Record<string, StopPlan> = {
  // Without the chance to write its state PostgreSQL recovers at the next start; its sessions end with it.
  postgres: [
    ['SIGQUIT', 3_000],
    ['SIGKILL', 1_000],
  ],
};

/** Prepares a copy in the home that the lock holds; nothing runs before `start`. */
export function createStack(config: Config, lock: HomeLock, progress: Progress): Stack {
  const stops: { name: string; stop: () => Promise<void> }[] = [];
  const runFile = createRunFile(config.home);
  let stopped: Promise<void> | null = null;
  const own: StackContext['own'] = async (name, stop) => {
    if (stopped === null) return void stops.push({ name, stop });
    await stop();
    throw new Error('The start was interrupted.');
  };
  const stopParts = async () => {
    runFile.remove();
    for (let part = stops.pop(); part; part = stops.pop()) await stopPart(part, progress);
    await stopProcesses(lock, (name) => STOP_PLANS[name] ?? SERVICE_STOP);
    lock.release();
  };
  return {
    start: async () => {
      await endLeftovers(lock, progress);
      await requireGivenPort(config);
      const context = { config, lock, progress, own };
      const databaseUrl = await startDatabase(context);
      const temporal = await startTemporalPart(context);
      const mail = await startMail(context);
      const apiKey = config.apiKey ?? devKey(config.home);
      const step = progress.step('Database: migrating');
      await prepareDatabase(databaseUrl, apiKey);
      step.done();
      const { catcher, ...given } = { apiKey, databaseUrl, ...temporal, ...mail };
      const services = await startServices(context, runFile, given);
      return {
        ...services,
        home: config.home,
        delayMail: (milliseconds) => catcher?.setDelay(milliseconds),
        print: (line) => progress.line(line),
      };
    },
    stop: () => {
      stopped ??= stopParts();
      return stopped;
    },
    kill: () => stopProcesses(lock, (name) => KILL_PLANS[name] ?? [['SIGKILL', 1_000]]),
  };
}

async function stopPart(
  part: { name: string; stop: () => Promise<void> },
  progress: Progress,
): Promise<void> {
  const step = progress.step(`Stopping ${part.name}`);
  await part.stop().then(
    () => step.done(),
    (error: unknown) => step.done(String(error)),
  );
}

async function endLeftovers(lock: HomeLock, progress: Progress): Promise<void> {
  const leftovers = lock.running();
  if (leftovers.length === 0) return;
  const names = leftovers.map(({ name, pid }) => `${name} ${pid}`).join(', ');
  const step = progress.step(`Ending what an interrupted run left behind: ${names}`);
  await stopProcesses(lock, (name) => STOP_PLANS[name] ?? SERVICE_STOP);
  step.done();
}

async function stopProcesses(lock: HomeLock, planOf: (name: string) => StopPlan): Promise<void> {
  const inOrder: StartedProcess[] = lock.running().reverse();
  for (const started of inOrder) {
    await stopRecorded(started, planOf(started.name));
    lock.forget(started.pid);
  }
}
