/**
 * E-mail by SMTP.
 *
 * Owns: connections, timeouts, the meaning of failures. Does not own: whether to send again.
 *
 * 1. One `send` is at most one conversation that reaches DATA: the pool's own requeueing is off.
 * 2. An attempt is over at its deadline. The deadline is checked once more at the moment the body would
 *    leave, since a process that was stopped (SIGSTOP) wakes up in the middle of its conversation.
 * 3. Nothing that a template wrote can add a header, a recipient, a file or a URL.
 */
import { Readable } from 'node:stream';
import nodemailer from 'nodemailer';
import { breaksHeader, isAddress } from '../journey/mail-rules';
import { DeliveryError, type EmailChannel, type EmailMessage } from './email';
import { createMailLookUp } from './mail-look-up';
import { classifySmtpFailure, providerText } from './smtp-failure';

export interface SmtpOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly url: string;
  /** Where mails are looked up: GET `<url>/<message id, URL-encoded>` is 200 or 404. */
  readonly mailLookUpUrl?: string | undefined;
  /** Connections kept open, 5 unless told. */
  readonly maxConnections?: number;
}

const CONNECT_MS = 3_000;
const SOCKET_MS = 5_000;
const MESSAGES_PER_CONNECTION = 100;

/** Opens no connection before the first mail. */
export function createSmtpChannel({
  url,
  mailLookUpUrl,
  maxConnections = 5,
}: SmtpOptions): EmailChannel {
  const transport = nodemailer.createTransport({
    url,
    pool: true,
    maxConnections,
    maxMessages: MESSAGES_PER_CONNECTION,
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SOCKET_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  transport.use('stream', (mail, done) => {
    const body: BodyWatch = (mail.data as { body?: BodyWatch }).body ?? {
      began: false,
      deadline: 0,
    };
    const create = mail.message.createReadStream.bind(mail.message);
    mail.message.createReadStream = (options) => watched(create(options), body);
    done();
  });
  const send: EmailChannel['send'] = async (message, timeoutMs) => {
    refuseUnsafe(message);
    const body: BodyWatch = { began: false, deadline: Date.now() + timeoutMs };
    try {
      const sent = await transport.sendMail({
        ...composed(message),
        body,
        signal: AbortSignal.timeout(Math.max(0, Math.floor(timeoutMs))),
      } as SendOptions);
      return { response: providerText(sent.response) };
    } catch (error) {
      throw classifySmtpFailure(error, body.began);
    }
  };
  const channel: EmailChannel = { provider: 'smtp', send, close: () => transport.close() };
  return mailLookUpUrl === undefined
    ? channel
    : { ...channel, lookUp: createMailLookUp(mailLookUpUrl) };
}

type SendOptions = Parameters<ReturnType<typeof nodemailer.createTransport>['sendMail']>[0];

interface BodyWatch {
  began: boolean;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** Reads the source only when the server asked for the body, which is the last moment to keep it back. */
function watched(source: Readable, body: BodyWatch): Readable {
  async function* chunks(): AsyncGenerator<unknown> {
    if (Date.now() >= body.deadline)
      throw new Error('The attempt was over before the mail could leave.');
    body.began = true;
    yield* source;
  }
  return Readable.from(chunks(), { objectMode: false });
}

function composed({
  messageId,
  from,
  to,
  replyTo,
  subject,
  html,
  text,
  unsubscribeUrl,
  date,
}: EmailMessage): Record<string, unknown> {
  return {
    messageId,
    // Objects, not texts: nodemailer would parse a list of addresses out of a text.
    from: { name: from.name ?? '', address: from.email },
    to: { name: '', address: to },
    envelope: { from: from.email, to },
    ...(replyTo === undefined ? {} : { replyTo: { name: '', address: replyTo } }),
    subject,
    ...(html === undefined ? {} : { html }),
    ...(text === undefined ? {} : { text }),
    ...(unsubscribeUrl === undefined ? {} : { headers: oneClick(unsubscribeUrl) }),
    date: new Date(date),
    // Otherwise random, and another attempt would differ from the first.
    baseBoundary: messageId.replace(/[^A-Za-z0-9]/g, '').slice(0, 40),
  };
}

/** Prepared, since folded in the middle of an address some signers of mail (DKIM) sign something else. */
function oneClick(url: string): Record<string, { prepared: true; value: string }> {
  return {
    'List-Unsubscribe': { prepared: true, value: `<${url}>` },
    'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
  };
}

function refuseUnsafe(message: EmailMessage): void {
  const { messageId, from, to, replyTo, subject, unsubscribeUrl = '' } = message;
  const named = [messageId, from.name ?? '', from.email, to, replyTo ?? '', subject];
  const headers = [...named, unsubscribeUrl];
  if (headers.some(breaksHeader)) {
    throw new DeliveryError(
      'refused_permanent',
      'email.header_refused',
      'A header value contains a line break.',
    );
  }
  if (![from.email, to, replyTo ?? to].every(isAddress)) {
    throw new DeliveryError(
      'refused_permanent',
      'email.invalid_address',
      'An address is not one plain address.',
    );
  }
}
