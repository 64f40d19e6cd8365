/**
 * Finds enrollments that should have moved on, and rings them.
 *
 * Owns: going round, telling of each once. Does not own: what counts as stuck (`throughline.why_stuck`), or the ends
 * that Temporal knows and the row does not (reconcile.ts, which also starts whom nobody started).
 */
import type { Database } from '../db/client';
import { type Noted, noteStuck, settleStuck } from '../db/stuck';
import { placeOf } from '../db/upkeep';
import type { Logger } from '../log';
import type { Chore } from './upkeep';

export interface StuckWatchOptions {
  /** With the role throughline_relay. */
  readonly outbox: Database;
  /** How long nothing may have happened that is due. */
  readonly quietMs: number;
  readonly log: Logger;
  /** Enrollments judged at once; 500 unless told. */
  readonly page?: number;
}

const EVERY_MS = 60_000;
/** A bell costs a journey some events of its history. */
const RING_AGAIN_MS = 3_600_000;
const PAGE = 500;
const PAGES_AT_MOST = 40;

/** Judges some ten thousand open enrollments a minute, going round through all of them. */
export function stuckWatch({ outbox, quietMs, log, page = PAGE }: StuckWatchOptions): Chore {
  return {
    name: 'stuck',
    everyMs: EVERY_MS,
    async run(progress, stopping) {
      await settleStuck(outbox);
      let after = placeOf(progress);
      for (let count = 0; count < PAGES_AT_MOST && !stopping.aborted; count += 1) {
        const judged = { after, quietMs, ringAgainMs: RING_AGAIN_MS, limit: page };
        const { noted, next } = await noteStuck(outbox, judged);
        for (const each of noted) if (each.isNew) tell(log, each);
        after = next;
        if (after === null) break;
      }
      return after;
    },
  };
}

function tell(log: Logger, { workspaceId, id: enrollmentId, reason }: Noted): void {
  const fields = { event: 'enrollment.stuck', workspaceId, enrollmentId, reason };
  log.warn(fields, 'An enrollment should have moved on by now.');
}
