/**
 * Owns the claim on one home folder, and the list of what its holder started.
 *
 * L1. One live holder at a time. A lock whose holder is dead is taken over.
 * L2. Every process is in the list as soon as it runs, so that the next holder can end what a killed one left.
 * L3. A process is known by pid and start time; a stranger that was given the pid is never touched.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeJson } from './atomic-file';
import { isRunning, type ProcessRecord, recordProcess } from './processes';

/** A process that the holder started. */
export interface StartedProcess extends ProcessRecord {
  name: string;
}

interface LockContent {
  holder: ProcessRecord;
  since: string;
  started: StartedProcess[];
}

export interface HomeLock {
  /** Notes a process of ours; `forget` it when it has ended. */
  remember(name: string, pid: number): void;
  forget(pid: number): void;
  /** Everything noted and not forgotten that still runs, in the order of its start. */
  running(): StartedProcess[];
  /** Gives the home free; harmless when it is not ours any more. */
  release(): void;
}

const STALE_TAKEOVER_MS = 10_000;

/**
 * Claims the home folder, making it if need be.
 * @throws when a live process holds it, naming the process and the way out.
 */
export async function lockHome(home: string): Promise<HomeLock> {
  mkdirSync(home, { recursive: true });
  const path = join(home, 'lock.json');
  const holder = recordProcess(process.pid);
  if (!holder)
    throw new Error(
      'This process cannot read its own start time, so it cannot lock its home folder.',
    );
  const content: LockContent = { holder, since: new Date().toISOString(), started: [] };
  await claim(path, content, home);
  let released = false;
  const save = () => {
    if (!released) writeJson(path, content);
  };
  return {
    running: () => content.started.filter((started) => isRunning(started)),
    remember: (name, pid) => {
      const record = recordProcess(pid);
      if (!record) return;
      content.started.push({ name, ...record });
      save();
    },
    forget: (pid) => {
      content.started = content.started.filter((started) => started.pid !== pid);
      save();
    },
    release: () => {
      released = true;
      if (readLock(path)?.holder.identity === holder.identity) rmSync(path, { force: true });
    },
  };
}

async function claim(path: string, content: LockContent, home: string): Promise<void> {
  const deadline = Date.now() + 2 * STALE_TAKEOVER_MS;
  while (Date.now() < deadline) {
    if (create(path, content)) return;
    const found = readLock(path);
    if (found && isRunning(found.holder)) throw new Error(refusal(home, found));
    if (takeOver(path, content)) return;
    await sleep(100);
  }
  throw new Error(
    `The lock file ${path} cannot be taken over. Remove it when no other start is under way.`,
  );
}

/** Makes the lock file with its content in one step; false when there is one. */
function create(path: string, content: LockContent): boolean {
  const whole = `${path}.${process.pid}`;
  writeFileSync(whole, JSON.stringify(content), { mode: 0o600 });
  try {
    linkSync(whole, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(whole, { force: true });
  }
}

/** Replaces the lock of a dead holder, keeping what still runs of its list; false when somebody else is doing that. */
function takeOver(path: string, content: LockContent): boolean {
  // Two starts may find the same dead holder: the folder makes them look again one after the other.
  const turn = `${path}.takeover`;
  try {
    mkdirSync(turn);
  } catch {
    removeWhenStale(turn);
    return false;
  }
  try {
    const found = readLock(path);
    if (found && isRunning(found.holder)) return false;
    content.started = (found?.started ?? []).filter((started) => isRunning(started));
    writeJson(path, content);
    return true;
  } finally {
    rmSync(turn, { recursive: true, force: true });
  }
}

function removeWhenStale(turn: string): void {
  const made = statSync(turn, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Date.now() - made > STALE_TAKEOVER_MS)
    rmSync(turn, { recursive: true, force: true });
}

function readLock(path: string): LockContent | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockContent;
  } catch {
    return null;
  }
}

function refusal(home: string, { holder, since }: LockContent): string {
  return (
    `Throughline already runs in ${home} (process ${holder.pid}, since ${since}). ` +
    'Stop it with Ctrl-C there, or start another copy with THROUGHLINE_HOME=<another folder>.'
  );
}
