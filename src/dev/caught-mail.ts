/** A mail as it arrived. */
export interface CaughtMail {
  /** Counts arrivals, those of earlier runs too; names the mail on the inbox page. */
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
