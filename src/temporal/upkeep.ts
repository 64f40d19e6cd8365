/**
 * Work that is due now and then: each chore by one process at a time, however many run.
 *
 * Owns: when, and that a failure is told and tried again. Does not own: what a chore does, or who may
 * do it (the database grants that).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, openDatabase } from '../db/client';
import { type ChoreProgress, claimChore, finishChore, maintain } from '../db/upkeep';
import type { Logger } from '../log';
import { choreRuns, choreSeconds, choreSuccess } from '../metrics';
import { errorCode } from './error-code';

export interface Chore {
  /** Never renamed: processes of two versions run side by side. */
  readonly name: string;
  readonly everyMs: number;
  /** Goes on from what an earlier run returned. Returns soon once the signal is aborted. */
  run(progress: ChoreProgress, stopping: AbortSignal): Promise<ChoreProgress>;
}

interface UpkeepOptions {
  /** With the role throughline_relay. */
  readonly db: Database;
  readonly chores: readonly Chore[];
  readonly log: Logger;
}

interface Upkeep {
  /** Lets chores under way come to a stop. */
  stop(): Promise<void>;
}

/** After this long a process that has taken a chore is taken for dead. */
const LEASE_MS = 10 * 60_000;
const RETRY_MS = 60_000;
/** A clock of the database that was set back must not silence a chore. */
const LOOK_AT_LEAST_EVERY_MS = 60_000;
const LOOK_AT_MOST_EVERY_MS = 100;

/** Does each chore at once when it is due, and whenever it is due again. */
export function startUpkeep(options: UpkeepOptions): Upkeep {
  const stopping = new AbortController();
  const running = options.chores.map((chore) => attend(options, chore, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** The same for a process that has no connection as throughline_relay: it opens one, and closes it at the stop. */
export async function openUpkeep(options: {
  readonly url: string;
  readonly name: string;
  readonly chores: (db: Database) => readonly Chore[];
  readonly log: Logger;
}): Promise<Upkeep> {
  const { url, name, chores, log } = options;
  const db = await openDatabase({ url, role: 'throughline_relay', max: 1, name });
  const upkeep = startUpkeep({ db, chores: chores(db), log });
  return {
    async stop() {
      await upkeep.stop();
      await db.close();
    },
  };
}

async function attend(options: UpkeepOptions, chore: Chore, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const dueInMs = await once(options, chore, stopping);
    const pause = Math.min(Math.max(dueInMs, LOOK_AT_MOST_EVERY_MS), LOOK_AT_LEAST_EVERY_MS);
    await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
  }
}

/** Does the chore if it is due; returns when to look again, in milliseconds. */
async function once(
  { db, log }: UpkeepOptions,
  chore: Chore,
  stopping: AbortSignal,
): Promise<number> {
  const { name, everyMs } = chore;
  try {
    const claim = await claimChore(db, name, LEASE_MS);
    if (!claim.claimed) return claim.dueInMs;
    const startedAt = performance.now();
    try {
      const progress = await chore.run(claim.progress, stopping);
      await finishChore(db, name, { dueInMs: everyMs, progress });
      count(name, 'done', startedAt);
      return everyMs;
    } catch (error) {
      count(name, 'failed', startedAt);
      const again = { dueInMs: Math.min(everyMs, RETRY_MS), progress: claim.progress };
      await finishChore(db, name, again).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    if (stopping.aborted) return 0;
    log.warn({ event: 'upkeep.failed', chore: name, error: errorCode(error) }, 'A chore failed.');
    return Math.min(everyMs, RETRY_MS);
  }
}

function count(chore: string, outcome: 'done' | 'failed', startedAt: number): void {
  choreRuns.inc({ chore, outcome });
  choreSeconds.observe({ chore }, (performance.now() - startedAt) / 1_000);
  if (outcome === 'done') choreSuccess.set({ chore }, Date.now() / 1_000);
}

/** Partitions, and ids whose window is over: hourly. `db` has the role throughline_relay. */
export function maintenance(db: Database, log: Logger): Chore {
  return {
    name: 'maintain',
    everyMs: 3_600_000,
    async run() {
      const startedAt = performance.now();
      await maintain(db);
      const durationMs = Math.round(performance.now() - startedAt);
      log.info({ event: 'upkeep.maintained', durationMs }, 'The database was tidied up.');
      return null;
    },
  };
}
