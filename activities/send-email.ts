/**
 * Sends an e-mail once.
 *
 * Owns: the order claim, send, record, and what happens when that order is interrupted. Does not own:
 * what may stop a message (email-claim.ts), its content (email-request.ts), the provider (src/channels).
 *
 * 1. Only the attempt whose claim is the latest sends, and only it records (fencing).
 * 2. A mail that may have been accepted is never sent again before it was looked up; and `absent` is
 *    believed only when the older attempt's connection can no longer be alive.
 * 3. Every attempt sends the stored mail, under the same Message-ID.
 * 4. What is thrown carries codes and ids; the provider's text goes into the row.
 */
import { Context } from '@temporalio/activity';
import { DeliveryError, type EmailChannel } from '../src/channels/email';
import type { Database } from '../src/db/client';
import { holdContact } from '../src/db/contacts';
import { type AttemptEnd, type DeliveryRow, recordAttempt } from '../src/db/deliveries';
import { AppError, type ErrorCode } from '../src/errors';
import { TemplateError } from '../src/evaluate/template-error';
import type { Logger } from '../src/log';
import type { Evaluators } from '../src/journey/facts';
import type { Graph } from '../src/journey/graph';
import type { GraphRef } from '../src/journey/graph-ref';
import type { SendResult } from '../src/journey/runtime';
import { effectKey } from '../src/journey/state';
import type { MailLinks } from '../src/links/mail-links';
import type { EffectActivities } from './contract';
import { type Claim, claimSend, type Send } from './email-claim';
import { type EmailConfig, type Sender, storedMessage } from './email-request';
import { ATTEMPT_MS, resolveDoubt } from './email-doubt';
import { guarded, permanent, retryable } from './failure';
import { renderingAgain } from './render-again';
import { AttemptFailed, retrying } from './retrying';
import { ERASED } from './stopped-by';

export interface SendEmailDeps {
  readonly db: Database;
  readonly channel: EmailChannel;
  readonly evaluators: Evaluators;
  /** The published graph, from a cache. */
  loadGraph(ref: GraphRef): Promise<Graph>;
  /** Who mails are from when a node does not say. */
  readonly sender: Sender;
  /** The links back to us that mails carry; none unless told. */
  readonly links?: MailLinks | undefined;
  readonly log: Logger;
  /** How long to keep asking a provider that cannot be asked just now, from the claim on; 15 minutes unless told. */
  readonly lookUpForMs?: number;
  /** Which attempt this is; Temporal's word unless told. */
  attempt?(): number;
}

const temporalAttempt = () => Context.current().info.attempt;

/** The activity `sendEmail`. Its input names the node; nothing personal crosses into a history. */
export function createSendEmail(deps: SendEmailDeps): EffectActivities['sendEmail'] {
  return guarded('sendEmail', sendOnce(deps, EMAIL), deps.log);
}

/** A kind of message that goes out as a mail. */
export interface MailKind {
  /** Under which its deliveries are kept, and events of messages are told apart. */
  readonly channel: 'email' | 'notification';
  /** A node's settings as those of a mail. */
  configOf(config: unknown): EmailConfig;
}

const EMAIL: MailKind = { channel: 'email', configOf: (config) => config as EmailConfig };

/** Sends one kind of mail, once per visit. */
export function sendOnce(
  deps: SendEmailDeps,
  { channel, configOf }: MailKind,
): EffectActivities['sendEmail'] {
  return async ({ graph: ref, ...input }) => {
    const startedAt = performance.now();
    const graph = await deps.loadGraph(ref);
    const { retry } = graph.node(input.node);
    const send: Send = {
      ...input,
      retry,
      effectKey: effectKey(input.enrollmentId, input.node, input.visit),
      graph,
      channel,
      config: configOf(graph.node(input.node).config),
      evaluators: deps.evaluators,
      sender: deps.sender,
      links: deps.links ?? null,
      provider: deps.channel.provider,
    };
    const number = retry === null ? 1 : (deps.attempt ?? temporalAttempt)();
    return retrying(retry, number, () => sendNow(deps, send, startedAt));
  };
}

async function sendNow(deps: SendEmailDeps, send: Send, startedAt: number): Promise<SendResult> {
  const claim = await coded(() => claimed(deps, send));
  if (claim.state !== 'doubtful') return carryOut(deps, send, claim, startedAt);
  const resolved = await coded(() => resolveDoubt(deps, send, claim));
  if ('outcome' in resolved) return resolved;
  return carryOut(deps, send, resolved, resolved.claimStartedAt);
}

function claimed({ db }: SendEmailDeps, send: Send): Promise<Claim> {
  return renderingAgain(
    (error) => error instanceof TemplateError,
    (lastTry) => db.inWorkspace(send.workspaceId, (tx) => claimSend(tx, send, { lastTry })),
  );
}

async function carryOut(
  deps: SendEmailDeps,
  send: Send,
  claim: Exclude<Claim, { state: 'doubtful' }>,
  startedAt: number,
): Promise<SendResult> {
  if (claim.state === 'claimed') return attempt(deps, send, claim.row, startedAt);
  if (claim.state === 'settled') return stored(claim.row);
  return { outcome: 'blocked', reason: ERASED, deliveryKey: send.effectKey };
}

/** Sends and records. `startedAt` (monotonic) is before the claim, so the attempt ends before the claim is too old. */
async function attempt(
  deps: SendEmailDeps,
  send: Send,
  row: DeliveryRow,
  startedAt: number,
): Promise<SendResult> {
  const timeoutMs = ATTEMPT_MS - (performance.now() - startedAt);
  try {
    const { response } = await deps.channel.send(storedMessage(row), timeoutMs);
    await record(deps, send, row, { status: 'sent', response });
    return { outcome: 'sent', deliveryKey: send.effectKey };
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    await record(deps, send, row, ended(error));
    throw failure(error, row.attempt);
  }
}

function ended({ kind, code, response }: DeliveryError): AttemptEnd {
  const said = `${code}: ${response}`;
  return kind === 'ambiguous'
    ? { status: 'unknown', reason: code, response: said }
    : { status: 'failed', reason: kind, response: said };
}

function failure({ kind, code }: DeliveryError, made: number): Error {
  if (kind === 'refused_permanent') return permanent('email.refused', code);
  // Nothing is in doubt, so that the node's policy decides.
  if (kind === 'refused_retryable')
    return new AttemptFailed('email.refused_retryable', code, false, { made });
  return retryable('email.unknown', code);
}

/** The second transaction. An attempt that was overtaken leaves the row alone and asks again what it says. */
async function record(
  deps: SendEmailDeps,
  { workspaceId, effectKey: key }: Send,
  row: DeliveryRow,
  end: AttemptEnd,
): Promise<void> {
  const recorded = await deps.db.inWorkspace(workspaceId, async (tx) => {
    const contact = await holdContact(tx, row.contactId);
    // Servers like to repeat the address that they refuse.
    return recordAttempt(tx, row, contact === null ? { ...end, response: '' } : end);
  });
  if (recorded) return;
  deps.log.warn(
    { workspaceId, deliveryId: row.id, effectKey: key, attempt: row.attempt, status: end.status },
    'delivery.superseded',
  );
  throw retryable('email.superseded', `attempt ${row.attempt}`);
}

const REFUSALS: ReadonlyMap<string, ErrorCode> = new Map([
  ['refused_permanent', 'email.refused'],
  ['refused_retryable', 'email.refused_retryable'],
]);

function stored(row: DeliveryRow): SendResult {
  const { status, reason, effectKey: deliveryKey, deferredUntil } = row;
  if (status === 'sent') return { outcome: 'sent', deliveryKey };
  const why = { reason: reason ?? 'unknown', deliveryKey };
  if (status === 'deferred' && deferredUntil !== null)
    return { outcome: 'deferred', ...why, until: deferredUntil.getTime() };
  if (status === 'blocked') return { outcome: 'blocked', ...why };
  // Beside the kinds of a refusal, the row of a mail that failed names the code of why.
  const code = REFUSALS.get(reason ?? 'refused_permanent') ?? reason;
  throw permanent(code as ErrorCode, 'stored');
}

async function coded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw permanent(error.code, 'claim');
    throw error;
  }
}
