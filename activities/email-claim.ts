/**
 * The first transaction of a send: may this attempt send, and what?
 *
 * Everything that could stop the message is looked at here, in the transaction that claims it, so
 * nothing that was committed before the claim is overlooked.
 */
import type { Tx } from '../src/db/client';
import { holdContact } from '../src/db/contacts';
import {
  blockDelivery,
  claimAgain,
  claimDelivery,
  type DeliveryRow,
  type HeldBack,
  judgeAgain,
  lockDelivery,
  markUnknown,
  type Resolution,
} from '../src/db/deliveries';
import { type EnrollmentFacts, loadFacts } from '../src/db/facts';
import { newId } from '../src/ids';
import type { Evaluators } from '../src/journey/facts';
import type { Graph } from '../src/journey/graph';
import type { RetryPolicy } from '../src/journey/retry';
import type { WatchState } from '../src/journey/runtime';
import type { MailLinks } from '../src/links/mail-links';
import { heldBack, keptFrom } from './email-holds';
import { type Delay, delayed } from './email-limits';
import { type ClaimOptions, compose, type Outcome } from './email-outcome';
import type { EmailConfig, Sender } from './email-request';
import { isExhausted } from './retrying';
import { ERASED } from './stopped-by';

/** One send: its key, and what is needed to judge and compose it. */
export interface Send {
  readonly workspaceId: string;
  readonly enrollmentId: string;
  readonly node: string;
  readonly visit: number;
  readonly at: number;
  readonly watch: WatchState;
  readonly effectKey: string;
  readonly graph: Graph;
  readonly channel: string;
  readonly retry: RetryPolicy | null;
  readonly config: EmailConfig;
  readonly evaluators: Evaluators;
  readonly sender: Sender;
  /** Null where mails have no links back to us. */
  readonly links: MailLinks | null;
  readonly provider: string;
}

export type Claim =
  /** This attempt sends. */
  | { readonly state: 'claimed'; readonly row: DeliveryRow }
  /** Somebody did, or the message was stopped or refused for good. */
  | { readonly state: 'settled'; readonly row: DeliveryRow }
  /** The person was erased, and what was stored of the message with her. */
  | { readonly state: 'erased' }
  /** An older attempt may have sent it, `claimedForMs` ago. */
  | { readonly state: 'doubtful'; readonly row: DeliveryRow; readonly claimedForMs: number };

/** The reason of a row whose refusal may be tried again. */
const RETRYABLE = 'refused_retryable';

/** Claims the send, or finds out who did. Throws TemplateError for a render that may be tried again. */
export async function claimSend(tx: Tx, send: Send, options: ClaimOptions): Promise<Claim> {
  const loaded = await loadFacts(tx, send.enrollmentId, send.graph, {
    at: send.at,
    writes: true,
  });
  if (loaded === null) return { state: 'erased' };
  const known = await lockDelivery(tx, send.effectKey);
  if (known === null) {
    const row = await firstClaim(tx, send, loaded, options);
    return row === null ? claimSend(tx, send, options) : asClaim(row);
  }
  const { row, claimedForMs } = known;
  if (row.status === 'deferred') return asClaim(await judgedAnew(tx, send, row, options));
  if (row.status === 'failed' && row.reason === RETRYABLE && !isExhausted(send.retry, row.attempt))
    return asClaim(await again(tx, send, row));
  if (row.status !== 'claimed' && row.status !== 'unknown') return { state: 'settled', row };
  if (row.status === 'claimed') await markUnknown(tx, row.id, 'interrupted');
  return { state: 'doubtful', row: { ...row, status: 'unknown' }, claimedForMs };
}

/**
 * Claims a doubtful send for one more attempt, unless something stops it by now. Null when another
 * attempt was faster.
 */
export async function reclaimSend(
  tx: Tx,
  send: Send,
  doubted: DeliveryRow,
  resolution: Resolution,
): Promise<Claim | null> {
  // Before the row, as everywhere: an erasure locks in this order too.
  await holdContact(tx, doubted.contactId);
  const known = await lockDelivery(tx, send.effectKey);
  if (known === null || known.row.status !== 'unknown' || known.row.attempt !== doubted.attempt)
    return null;
  return asClaim(await again(tx, send, known.row, resolution));
}

const asClaim = (row: DeliveryRow): Claim => ({
  state: row.status === 'claimed' ? 'claimed' : 'settled',
  row,
});

async function again(
  tx: Tx,
  send: Send,
  row: DeliveryRow,
  resolution?: Resolution,
): Promise<DeliveryRow> {
  // Loaded behind the lock of the row, for which this transaction may have waited.
  const loaded = await loadFacts(tx, send.enrollmentId, send.graph, {
    at: send.at,
    writes: true,
  });
  const held = await heldBackAgain(send, loaded, row);
  if (held !== null) {
    await blockDelivery(tx, row.id, held, resolution && 'not_resent');
    return { ...row, status: 'blocked', reason: held.reason };
  }
  // A mail in doubt was let go by them already.
  const delay = resolution || loaded === null ? null : await delayed(tx, send, loaded);
  if (delay === null) return claimAgain(tx, row, resolution);
  const attempt = row.attempt + 1;
  return judgeAgain(tx, row, { ...delay, status: statusOf(delay), attempt });
}

const statusOf = ({ deferredUntil }: Delay) => (deferredUntil === null ? 'blocked' : 'deferred');

async function heldBackAgain(
  send: Send,
  loaded: EnrollmentFacts | null,
  { toAddress }: DeliveryRow,
): Promise<HeldBack | null> {
  if (loaded === null) return { reason: ERASED };
  const held = await heldBack(send, loaded);
  return held ?? (toAddress === null ? null : keptFrom(loaded.facts, toAddress));
}

async function firstClaim(
  tx: Tx,
  send: Send,
  loaded: EnrollmentFacts,
  options: ClaimOptions,
): Promise<DeliveryRow | null> {
  const id = newId();
  const outcome = await judged(tx, send, loaded, id, options);
  return claimDelivery(tx, {
    id,
    effectKey: send.effectKey,
    enrollmentId: send.enrollmentId,
    nodeId: send.node,
    visit: send.visit,
    contactId: loaded.enrollment.contactId,
    channel: send.channel,
    provider: send.provider,
    purpose: send.config.purpose,
    topic: send.config.topic,
    ...outcome,
  });
}

/** A mail that had to wait: composed as things are now. */
async function judgedAnew(
  tx: Tx,
  send: Send,
  row: DeliveryRow,
  options: ClaimOptions,
): Promise<DeliveryRow> {
  // As in `again`.
  const loaded = await loadFacts(tx, send.enrollmentId, send.graph, { at: send.at, writes: true });
  const outcome: Outcome =
    loaded === null
      ? { status: 'blocked', reason: ERASED }
      : await judged(tx, send, loaded, row.id, options);
  return judgeAgain(tx, row, outcome);
}

/** What becomes of a mail that was never tried: what could stop it first, what only delays it last. */
async function judged(
  tx: Tx,
  send: Send,
  loaded: EnrollmentFacts,
  id: string,
  options: ClaimOptions,
): Promise<Outcome> {
  const held = await heldBack(send, loaded);
  if (held !== null) return { status: 'blocked', ...held };
  const outcome = await compose(send, loaded, id, options);
  if (outcome.status !== 'claimed') return outcome;
  const kept = await keptFrom(loaded.facts, outcome.toAddress ?? '');
  if (kept !== null) return { status: 'blocked', ...kept };
  const delay = await delayed(tx, send, loaded);
  if (delay === null) return { ...outcome, judgedAt: new Date(send.at) };
  return { status: statusOf(delay), ...delay };
}
