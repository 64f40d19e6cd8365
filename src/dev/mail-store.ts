import PostalMime, { decodeWords } from 'postal-mime';
import type { CaughtMail } from './caught-mail';
import type { KeptMail, MailJournal } from './mail-journal';

/** What the SMTP conversation gives. */
export interface Arrival {
  raw: Buffer;
  envelopeFrom: string;
  recipients: string[];
  receivedAt: Date;
}

const MOST_MAILS = 20_000;
const MOST_BYTES = 128 * 1024 * 1024;

/** What a store begins with, and where it notes what comes; nothing and nowhere unless told. */
interface Memory {
  readonly kept?: readonly KeptMail[];
  readonly journal?: MailJournal | undefined;
}

/** Keeps the newest mails in order of arrival; equal ones are kept apart. */
export class MailStore {
  private readonly mails: KeptMail[] = [];
  private readonly journal: MailJournal | undefined;
  private bytes = 0;
  private count = 0;
  private inTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly limits = { mails: MOST_MAILS, bytes: MOST_BYTES },
    { kept = [], journal }: Memory = {},
  ) {
    this.journal = journal;
    for (const entry of kept) this.keep(entry);
  }

  /** Stores a mail, on disk first where there is a journal. Parsing takes differently long, so arrivals wait for each other to stay in order. */
  add(arrival: Arrival): Promise<CaughtMail> {
    const stored = this.inTurn.then(() => this.parseAndKeep(arrival));
    this.inTurn = stored.catch(() => undefined);
    return stored;
  }

  /** Newest first; those behind a number when one is given. */
  list(after = 0): CaughtMail[] {
    return this.mails
      .map(({ mail }) => mail)
      .filter(({ number }) => number > after)
      .reverse();
  }

  byNumber(number: number): CaughtMail | null {
    return this.mails.find(({ mail }) => mail.number === number)?.mail ?? null;
  }

  /** The first mail with that Message-ID, given with or without angle brackets. */
  byMessageId(messageId: string): CaughtMail | null {
    const wanted = bareId(messageId);
    return (
      this.mails.find(({ mail }) => mail.messageId && bareId(mail.messageId) === wanted)?.mail ??
      null
    );
  }

  private async parseAndKeep(arrival: Arrival): Promise<CaughtMail> {
    const mail = await readMail(arrival, this.count + 1);
    await this.journal?.append(mail);
    this.keep({ mail, bytes: arrival.raw.length });
    return mail;
  }

  private keep(entry: KeptMail): void {
    this.count = entry.mail.number;
    this.mails.push(entry);
    this.bytes += entry.bytes;
    while (
      this.mails.length > this.limits.mails ||
      (this.bytes > this.limits.bytes && this.mails.length > 1)
    ) {
      this.bytes -= this.mails.shift()?.bytes ?? 0;
    }
  }
}

const bareId = (messageId: string) => messageId.trim().replace(/^<|>$/g, '');

async function readMail(
  { raw, envelopeFrom, recipients, receivedAt }: Arrival,
  number: number,
): Promise<CaughtMail> {
  const parsed = await PostalMime.parse(raw);
  const headers = new Map<string, string>();
  for (const { key, value } of parsed.headers) {
    const earlier = headers.get(key);
    const decoded = decodeWords(value);
    headers.set(key, earlier === undefined ? decoded : `${earlier}, ${decoded}`);
  }
  return {
    number,
    to: recipients.join(', '),
    from: parsed.from?.address ?? envelopeFrom,
    subject: parsed.subject ?? '',
    text: parsed.text?.trimEnd() ?? null,
    html: parsed.html ?? null,
    // Header names come from outside: fromEntries defines them as plain fields, whatever they are called.
    headers: Object.fromEntries(headers),
    messageId: parsed.messageId ?? null,
    receivedAt: receivedAt.toISOString(),
  };
}
