/** Mails of which nobody knows whether they were accepted: what is found out, and else what the node says. */
import { define } from '../support/define';
import type { Cases, LostAnswer, Scenario } from './case';

/** A doubt uses up none of the attempts that a node allows. */
const ONCE = { retry: { maxAttempts: 1 } };

/** Sends a mail whose first answer is lost, and goes on. */
const losing = (answer: LostAnswer, data: object = {}): Scenario => ({
  definition: define({
    nodes: {
      mail: ['send_email', { subject: 'Hi', text: 'News', ...data }, ONCE],
      tag: ['add_tag', { tag: 'behind' }],
    },
  }),
  lost: { mail: answer },
});

const SENT = { status: 'completed', path: ['mail:next', 'tag:next'], sends: ['mail'] };

export const doubts: Cases = {
  'goes on when a mail in doubt is found': [losing('found'), SENT],
  'sends a mail in doubt again when the mail server does not have it': [losing('absent'), SENT],
  'holds marketing of unknown fate until an event about it proves that it arrived': [
    {
      ...losing('unasked'),
      happenings: [{ on: 'mail', after: 100, event: 'email.delivered', about: 'mail' }],
    },
    SENT,
  ],
  'sends once more what is transactional and of unknown fate': [
    losing('unasked', { purpose: 'transactional' }),
    SENT,
  ],
  'sends marketing of unknown fate once more where its node says so': [
    losing('unasked', { onUnknown: 'resend' }),
    SENT,
  ],
  'goes on without knowing where its node says so': [
    losing('unasked', { onUnknown: 'continue' }),
    { ...SENT, sends: [] },
  ],
};
