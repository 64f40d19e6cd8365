/** What holds a mail back, judged by what is committed when it is claimed; by every attempt anew. */
import type { HeldBack } from '../src/db/deliveries';
import type { EnrollmentFacts } from '../src/db/facts';
import { consentTo, isRefused, withheld } from '../src/journey/consent';
import type { Facts } from '../src/journey/facts';
import type { SuppressionReason } from '../src/journey/suppression';
import type { EmailConfig } from './email-request';
import { stoppedBy, type Watched } from './stopped-by';

interface Holdable extends Watched {
  readonly channel: string;
  readonly config: EmailConfig;
}

/** Why the message must not leave, whoever it would go to; null when it may. */
export async function heldBack(send: Holdable, loaded: EnrollmentFacts): Promise<HeldBack | null> {
  const { channel, config } = send;
  const stopped = await stoppedBy(send, loaded);
  if (stopped !== null) return { reason: stopped };
  const { consent } = loaded.facts.contact;
  const reason = withheld(consent, channel, config);
  if (reason === null) return null;
  const { topic = '' } = config;
  const isAboutTopic = isRefused(consent, consentTo(channel, topic));
  return isAboutTopic && !isRefused(consent, channel)
    ? { reason, receipt: `She has unsubscribed from the topic "${topic}".` }
    : { reason };
}

const BECAUSE: Readonly<Record<SuppressionReason, string>> = {
  hard_bounce: 'a mail to it came back for good',
  complaint: 'a mail to it was reported as spam',
  manual: 'an operator put it on the list of suppressed addresses',
};

/** Why nothing may go to an address; null when something may. */
export async function keptFrom(facts: Facts, address: string): Promise<HeldBack | null> {
  const suppression = await facts.suppression(address);
  if (suppression === null) return null;
  const since = new Date(suppression.since).toISOString();
  const receipt = `The address is suppressed since ${since}: ${BECAUSE[suppression.reason]}.`;
  return { reason: 'suppressed', receipt };
}
