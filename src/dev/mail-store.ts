import PostalMime, { decodeWords } from 'postal-mime';

/** A mail as it arrived. */
export interface CaughtMail {
  /** Counts arrivals from 1; names the mail on the inbox page. */
  number: number;
  /** Recipients of the envelope, joined by ", ". */
  to: string;
  /** Address of the From header, else of the envelope. */
  from: string;
  subject: string;
  text: string | null;
  html: string | null;
  /** By lower-case name, decoded; a header that occurs twice is joined by ", ". */
  headers: Record<string, string>;
  /** With its angle brackets, as in the header; null when it has none. */
  messageId: string | null;
  /** Instant, ISO 8601 in UTC. */
  receivedAt: string;
}

/** What the SMTP conversation gives. */
export interface Arrival {
  raw: Buffer;
  envelopeFrom: string;
  recipients: string[];
  receivedAt: Date;
}

const MOST_MAILS = 20_000;
const MOST_BYTES = 128 * 1024 * 1024;

/** Keeps the newest mails in order of arrival; equal ones are kept apart. */
export class MailStore {
  private readonly mails: { mail: CaughtMail; bytes: number }[] = [];
  private bytes = 0;
  private count = 0;
  private inTurn: Promise<unknown> = Promise.resolve();

  constructor(private readonly limits = { mails: MOST_MAILS, bytes: MOST_BYTES }) {}

  /** Stores a mail. Parsing takes differently long, so arrivals wait for each other to stay in order. */
  add(arrival: Arrival): Promise<CaughtMail> {
    const stored = this.inTurn.then(() => this.parseAndKeep(arrival));
    this.inTurn = stored.catch(() => undefined);
    return stored;
  }

  /** Newest first. */
  list(): CaughtMail[] {
    return this.mails.map(({ mail }) => mail).reverse();
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
    const mail = await readMail(arrival, ++this.count);
    this.mails.push({ mail, bytes: arrival.raw.length });
    this.bytes += arrival.raw.length;
    while (
      this.mails.length > this.limits.mails ||
      (this.bytes > this.limits.bytes && this.mails.length > 1)
    ) {
      this.bytes -= this.mails.shift()?.bytes ?? 0;
    }
    return mail;
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
