/**
 * The first transaction of a send: may this attempt send, and what?
 *
 * Everything that could stop the message is looked at here, in the transaction that claims it, so
 * nothing that was committed before the claim is overlooked.
 */
import type { Tx } from '../src/db/client';
import {
  blockDelivery,
  claimAgain,
  claimDelivery,
  type DeliveryRow,
  lockDelivery,
  markUnknown,
  type Resolution,
} from '../src/db/deliveries';
import { TemplateError } from '../src/evaluate/liquid';
import { goalReachedBy } from '../src/journey/event-match';
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
import { type EnrollmentFacts, loadFacts } from './enrollment-facts';

/** One send: its key, and what is needed to judge and compose it. */
export interface Send {
  readonly workspaceId: string;
  readonly enrollmentId: string;
  readonly node: string;
  readonly visit: number;
  readonly at: number;
  readonly effectKey: string;
  readonly graph: Graph;
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
  /** An older attempt may have sent it, `claimedForMs` ago. */
  | { readonly state: 'doubtful'; readonly row: DeliveryRow; readonly claimedForMs: number };

/** The reason of a row whose refusal may be tried again. */
const RETRYABLE = 'refused_retryable';

/** Claims the send, or finds out who did. */
export async function claimSend(tx: Tx, send: Send): Promise<Claim> {
  const known = await lockDelivery(tx, send.effectKey);
  if (known === null) {
    const row = await firstClaim(tx, send);
    return row === null ? claimSend(tx, send) : asClaim(row);
  }
  const { row, claimedForMs } = known;
  if (row.status === 'failed' && row.reason === RETRYABLE)
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
  const reason = await stoppedBy(send, await loadFacts(tx, send.enrollmentId, send.at));
  if (reason === null) return claimAgain(tx, row, resolution);
  await blockDelivery(tx, row.id, reason, resolution && 'not_resent');
  return { ...row, status: 'blocked', reason };
}

async function firstClaim(tx: Tx, send: Send): Promise<DeliveryRow | null> {
  const loaded = await loadFacts(tx, send.enrollmentId, send.at);
  const reason = await stoppedBy(send, loaded);
  const outcome: Outcome = reason === null ? compose(send, loaded) : { status: 'blocked', reason };
  return claimDelivery(tx, {
    effectKey: send.effectKey,
    enrollmentId: send.enrollmentId,
    nodeId: send.node,
    visit: send.visit,
    contactId: loaded.enrollment.contactId,
    channel: 'email',
    provider: send.provider,
    purpose: send.config.purpose,
    ...outcome,
  });
}

/** Why the message must not go out, judged by what is committed now. */
async function stoppedBy(
  send: Send,
  { enrollment, facts, lookUp }: EnrollmentFacts,
): Promise<string | null> {
  if (enrollment.endedAt !== null) return 'enrollment_ended';
  const goal = await goalReachedBy(send.graph, facts, send.evaluators, lookUp);
  return goal === null ? null : 'goal_reached';
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

function compose({ config, effectKey, sender }: Send, { facts }: EnrollmentFacts): Outcome {
  const composed = tryCompose(() => composeEmail(config, facts, effectKey, sender));
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
  | { readonly refused: string; readonly detail?: string };

function tryCompose(work: () => Composition): Attempted {
  try {
    return work();
  } catch (error) {
    // A limit may have been a busy machine: the transaction is undone and the activity runs again.
    if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
    return { refused: 'template.failed', detail: error.message };
  }
}
