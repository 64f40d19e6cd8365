/** Tells a colleague by mail, once: the protocol of a mail to a contact, kept apart as its own channel. */
import { subjectOf } from '../src/journey/nodes/send-notification';
import type { EffectActivities } from './contract';
import type { EmailConfig } from './email-request';
import { guarded } from './failure';
import { type MailKind, type SendEmailDeps, sendOnce } from './send-email';

interface NotificationConfig {
  readonly to: string;
  readonly subject?: string | undefined;
  readonly text: string;
}

const NOTIFICATION: MailKind = { channel: 'notification', configOf: asMail };

/** The activity `sendNotification`. */
export function createSendNotification(deps: SendEmailDeps): EffectActivities['sendNotification'] {
  return guarded('sendNotification', sendOnce(deps, NOTIFICATION), deps.log);
}

/** Consent and caps are about contacts, so that a notification counts as transactional. */
function asMail(config: unknown): EmailConfig {
  const { to, subject, text } = config as NotificationConfig;
  return { to, text, subject: subject ?? '', purpose: 'transactional', subjectOf };
}
