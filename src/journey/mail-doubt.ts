/** What becomes of a mail of which nobody knows whether it was accepted. */
import type { Purpose } from './consent';
import type { JsonObject } from './json';
import type { EffectDoubt } from './node-type';

export interface DoubtfulMail {
  readonly purpose: Purpose;
  readonly onUnknown?: 'hold' | 'resend' | 'continue' | undefined;
}

/** What to do when nobody can say whether the mail was accepted. */
export function unknownPolicy({
  onUnknown,
  purpose,
}: DoubtfulMail): 'hold' | 'resend' | 'continue' {
  return onUnknown ?? (purpose === 'marketing' ? 'hold' : 'resend');
}

/** What can only happen to a message that was accepted. */
export const PROOFS_OF_ACCEPTANCE: readonly string[] = [
  'email.delivered',
  'email.opened',
  'email.clicked',
  'email.replied',
  'email.bounced',
  'email.complained',
];

/**
 * Whether the properties of an event say which message it is about. Where they do not, the latest one is guessed; the
 * guess proves nothing, since she may have opened the one before.
 */
export function namesMessage({ messageId, deliveryId }: JsonObject): boolean {
  return typeof messageId === 'string' || typeof deliveryId === 'string';
}

/** What a mail comes to whose only attempt in a dry run ended with this code. */
export function doubtOfMail(mail: DoubtfulMail, code: string): EffectDoubt | null {
  if (code !== 'email.unknown') return null;
  const policy = unknownPolicy(mail);
  if (policy === 'resend') return 'again';
  return { outcome: 'unknown', reason: policy };
}
