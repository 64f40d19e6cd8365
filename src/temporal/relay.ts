/**
 * Tells Temporal what PostgreSQL knows: starts enrollments and jobs, dispatches events, rings bells.
 *
 * Owns: claiming, doing, giving back. Does not own: the facts (whoever wrote the outbox row), the
 * leases (the database).
 *
 * Invariants:
 * O1. A row is deleted only after what it asks for was done; a crash in between gives it to the next
 *     claimant when the lease ends. So starts and rings are done at least once, and both are repeatable.
 *     An event is dispatched exactly once: its row goes with the commit of what follows (dispatch.ts).
 * O2. No order is assumed between rows.
 */
import { completeOutbox, claimOutbox, type OutboxRow, retryOutbox } from '../db/outbox';
import type { Database } from '../db/client';
import { refusePending } from '../db/commands';
import { getEnrollment, holdEnrollment } from '../db/enrollments';
import type { Evaluators } from '../journey/facts';
import type { Logger } from '../log';
import { relayDelay, relayRows, relayUnderWay } from '../metrics';
import type { Doorbell } from '../../workflows/messages';
import { type Bell, dispatchEvent } from './dispatch';
import type { Enrollments } from './enrollments';
import type { Jobs } from './jobs';
import { errorCode } from './error-code';

export interface RelayOptions {
  /** With the role throughline_relay. */
  readonly outbox: Database;
  /** With the role throughline_app. */
  readonly db: Database;
  readonly enrollments: Enrollments;
  readonly jobs: Jobs;
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
    const work = handle(options, row, signal.ring).finally(() => {
      underWay.delete(work);
      relayUnderWay.dec();
    });
    underWay.add(work);
    relayUnderWay.inc();
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
  if (row.kind !== 'event') return finishing(options, row, () => perform(options, row));
  await attempting(options, row, async () => {
    const { leftRows, bells } = await dispatchEvent(options, row);
    if (leftRows) more();
    await Promise.all(bells.map((bell) => finishing(options, bell.row, () => ring(options, bell))));
  });
}

/** Does what a row asks for and deletes it, or gives it back. */
function finishing(options: RelayOptions, row: OutboxRow, work: () => Promise<unknown>) {
  return attempting(options, row, async () => {
    await work();
    await completeOutbox(options.outbox, [row]);
  });
}

/** Gives the row back when the work fails. */
async function attempting(
  { outbox, log }: RelayOptions,
  row: OutboxRow,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    relayRows.inc({ kind: row.kind, outcome: 'done' });
    relayDelay.observe(
      { kind: row.kind },
      Math.max(0, Date.now() - row.createdAt.getTime()) / 1_000,
    );
  } catch (error) {
    relayRows.inc({ kind: row.kind, outcome: 'retried' });
    const delayMs = Math.min(RETRY_AT_MOST_MS, 100 * 2 ** Math.min(row.attempts, 10));
    const fields = { event: 'relay.retry', kind: row.kind, id: row.id, error: errorCode(error) };
    log.warn(fields, 'A row of the outbox is tried again.');
    // Failing here too leaves the row to the end of its lease.
    await retryOutbox(outbox, row, { delayMs, error: errorCode(error) }).catch(() => undefined);
  }
}

async function perform(options: RelayOptions, row: OutboxRow): Promise<void> {
  if (row.kind === 'job') return ringJob(options, row);
  const { enrollmentId } = row.payload as { enrollmentId: string };
  const enrollment = await options.db.inWorkspace(row.workspaceId, (tx) =>
    getEnrollment(tx, enrollmentId),
  );
  if (enrollment === null) return;
  if (row.kind === 'bell') return ringUntilHeard(options, { row, enrollment });
  if (enrollment.temporalRunId === null) await options.enrollments.start(enrollment);
}

/** A command must reach also an enrollment that is not started yet, and one that is being reset. */
async function ringUntilHeard(options: RelayOptions, bell: Bell): Promise<void> {
  if (await ring(options, bell)) return;
  const { workspaceId, id } = bell.enrollment;
  await options.db.inWorkspace(workspaceId, async (tx) => {
    const now = await holdEnrollment(tx, id);
    if (now?.endedAt === null) throw new Unheard();
    await refusePending(tx, id, new Date());
  });
}

class Unheard extends Error {
  override readonly name = 'Unheard';
}

async function ringJob({ jobs }: RelayOptions, { workspaceId, payload }: OutboxRow): Promise<void> {
  const { jobId } = payload as { jobId: string };
  await jobs.ring({ workspaceId, jobId });
}

/** Rings for the event that the row names; without one it is about the enrollment itself. */
async function ring({ enrollments }: RelayOptions, { row, enrollment }: Bell): Promise<boolean> {
  const { eventId } = row.payload as { eventId?: string };
  const bell: Doorbell =
    eventId === undefined ? { kind: 'command', id: row.id } : { kind: 'event', id: eventId };
  return enrollments.ring(enrollment, bell);
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
