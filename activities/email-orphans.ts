/**
 * Settles sends that were left in doubt by a visit that ended: cancelled between two attempts, interrupted with
 * their worker, or left by a policy that goes on. No activity comes back for them. Asks about those that are held
 * too, whose activity comes back when somebody rings.
 *
 * Owns: finding them, asking what became of them. Does not own: doubt while a visit lasts (email-doubt.ts).
 *
 * 1. Nothing is sent here. A mail that was not accepted stays unsent where its visit is over; a held one is left to
 *    its activity, which is rung.
 * 2. `absent` is believed only when no attempt can be alive any more, and a row that somebody has claimed or
 *    settled meanwhile is left to them.
 * 3. Where nobody can be asked the row stays `unknown`, for people to see.
 */
import type { EmailChannel, LookUpAnswer } from '../src/channels/email';
import type { Database, Tx } from '../src/db/client';
import { holdContact } from '../src/db/contacts';
import {
  blockDelivery,
  type DeliveryRow,
  lockDelivery,
  markUnknown,
  settleAccepted,
} from '../src/db/deliveries';
import { getEnrollment } from '../src/db/enrollments';
import { enqueue } from '../src/db/outbox';
import { getStep } from '../src/db/steps';
import {
  type ChoreProgress,
  listOrphanedDeliveries,
  type OrphanedDelivery,
  type Place,
  placeOf,
} from '../src/db/upkeep';
import type { Logger } from '../src/log';
import { ALIVE_FOR_MS, isProved } from './email-doubt';

export interface OrphanDeps {
  /** With the role throughline_relay. */
  readonly outbox: Database;
  /** With the role throughline_app. */
  readonly db: Database;
  readonly channel: EmailChannel;
  readonly log: Logger;
}

const EVERY_MS = 60_000;
/** A provider that could not be asked for three days is not asked again. */
const ASKED_FOR_MS = 72 * 3_600_000;
const PAGE = 100;
const PAGES_AT_MOST = 5;
const AT_ONCE = 5;

/** A chore: asks about some hundred sends a minute, going round through all of them. */
export function orphanedSends(deps: OrphanDeps) {
  return {
    name: 'settle_deliveries',
    everyMs: EVERY_MS,
    async run(progress: ChoreProgress, stopping: AbortSignal): Promise<ChoreProgress> {
      let after = placeOf(progress);
      for (let page = 0; page < PAGES_AT_MOST && !stopping.aborted; page += 1) {
        after = await settlePage(deps, after, stopping);
        if (after === null) break;
      }
      return after === null ? null : { ...after };
    },
  };
}

/** Settles what it can of a page behind `after`; returns where to go on, null at the end. */
async function settlePage(
  deps: OrphanDeps,
  after: Place | null,
  stopping: AbortSignal,
): Promise<Place | null> {
  const { outbox, channel } = deps;
  const orphans = await listOrphanedDeliveries(outbox, {
    ...{ after, provider: channel.provider, quietMs: ALIVE_FOR_MS, askedForMs: ASKED_FOR_MS },
    limit: PAGE,
  });
  let reached = after;
  for (let from = 0; from < orphans.length && !stopping.aborted; from += AT_ONCE) {
    const some = orphans.slice(from, from + AT_ONCE);
    await Promise.all(some.map((orphan) => attempt(deps, orphan)));
    reached = some.at(-1) ?? reached;
  }
  if (stopping.aborted || orphans.length === PAGE)
    return reached && { workspaceId: reached.workspaceId, id: reached.id };
  return null;
}

/** One row must not keep the others from their turn; it has its own in the next round. */
async function attempt(deps: OrphanDeps, orphan: OrphanedDelivery): Promise<void> {
  const { workspaceId, id: deliveryId } = orphan;
  try {
    const outcome = await settle(deps, orphan);
    if (outcome === null) return;
    const fields = { event: 'delivery.settled', workspaceId, deliveryId, outcome };
    deps.log.info(fields, 'The doubt about a send is settled, or about to be.');
  } catch (error) {
    const fields = { event: 'delivery.settle_failed', workspaceId, deliveryId, err: error };
    deps.log.warn(fields, 'A send in doubt could not be settled.');
  }
}

/** What became of it, or `rung` where its visit will see to that; null when it is still unknown. */
async function settle(
  deps: OrphanDeps,
  { workspaceId, effectKey }: OrphanedDelivery,
): Promise<'sent' | 'not_sent' | 'rung' | null> {
  const { db, channel } = deps;
  const row = await db.inWorkspace(workspaceId, (tx) => doubt(tx, effectKey));
  if (row === null) return null;
  const proved = await isProved(deps, { workspaceId, effectKey }, row);
  const answer: LookUpAnswer = proved
    ? 'accepted'
    : ((await channel.lookUp?.(row.messageId ?? '')) ?? 'unknown');
  if (answer === 'unknown') return null;
  return db.inWorkspace(workspaceId, async (tx) => {
    // Before the row, as everywhere: an erasure locks in this order too.
    await holdContact(tx, row.contactId);
    const known = await lockDelivery(tx, effectKey);
    if (known?.row.status !== 'unknown' || known.row.attempt !== row.attempt) return null;
    const over = await whatIsOver(tx, row);
    if (over === null) {
      await enqueue(tx, { kind: 'bell', payload: { enrollmentId: row.enrollmentId } });
      return 'rung';
    }
    if (answer === 'absent') await blockDelivery(tx, row.id, { reason: over }, 'not_resent');
    else await settleAccepted(tx, row.id, proved ? 'event' : 'found');
    return answer === 'absent' ? 'not_sent' : 'sent';
  });
}

/** Why nobody needs the mail any more; null while its visit waits for it. */
async function whatIsOver(
  tx: Tx,
  { enrollmentId, nodeId, visit }: DeliveryRow,
): Promise<'enrollment_ended' | 'visit_ended' | null> {
  const enrollment = await getEnrollment(tx, enrollmentId);
  if (enrollment === null || enrollment.endedAt !== null) return 'enrollment_ended';
  const step = await getStep(tx, { enrollmentId, nodeId, visit });
  return step === null || step.endedAt === null ? null : 'visit_ended';
}

/** The row as one that nobody knows about; null when somebody has taken it up meanwhile. */
async function doubt(tx: Tx, effectKey: string): Promise<DeliveryRow | null> {
  const known = await lockDelivery(tx, effectKey);
  if (known === null || known.claimedForMs < ALIVE_FOR_MS) return null;
  const { row } = known;
  if (row.status !== 'claimed') return row.status === 'unknown' ? row : null;
  await markUnknown(tx, row.id, 'interrupted');
  return { ...row, status: 'unknown' };
}
