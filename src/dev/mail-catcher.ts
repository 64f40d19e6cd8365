/**
 * Owns a mail server for development: it takes every mail, delivers none, and shows them.
 * It does not de-duplicate: what arrives twice is there twice, since that is what it is there to show.
 *
 * M1. A mail is stored when its last byte has arrived, before the sender is told so. A sender that dies, or is kept
 *     waiting, in between cannot know; the look-up by Message-ID can, also after a restart where there is a file.
 * M2. Mails are kept in the order of arrival, the newest up to a limit.
 */
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { CaughtMail } from './caught-mail';
import { createInboxServer } from './inbox-server';
import { openMailJournal } from './mail-journal';
import { MailStore } from './mail-store';

export interface MailCatcherOptions {
  /** SMTP; default: a free one. */
  port?: number | undefined;
  /** Inbox page and JSON; default: a free one. */
  httpPort?: number | undefined;
  /** Where mails are noted for the next start; default: nowhere. */
  file?: string | undefined;
  /** How long the answer to a complete mail is held back; default 0. */
  delayMs?: number | undefined;
}

export interface MailCatcher {
  smtpUrl: string;
  /** Base address: the page lies at `/`, the JSON at `/dev/inbox.json` and `/dev/messages/:messageId`. */
  inboxUrl: string;
  /** Newest first. */
  messages(): CaughtMail[];
  /** Changes `delayMs` for the mails to come. */
  setDelay(milliseconds: number): void;
  stop(): Promise<void>;
}

const MOST_MAIL_BYTES = 25 * 1024 * 1024;

/**
 * Starts the mail server and its web page on the loopback interface.
 * @throws when a given port is taken, or the file cannot be read.
 */
export async function startMailCatcher(options: MailCatcherOptions = {}): Promise<MailCatcher> {
  const { file } = options;
  const store = new MailStore(undefined, file === undefined ? {} : await openMailJournal(file));
  let delayMs = options.delayMs ?? 0;
  const smtp = createSmtpServer(store, () => delayMs);
  const http = createInboxServer(store);
  const smtpPort = await listen(smtp.server, options.port ?? 0);
  const httpPort = await listen(http, options.httpPort ?? 0).catch(async (error: unknown) => {
    await closeSmtp(smtp);
    throw error;
  });
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    inboxUrl: `http://127.0.0.1:${httpPort}`,
    messages: () => store.list(),
    setDelay: (milliseconds) => {
      delayMs = milliseconds;
    },
    stop: async () => {
      http.closeAllConnections();
      await Promise.all([closeSmtp(smtp), new Promise((resolve) => http.close(resolve))]);
    },
  };
}

function createSmtpServer(store: MailStore, delayMs: () => number): SMTPServer {
  const smtp = new SMTPServer({
    authOptional: true,
    onAuth: (_auth, _session, done) => done(null, { user: 'anybody' }),
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: MOST_MAIL_BYTES,
    // Senders keep connections open; an end of ours must not wait for theirs.
    closeTimeout: 500,
    banner: 'Throughline development inbox',
    onData: (stream, session, done) => {
      receive(store, stream, session, delayMs).then(
        () => done(),
        (error: Error) => done(error),
      );
    },
  });
  // A sender that was killed resets its connection: no reason for this process to end.
  smtp.on('error', () => undefined);
  return smtp;
}

async function receive(
  store: MailStore,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  delayMs: () => number,
) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Read on without keeping: the refusal can be said only after the last byte.
    if (bytes <= MOST_MAIL_BYTES) chunks.push(chunk);
  }
  if (stream.sizeExceeded || bytes > MOST_MAIL_BYTES) {
    throw Object.assign(new Error(`A mail may have ${MOST_MAIL_BYTES} bytes`), {
      responseCode: 552,
    });
  }
  const { mailFrom, rcptTo } = session.envelope;
  await store.add({
    raw: Buffer.concat(chunks),
    envelopeFrom: mailFrom ? mailFrom.address : '',
    recipients: rcptTo.map(({ address }) => address),
    receivedAt: new Date(),
  });
  if (delayMs() > 0) await sleep(delayMs(), undefined, { ref: false });
}

function listen(
  server: Pick<Server, 'listen' | 'address' | 'once' | 'off'>,
  port: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closeSmtp(smtp: SMTPServer): Promise<void> {
  return new Promise((resolve) => smtp.close(() => resolve()));
}
