/**
 * Owns one of our own programs as a child process: start, readiness, restart after an unexpected end, stop.
 * The output goes straight into a file, so that the child outlives this process unharmed and can be found later.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { logTail, withLogFile } from './log-file';
import { childEnd, hasEnded, type StopPlan, stopChild } from './processes';

export interface ServiceOptions {
  name: string;
  /** The TypeScript file to run. */
  entry: string;
  /** Project folder, in which tsx is found. */
  root: string;
  env: Record<string, string>;
  logFile: string;
  /** Asked until it says true; `logged` is what this process has written so far. */
  isReady(logged: () => string): Promise<boolean> | boolean;
  /** Told of every process, and of its end. */
  onStart(pid: number): void;
  onEnd(pid: number): void;
  line(text: string): void;
}

export interface Service {
  pid(): number | null;
  stop(plan?: StopPlan): Promise<void>;
}

/** Longer than the grace that the worker gives to effects under way. */
export const SERVICE_STOP: StopPlan = [
  ['SIGTERM', 40_000],
  ['SIGKILL', 2_000],
];

const READY_TIMEOUT_MS = 120_000;
const STEADY_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Starts the program, waits until it is ready, and from then on restarts it whenever it ends by itself.
 * @throws with the end of its log when it does not become ready within two minutes.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  let stopping = false;
  let child = launch(options, true);
  if (!(await becomesReady(options, child))) {
    await stopChild(child, SERVICE_STOP);
    throw new Error(
      `The ${options.name} did not start. The end of ${options.logFile}:\n${logTail(options.logFile)}`,
    );
  }
  const wake = new AbortController();
  const supervise = async () => {
    let failures = 0;
    for (let started = Date.now(); ; started = Date.now()) {
      await childEnd(child);
      if (stopping) return;
      failures = Date.now() - started > STEADY_MS ? 0 : failures + 1;
      const pause = failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, 250 * 2 ** failures);
      options.line(
        `The ${options.name} ${describeEnd(child)}; starting it again. Its log: ${options.logFile}`,
      );
      await sleep(pause, undefined, { signal: wake.signal }).catch(() => undefined);
      if (stopping) return;
      child = launch(options, false);
      const { pid } = child;
      becomesReady(options, child).then(
        (ready) => ready && options.line(`The ${options.name} is back (process ${pid}).`),
        () => undefined,
      );
    }
  };
  const supervision = supervise();
  return {
    pid: () => (hasEnded(child) ? null : (child.pid ?? null)),
    stop: async (plan = SERVICE_STOP) => {
      stopping = true;
      wake.abort();
      await stopChild(child, plan);
      await supervision;
    },
  };
}

function launch(options: ServiceOptions, fresh: boolean): ChildProcess {
  const child = withLogFile(options.logFile, { fresh }, (descriptor) =>
    spawn(process.execPath, ['--import', 'tsx', options.entry], {
      cwd: options.root,
      env: { ...process.env, ...options.env, TZ: 'UTC' },
      // A group of its own: Ctrl-C in the terminal reaches only the one who stops everything in order.
      detached: true,
      stdio: ['ignore', descriptor, descriptor],
    }),
  );
  child.once('error', () => undefined);
  const { pid } = child;
  if (pid !== undefined) {
    options.onStart(pid);
    void childEnd(child).then(() => options.onEnd(pid));
  }
  return child;
}

async function becomesReady(options: ServiceOptions, child: ChildProcess): Promise<boolean> {
  const descriptor = openSync(options.logFile, 'r');
  try {
    const from = fstatSync(descriptor).size;
    const logged = () => readFrom(descriptor, from);
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!hasEnded(child) && Date.now() < deadline) {
      if (await options.isReady(logged)) return true;
      await sleep(100);
    }
    return false;
  } finally {
    closeSync(descriptor);
  }
}

function readFrom(descriptor: number, position: number): string {
  const length = Math.max(0, fstatSync(descriptor).size - position);
  const buffer = Buffer.alloc(length);
  return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, length, position));
}

function describeEnd(child: ChildProcess): string {
  return child.signalCode
    ? `was ended by ${child.signalCode}`
    : `ended with code ${child.exitCode}`;
}
