/**
 * Tells what a failed SMTP conversation means for the mail.
 *
 * A mail may have been taken only when its body was on the way and the server gave no refusal:
 * everything before DATA is harmless, and an answer of 4xx or 5xx is a definite no.
 */
import { DeliveryError } from './email';

interface SmtpError {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
}

/** The meaning of what nodemailer rejected with; `bodyBegan` once the server could have read some of the mail. */
export function classifySmtpFailure(error: unknown, bodyBegan: boolean): DeliveryError {
  const { code, command, responseCode, response } = (
    error instanceof Error ? error : {}
  ) as SmtpError;
  const reply = typeof response === 'string' ? response : undefined;
  const said = providerText(reply ?? (error instanceof Error ? error.message : String(error)));
  const status =
    typeof responseCode === 'number' && responseCode >= 400 && responseCode < 600
      ? responseCode
      : null;
  if (status !== null) return new DeliveryError(refusal(status, command), `smtp.${status}`, said);
  const name = typeof code === 'string' ? `smtp.${code.toLowerCase()}` : 'smtp.failed';
  if (bodyBegan) return new DeliveryError('ambiguous', name, said);
  const ourFault = (code === 'EENVELOPE' || code === 'EMESSAGE') && !isConversation(command);
  return new DeliveryError(ourFault ? 'refused_permanent' : 'refused_retryable', name, said);
}

/** A 5xx is final where it is about this mail; before that it is about us or the server, which somebody mends. */
function refusal(status: number, command: unknown): 'refused_permanent' | 'refused_retryable' {
  return status >= 500 && isConversation(command) ? 'refused_permanent' : 'refused_retryable';
}

function isConversation(command: unknown): boolean {
  return command === 'MAIL FROM' || command === 'RCPT TO' || command === 'DATA';
}

const TEXT_CHARACTERS = 1_000;

/** A server's words as a row can store them. */
export function providerText(text: string): string {
  return text.slice(0, TEXT_CHARACTERS).replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}
