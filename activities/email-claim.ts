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
  lockDelivery,
  markUnknown,
  type Resolution,
} from '../src/db/deliveries';
import { type EnrollmentFacts, loadFacts } from '../src/db/facts';
import type { ErrorCode } from '../src/errors';
import { TemplateError } from '../src/evaluate/template-error';
import { withheld } from '../src/journey/consent';
import type { Evaluators } from '../src/journey/facts';
import type { Graph } from '../src/journey/graph';
import type { Json } from '../src/journey/json';
import {
  type Composition,
  composeEmail,
  type EmailConfig,
  requestHash,
  type Sender,
} from './email-request';
import { isExhausted } from './retrying';
import { ERASED, stoppedBy } from './stopped-by';
import type { RetryPolicy } from '../src/journey/retry';
import type { WatchState } from '../src/journey/runtime';

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

export interface ClaimOptions {
  /** Whether a template that takes too long is refused now, instead of a TemplateError that asks for another try. */
  readonly lastTry: boolean;
}

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
  const reason = loaded === null ? ERASED : await heldBack(send, loaded);
  if (reason === null) return claimAgain(tx, row, resolution);
  await blockDelivery(tx, row.id, reason, resolution && 'not_resent');
  return { ...row, status: 'blocked', reason };
}

async function firstClaim(
  tx: Tx,
  send: Send,
  loaded: EnrollmentFacts,
  options: ClaimOptions,
): Promise<DeliveryRow | null> {
  const reason = await heldBack(send, loaded);
  const outcome: Outcome =
    reason === null ? compose(send, loaded, options) : { status: 'blocked', reason };
  return claimDelivery(tx, {
    effectKey: send.effectKey,
    enrollmentId: send.enrollmentId,
    nodeId: send.node,
    visit: send.visit,
    contactId: loaded.enrollment.contactId,
    channel: send.channel,
    provider: send.provider,
    purpose: send.config.purpose,
    ...outcome,
  });
}

/** Why the message must not leave, judged by what is committed now; null when it may. */
async function heldBack(send: Send, loaded: EnrollmentFacts): Promise<string | null> {
  const { channel, config } = send;
  const stopped = await stoppedBy(send, loaded);
  return stopped ?? withheld(loaded.facts.contact.consent, channel, config.purpose);
}

interface Outcome {
  readonly status: 'claimed' | 'blocked' | 'failed';
  readonly reason?: string;
  readonly providerResponse?: string;
  readonly toAddress?: string;
  readonly subject?: string;
  readonly request?: { readonly [key: string]: Json };
  readonly requestHash?: string;
  readonly messageId?: string;
}

function compose(
  { config, effectKey, sender }: Send,
  { facts }: EnrollmentFacts,
  { lastTry }: ClaimOptions,
): Outcome {
  const composed = tryCompose(() => composeEmail(config, facts, effectKey, sender), lastTry);
  if ('blocked' in composed) return { status: 'blocked', reason: composed.blocked };
  if ('refused' in composed)
    return { status: 'failed', reason: composed.refused, providerResponse: composed.detail ?? '' };
  const { message } = composed;
  return {
    status: 'claimed',
    toAddress: message.to,
    subject: message.subject,
    request: message as unknown as { readonly [key: string]: Json },
    requestHash: requestHash(message),
    messageId: message.messageId,
  };
}

type Attempted =
  | Exclude<Composition, { refused: string }>
  | { readonly refused: ErrorCode; readonly detail?: string };

function tryCompose(work: () => Composition, lastTry: boolean): Attempted {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const code = error.kind === 'limit' ? 'template.limit' : 'template.failed';
    if (code === 'template.limit' && !lastTry) throw error;
    return { refused: code, detail: error.message };
  }
}
