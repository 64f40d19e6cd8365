/**
 * Tells Temporal what PostgreSQL knows: starts enrollments, dispatches events, rings bells.
 *
 * Owns: claiming, doing, giving back. Does not own: the facts (whoever wrote the outbox row), the
 * leases (the database).
 *
 * Invariants:
 * O1. A row is deleted only after what it asks for was done; a crash in between gives it to the next
 *     claimant when the lease ends. So everything is done at least once, and all of it is repeatable.
 * O2. No order is assumed between rows.
 */
import { completeOutbox, claimOutbox, type OutboxRow, retryOutbox } from '../db/outbox';
import type { Database } from '../db/client';
import { getEnrollment } from '../db/enrollments';
import type { Evaluators } from '../journey/facts';
import type { Logger } from '../log';
import { dispatchEvent } from './dispatch';
import type { Enrollments } from './enrollments';
import { errorCode } from './error-code';

export interface RelayOptions {
  /** With the role throughline_relay. */
  readonly outbox: Database;
  /** With the role throughline_app. */
  readonly db: Database;
  readonly enrollments: Enrollments;
  readonly evaluators: Evaluators;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly log: Logger;
}

export interface Relay {
  /** Looks at once instead of at the next poll; called after a commit in the same process. */
  wake(): void;
  /** Lets rows under way finish, then stops. */
  stop(): Promise<void>;
}

/** Rows under way at once; a slow one delays none of the others. */
const UNDER_WAY_AT_MOST = 50;
const RETRY_AT_MOST_MS = 30_000;

export function startRelay(options: RelayOptions): Relay {
  const signal = createSignal();
  let stopping = false;
  const underWay = new Set<Promise<void>>();
  const take = (row: OutboxRow): void => {
    const work = handle(options, row, signal.ring).finally(() => underWay.delete(work));
    underWay.add(work);
  };
  const running = (async () => {
    while (!stopping) {
      const heard = signal.heard();
      const room = UNDER_WAY_AT_MOST - underWay.size;
      const rows = room > 0 ? await claim(options, room) : [];
      for (const row of rows) take(row);
      if (room === 0) await Promise.race(underWay);
      else if (rows.length < room && !stopping) await signal.wait(heard, options.pollMs);
    }
    await Promise.all(underWay);
  })();
  return {
    wake: () => signal.ring(),
    async stop() {
      stopping = true;
      signal.ring();
      await running;
    },
  };
}

async function claim({ outbox, leaseMs, log }: RelayOptions, limit: number): Promise<OutboxRow[]> {
  try {
    return await claimOutbox(outbox, { limit, leaseMs });
  } catch (error) {
    log.warn(
      { event: 'relay.claim_failed', error: errorCode(error) },
      'The outbox did not answer.',
    );
    return [];
  }
}

async function handle(options: RelayOptions, row: OutboxRow, more: () => void): Promise<void> {
  const { outbox, log } = options;
  try {
    await perform(options, row, more);
    await completeOutbox(outbox, [row]);
  } catch (error) {
    const delayMs = Math.min(RETRY_AT_MOST_MS, 100 * 2 ** Math.min(row.attempts, 10));
    const fields = { event: 'relay.retry', kind: row.kind, id: row.id, error: errorCode(error) };
    log.warn(fields, 'A row of the outbox is tried again.');
    // Failing here too leaves the row to the end of its lease.
    await retryOutbox(outbox, row, { delayMs, error: errorCode(error) }).catch(() => undefined);
  }
}

async function perform(options: RelayOptions, row: OutboxRow, more: () => void): Promise<void> {
  const { db, enrollments, evaluators } = options;
  const { workspaceId, payload } = row;
  if (row.kind === 'event') {
    const { eventId } = payload as { eventId: string };
    const { leftRows, listening } = await dispatchEvent(db, evaluators, workspaceId, eventId);
    if (leftRows) more();
    await Promise.all(
      listening.map((one) => enrollments.ring(one, { kind: 'event', id: eventId })),
    );
    return;
  }
  const { enrollmentId } = payload as { enrollmentId: string };
  const enrollment = await db.inWorkspace(workspaceId, (tx) => getEnrollment(tx, enrollmentId));
  if (enrollment === null) return;
  if (row.kind === 'start') {
    if (enrollment.temporalRunId === null) await enrollments.start(enrollment);
    return;
  }
  await enrollments.ring(enrollment, { kind: 'command', id: row.id });
}

/** A bell that is not lost when it rings while nobody waits yet. */
function createSignal() {
  let rings = 0;
  let wakeUp: (() => void) | null = null;
  return {
    heard: () => rings,
    ring() {
      rings += 1;
      wakeUp?.();
    },
    async wait(heard: number, atMostMs: number): Promise<void> {
      if (rings > heard) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMostMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wakeUp = null;
    },
  };
}
