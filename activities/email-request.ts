/** The mail of a visit: composed once, stored with the claim, sent the same by every attempt. */
import { createHash } from 'node:crypto';
import type { EmailMessage } from '../src/channels/email';
import { renderEmail } from '../src/evaluate/email';
import type { Purpose } from '../src/journey/consent';
import type { Facts } from '../src/journey/facts';
import type { Json, JsonObject } from '../src/journey/json';
import { addressProblem, headerProblem } from '../src/journey/mail-rules';
import type { MailContent } from '../src/journey/mail-template';
import { linked, type OwnLinks, unsubscribeUrl } from './email-links';

/** The settings of a `send_email` node, as its published version stores them. */
export interface EmailConfig extends Partial<MailContent> {
  /** The key of a stored template, which says all of the above. */
  readonly template?: string | undefined;
  readonly from?: { readonly name?: string | undefined; readonly email: string } | undefined;
  readonly replyTo?: string | undefined;
  readonly to?: string | undefined;
  readonly purpose: Purpose;
  readonly topic?: string | undefined;
  readonly trackOpens?: boolean | undefined;
  readonly trackClicks?: boolean | undefined;
  readonly onUnknown?: 'hold' | 'resend' | 'continue' | undefined;
  /** The subject of a mail whose template is empty, from its text. */
  readonly subjectOf?: (subject: string | undefined, text: string) => string;
}

export interface Sender {
  readonly name?: string | undefined;
  readonly email: string;
}

/** A mail ready to be sent; or the code of why there is none to send (`blocked`) or can be none (`refused`). */
export type Composition =
  | { readonly message: EmailMessage }
  | { readonly blocked: 'no_address' | 'invalid_address' }
  | { readonly refused: 'email.header_refused' };

/** Renders what the mail says, addresses it and gives it its links. Throws TemplateError. */
export function composeEmail(
  config: EmailConfig,
  said: MailContent,
  facts: Facts,
  effectKey: string,
  defaultSender: Sender,
  own: OwnLinks,
): Composition {
  const {
    to,
    subject: rendered,
    ...bodies
  } = renderEmail({ ...said, to: config.to }, facts, {
    unsubscribe_url: unsubscribeUrl(own, config.topic),
  });
  const subject = config.subjectOf?.(rendered || undefined, bodies.text ?? '') ?? rendered;
  const content = { subject, ...bodies };
  const blocked = addressProblem(to);
  if (to === null || blocked !== null) return { blocked: blocked ?? 'no_address' };
  const { name, email } = config.from ?? defaultSender;
  const refused = headerProblem(content.subject, name);
  if (refused !== null) return { refused };
  const message: EmailMessage = {
    messageId: messageIdOf(effectKey, email),
    from: name === undefined ? { email } : { name, email },
    to,
    ...(config.replyTo === undefined ? {} : { replyTo: config.replyTo }),
    ...content,
    date: new Date(facts.at).toISOString(),
  };
  return { message: linked(message, config, own) };
}

/** A Message-ID that every attempt of an effect shares, and that says nothing about the person. */
export function messageIdOf(effectKey: string, senderAddress: string): string {
  const domain = senderAddress.slice(senderAddress.lastIndexOf('@') + 1);
  return `<${sha256(effectKey).slice(0, 40)}@${domain}>`;
}

/** The hash of a stored request; the same however a database orders its keys. */
export function requestHash(message: EmailMessage): string {
  return sha256(JSON.stringify(ordered(message as unknown as JsonObject)));
}

/** The mail that a row stores. Throws when it is not the one that was claimed. */
export function storedMessage(row: {
  id: string;
  request: unknown;
  requestHash: string | null;
}): EmailMessage {
  const message = row.request as EmailMessage | null;
  if (message !== null && requestHash(message) === row.requestHash) return message;
  throw new Error(`The stored mail of delivery ${row.id} differs from the one that was claimed.`);
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)]));
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
