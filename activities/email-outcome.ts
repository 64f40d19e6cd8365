/** A mail as it is kept: composed, or the code of why there is none to send. */
import type { EnrollmentFacts } from '../src/db/facts';
import type { ErrorCode } from '../src/errors';
import { TemplateError } from '../src/evaluate/template-error';
import type { Json } from '../src/journey/json';
import type { MailLinks } from '../src/links/mail-links';
import {
  type Composition,
  composeEmail,
  type EmailConfig,
  requestHash,
  type Sender,
} from './email-request';

export interface ClaimOptions {
  /** Whether a template that takes too long is refused now, instead of a TemplateError that asks for another try. */
  readonly lastTry: boolean;
}

/** What becomes of a mail when it is judged: the columns of its delivery. */
export interface Outcome {
  readonly status: 'claimed' | 'blocked' | 'failed' | 'deferred';
  readonly reason?: string;
  readonly receipt?: string | undefined;
  readonly providerResponse?: string;
  readonly toAddress?: string;
  readonly subject?: string;
  readonly request?: { readonly [key: string]: Json };
  readonly requestHash?: string;
  readonly messageId?: string;
  readonly template?: string;
  readonly templateVersion?: number;
  readonly deferredUntil?: Date | null;
  readonly judgedAt?: Date;
}

interface Composable {
  readonly workspaceId: string;
  readonly config: EmailConfig;
  readonly effectKey: string;
  readonly sender: Sender;
  readonly links: MailLinks | null;
}

/** The mail, rendered; or the code of why there is none. Throws TemplateError for a render that may be tried again. */
export async function compose(
  { workspaceId, config, effectKey, sender, links }: Composable,
  { facts }: EnrollmentFacts,
  deliveryId: string,
  { lastTry }: ClaimOptions,
): Promise<Outcome> {
  const own = { links, message: { workspaceId, deliveryId, contactId: facts.contact.id } };
  const stored = config.template === undefined ? null : await facts.template(config.template);
  if (stored === null && config.template !== undefined) return unknownTemplate(config.template);
  const said = stored ?? { ...config, subject: config.subject ?? '' };
  const composed = tryCompose(
    () => composeEmail(config, said, facts, effectKey, sender, own),
    lastTry,
  );
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
    ...(stored === null ? {} : { template: stored.key, templateVersion: stored.version }),
  };
}

function unknownTemplate(key: string): Outcome {
  const code: ErrorCode = 'template.not_found';
  return { status: 'failed', reason: code, providerResponse: `There is no template "${key}".` };
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
