/** Deleting what is older than the deployment keeps, a little at a time (src/db/forget.ts). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config';
import type { Database, Tx } from '../db/client';
import {
  dropOldEvents,
  forgetDeliveries,
  forgetEnrollments,
  oldDeliveries,
  oldEnrollments,
} from '../db/forget';
import type { Place } from '../db/upkeep';
import type { Logger } from '../log';
import type { Chore } from './upkeep';

export interface RetentionOptions {
  /** With the role throughline_relay. */
  readonly outbox: Database;
  /** With the role throughline_app. */
  readonly db: Database;
  readonly keep: Config['keep'];
  readonly log: Logger;
}

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const BATCH = 200;
/** Other work comes first. */
const PAUSE_MS = 20;
/** A chore is taken for dead after ten minutes. */
const LONGEST_RUN_MS = 5 * 60_000;

/** Once an hour, for some minutes at most; what is left is left to the next hour. */
export function retention(options: RetentionOptions): Chore {
  const { outbox, keep, log } = options;
  return {
    name: 'retention',
    everyMs: EVERY_MS,
    async run(_progress, stopping) {
      const now = Date.now();
      const before = (days: number) => new Date(now - days * DAY_MS);
      const until = performance.now() + LONGEST_RUN_MS;
      const goesOn = () => !stopping.aborted && performance.now() < until;
      const counts = { enrollments: 0, messages: 0, eventMonths: 0 };
      if (keep.enrollmentDays !== undefined)
        counts.enrollments = await forgetOldEnrollments(
          options,
          before(keep.enrollmentDays),
          goesOn,
        );
      if (keep.messageDays !== undefined)
        counts.messages = await forgetOldMessages(options, before(keep.messageDays), goesOn);
      if (keep.eventDays !== undefined && goesOn())
        counts.eventMonths = (await dropOldEvents(outbox, before(keep.eventDays))).length;
      if (Object.values(counts).some((count) => count > 0))
        log.info({ event: 'retention.done', ...counts }, 'What is no longer kept was deleted.');
      return null;
    },
  };
}

function forgetOldEnrollments(options: RetentionOptions, before: Date, goesOn: () => boolean) {
  return inBatches(options, goesOn, {
    find: () => oldEnrollments(options.outbox, before, BATCH),
    forget: (tx, ids) => forgetEnrollments(tx, ids, before),
  });
}

function forgetOldMessages(options: RetentionOptions, before: Date, goesOn: () => boolean) {
  return inBatches(options, goesOn, {
    find: () => oldDeliveries(options.outbox, before, BATCH),
    forget: forgetDeliveries,
  });
}

interface Batches {
  find(): Promise<Place[]>;
  forget(tx: Tx, ids: readonly string[]): Promise<number>;
}

async function inBatches(
  { db }: RetentionOptions,
  goesOn: () => boolean,
  { find, forget }: Batches,
): Promise<number> {
  let total = 0;
  while (goesOn()) {
    const found = await find();
    let forgotten = 0;
    for (const workspaceId of new Set(found.map((each) => each.workspaceId))) {
      const ids = found.filter((each) => each.workspaceId === workspaceId).map(({ id }) => id);
      forgotten += await db.inWorkspace(workspaceId, (tx) => forget(tx, ids));
    }
    total += forgotten;
    // Whatever was found and not forgotten is in somebody's hands.
    if (found.length < BATCH || forgotten === 0) break;
    await sleep(PAUSE_MS);
  }
  return total;
}
