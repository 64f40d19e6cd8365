import { type ChildProcess, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process as noted on disk: a bare pid may belong to a stranger by the time it is read. */
export interface ProcessRecord {
  pid: number;
  /** From `processIdentity`; differs when the pid was given to another process. */
  identity: string;
}

/** How to end a process: each signal, then how long to wait for the end before the next one. */
export type StopPlan = readonly (readonly [signal: NodeJS.Signals, waitMs: number])[];

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Text that tells this process apart from any other that has or had its pid; null when it does not run. */
export function processIdentity(pid: number): string | null {
  return process.platform === 'linux' ? linuxIdentity(pid) : psIdentity(pid);
}

function linuxIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent's bookkeeping is left.
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync(BOOT_ID, 'utf8').trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}

function psIdentity(pid: number): string | null {
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
    );
  } catch {
    return null;
  }
}

/** The command line of a running process, blanks between arguments; null when unknown. */
export function processCommand(pid: number): string | null {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/** Notes a process that was just started; null when it has ended already. */
export function recordProcess(pid: number): ProcessRecord | null {
  const identity = processIdentity(pid);
  return identity === null ? null : { pid, identity };
}

export function isRunning(record: ProcessRecord): boolean {
  return processIdentity(record.pid) === record.identity;
}

/** Ends a process that is not our child. Answers whether it is gone; a stranger with its pid is left alone. */
export async function stopRecorded(record: ProcessRecord, plan: StopPlan): Promise<boolean> {
  for (const [signal, waitMs] of plan) {
    if (!isRunning(record)) return true;
    sendSignal(record.pid, signal);
    const deadline = Date.now() + waitMs;
    while (isRunning(record) && Date.now() < deadline) await sleep(25);
  }
  return !isRunning(record);
}

/** Ends our own child by the plan; resolves when it has ended, or after the plan's last wait. */
export async function stopChild(child: ChildProcess, plan: StopPlan): Promise<void> {
  const ended = childEnd(child);
  for (const [signal, waitMs] of plan) {
    if (hasEnded(child)) return;
    child.kill(signal);
    const patience = new AbortController();
    await Promise.race([
      ended,
      sleep(waitMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
  }
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** Resolves when the child has ended; a program that could not be started counts as ended. */
export function childEnd(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
