/**
 * Mails whose first answer is lost, by who sends them: the domain says what becomes of the question about it.
 *
 * A mail that is to be found is really handed over, and an absent one is not; both are asked about where every mail
 * is. A claim is made older than an attempt can live, and one that nobody can ask about older than anybody asks, so
 * that no doubt need be sat out.
 */
import { DeliveryError, type EmailChannel } from '../../src/channels/email';
import type { LostAnswer } from '../runtime-cases/case';
import type { TestDatabase } from './postgres';

const AGES: Readonly<Record<LostAnswer, string>> = {
  found: '0',
  absent: '1 minute',
  unasked: '16 minutes',
};

const DOMAIN = /@(found|absent|unasked)\.lost\.example\.com>?$/;

/** The sender whose mails get such an answer. */
export const senderLosing = (answer: LostAnswer) => ({ email: `shop@${answer}.lost.example.com` });

/** A Message-ID has the domain of its sender. */
const lostOf = (messageId: string) => (DOMAIN.exec(messageId)?.[1] ?? null) as LostAnswer | null;

/** The channel, but for mails of those senders; `admin` makes their claims older. */
export function losingAnswers(channel: EmailChannel, admin: TestDatabase['admin']): EmailChannel {
  const tried = new Set<string>();
  return {
    ...channel,
    async send(message, timeoutMs) {
      const { messageId } = message;
      const lost = lostOf(messageId);
      if (lost === null || tried.has(messageId)) return channel.send(message, timeoutMs);
      tried.add(messageId);
      if (lost === 'found') await channel.send(message, timeoutMs);
      await admin`update deliveries set claimed_at = claimed_at - ${AGES[lost]}::interval
        where message_id = ${messageId}`;
      throw new DeliveryError('ambiguous', 'smtp.test', 'The answer was lost.');
    },
    async lookUp(messageId) {
      if (lostOf(messageId) === 'unasked') return 'unknown';
      return (await channel.lookUp?.(messageId)) ?? 'unknown';
    },
  };
}
