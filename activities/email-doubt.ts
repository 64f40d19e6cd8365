/**
 * Settles a send whose outcome nobody knows: by proof, by looking it up, else by the node's policy.
 *
 * An answer `accepted` is true whenever it comes. `absent` is true only once the older attempt can no
 * longer hand the mail over; until then the activity gives way and is run again when that is so.
 */
import type { EmailChannel, LookUpAnswer } from '../src/channels/email';
import type { Database } from '../src/db/client';
import { type DeliveryRow, type Resolution, settleAccepted } from '../src/db/deliveries';
import { findEvent } from '../src/db/events';
import { PROOFS_OF_ACCEPTANCE, unknownPolicy } from '../src/journey/mail-doubt';
import type { SendResult } from '../src/journey/runtime';
import { retryable } from './failure';
import { type Claim, reclaimSend, type Send } from './email-claim';

/** One attempt, from before its claim to the end of its connection; well under the activity's 10 s. */
export const ATTEMPT_MS = 6_000;

/** How much longer a server may take to show a mail that it took at the last moment. */
const SETTLING_MS = 2_000;

/** So long after its claim an attempt may still hand a mail over, or the server be about to show it. */
export const ALIVE_FOR_MS = ATTEMPT_MS + SETTLING_MS;

const LOOK_UP_FOR_MS = 15 * 60_000;
const LOOK_UP_AGAIN_MS = 5_000;

interface DoubtDeps {
  readonly db: Database;
  readonly channel: EmailChannel;
  readonly lookUpForMs?: number;
}

/** A further attempt, with the (monotonic) time from before its claim. */
type NextAttempt = Exclude<Claim, { state: 'doubtful' }> & { readonly claimStartedAt: number };

/** What became of it; or the claim of one more attempt. Throws a retryable failure while it is too early to say. */
export async function resolveDoubt(
  deps: DoubtDeps,
  send: Send,
  doubt: Extract<Claim, { state: 'doubtful' }>,
): Promise<SendResult | NextAttempt> {
  const { row, claimedForMs } = doubt;
  const proved = await isProved(deps, send, row);
  const answer: LookUpAnswer = proved
    ? 'accepted'
    : ((await deps.channel.lookUp?.(row.messageId ?? '')) ?? 'unknown');
  if (answer === 'accepted') {
    await deps.db.inWorkspace(send.workspaceId, (tx) =>
      settleAccepted(tx, row.id, proved ? 'event' : 'found'),
    );
    return { outcome: 'sent', deliveryKey: send.effectKey };
  }
  const aliveForMs = ALIVE_FOR_MS - claimedForMs;
  if (aliveForMs > 0) throw retryable('email.in_doubt', 'too early', aliveForMs);
  if (answer === 'absent') return sendAgain(deps, send, row, 'absent_resent');
  if (deps.channel.lookUp && claimedForMs < (deps.lookUpForMs ?? LOOK_UP_FOR_MS))
    throw retryable('email.look_up_failed', 'no answer', LOOK_UP_AGAIN_MS);
  return byPolicy(deps, send, row);
}

async function byPolicy(
  deps: DoubtDeps,
  send: Send,
  row: DeliveryRow,
): Promise<SendResult | NextAttempt> {
  const policy = unknownPolicy(send.config);
  // Once: in doubt again, a third mail would help nobody.
  if (policy === 'resend' && row.resolution !== 'resent')
    return sendAgain(deps, send, row, 'resent');
  return {
    outcome: 'unknown',
    reason: policy === 'hold' ? 'hold' : 'continue',
    deliveryKey: send.effectKey,
  };
}

async function sendAgain(
  deps: DoubtDeps,
  send: Send,
  row: DeliveryRow,
  resolution: Resolution,
): Promise<NextAttempt> {
  const claimStartedAt = performance.now();
  const claim = await deps.db.inWorkspace(send.workspaceId, (tx) =>
    reclaimSend(tx, send, row, resolution),
  );
  if (claim === null || claim.state === 'doubtful')
    throw retryable('email.in_doubt', 'overtaken', ALIVE_FOR_MS);
  return { ...claim, claimStartedAt };
}

/** Whether something has happened to the message that proves it accepted. */
export async function isProved(
  { db }: Pick<DoubtDeps, 'db'>,
  { workspaceId, effectKey }: Pick<Send, 'workspaceId' | 'effectKey'>,
  row: Pick<DeliveryRow, 'contactId'>,
): Promise<boolean> {
  const message = { deliveryKey: effectKey, named: true };
  const search = { contactId: row.contactId, types: PROOFS_OF_ACCEPTANCE, ...message };
  return (await db.inWorkspace(workspaceId, (tx) => findEvent(tx, search))) !== null;
}
