/** What every e-mail provider is to the rest of the system. */

/** One mail to one recipient, complete: sending it again sends the same bytes but for transfer headers. */
export interface EmailMessage {
  /** With its angle brackets; the same for every attempt, so that providers can be asked about it. */
  readonly messageId: string;
  readonly from: { readonly name?: string; readonly email: string };
  readonly to: string;
  readonly replyTo?: string;
  readonly subject: string;
  readonly html?: string;
  readonly text?: string;
  /** Where a POST unsubscribes its reader at once (RFC 8058). */
  readonly unsubscribeUrl?: string;
  /** ISO 8601; the Date header. */
  readonly date: string;
}

/**
 * `accepted`: the provider has it. `absent`: it had not accepted it when asked. `unknown`: it could not
 * be asked this time.
 */
export type LookUpAnswer = 'accepted' | 'absent' | 'unknown';

export interface EmailChannel {
  readonly provider: string;
  /**
   * Hands a mail over. Resolves only when the provider said that it took it; otherwise rejects with a
   * `DeliveryError`. Nothing of this attempt reaches the provider after `timeoutMs`.
   */
  send(message: EmailMessage, timeoutMs: number): Promise<{ readonly response: string }>;
  /** Asks for a mail by Message-ID; absent where the provider cannot be asked. */
  lookUp?(messageId: string): Promise<LookUpAnswer>;
  /** Ends idle connections; mails under way are finished. */
  close(): void;
}

/**
 * - `refused_permanent`: the provider said no, and would say so again;
 * - `refused_retryable`: it certainly was not taken, and may be on another try;
 * - `ambiguous`: it may have been taken.
 */
export type DeliveryErrorKind = 'refused_permanent' | 'refused_retryable' | 'ambiguous';

/** A mail that was not certainly taken. `response` is the provider's text: for PostgreSQL only. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  constructor(
    readonly kind: DeliveryErrorKind,
    readonly code: string,
    readonly response: string,
  ) {
    super(`The mail was not sent: ${code} (${kind}).`);
  }
}
