/** Adding up what has ended, so that figures of workflows are answered soon (src/db/fold.ts). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/client';
import { foldEnds, type Mark, markEnds } from '../db/fold';
import type { Chore } from './upkeep';

/** What has ended since is counted at each question. */
const EVERY_MS = 10_000;
const BATCH = 50_000;
/** Transactions are short; behind one that is not, the next run folds. */
const WAIT_MS = 5_000;
const LOOK_EVERY_MS = 100;
/** A chore is taken for dead after ten minutes. */
const LONGEST_RUN_MS = 5 * 60_000;

/** Every ten seconds. `outbox` has the role throughline_relay. */
export function folding(outbox: Database): Chore {
  return {
    name: 'fold',
    everyMs: EVERY_MS,
    async run(_progress, stopping) {
      const mark = await markEnds(outbox);
      if (mark !== null) await foldUpTo(outbox, mark, stopping);
      return null;
    },
  };
}

async function foldUpTo(outbox: Database, mark: Mark, stopping: AbortSignal): Promise<void> {
  const began = performance.now();
  const lasts = (ms: number) => performance.now() - began < ms;
  for (let isWaiting = true; !stopping.aborted && lasts(isWaiting ? WAIT_MS : LONGEST_RUN_MS); ) {
    const left = await foldEnds(outbox, mark, BATCH);
    if (left === 0) return;
    isWaiting = left === null;
    if (isWaiting) await sleep(LOOK_EVERY_MS, undefined, { signal: stopping }).catch(() => null);
  }
}
