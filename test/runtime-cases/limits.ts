/** Marketing that has to wait, or is one too many; what is sent otherwise knows no such limits. */
import { define } from '../support/define';
import type { Cases, Scenario } from './case';

const MAIL = { subject: 'Hi', text: 'News' };
const RECEIPT = { ...MAIL, purpose: 'transactional' };

const LATE_HOUR = 23;
/** Quiet but for one minute of the day, which is not now: real servers play these by their clock. */
const QUIET = {
  ...(new Date().getUTCHours() < LATE_HOUR
    ? { from: '00:00', to: '23:59' }
    : { from: '03:01', to: '03:00' }),
  timeZone: 'UTC',
};

/** Three mails, one right behind the other. */
const three = (settings: object, second: object = MAIL): Scenario => ({
  definition: define({
    nodes: {
      one: ['send_email', MAIL],
      two: ['send_email', second],
      three: ['send_email', MAIL],
      told: ['add_tag', { tag: 'not-sent' }],
    },
    edges: ['one -> two', 'two -> three', 'two:not_sent -> three', 'three:not_sent -> told'],
    settings,
  }),
});

export const limits: Cases = {
  'sends so many marketing messages in a stretch of time and drops the others': [
    three({ frequencyCap: { max: 2, per: '1d' } }),
    {
      status: 'completed',
      path: ['one:next', 'two:next', 'three:not_sent', 'told:next'],
      sends: ['one', 'two'],
      tags: ['not-sent'],
    },
  ],
  'lets a marketing message too many wait until there is room': [
    three({ frequencyCap: { max: 2, per: '2s', onCap: 'defer' } }),
    {
      status: 'completed',
      path: ['one:next', 'two:next', 'three:next'],
      sends: ['one', 'two', 'three'],
    },
  ],
  'counts no receipt against a cap, and holds none back': [
    three({ frequencyCap: { max: 1, per: '1d' } }, RECEIPT),
    {
      status: 'completed',
      path: ['one:next', 'two:next', 'three:not_sent', 'told:next'],
      sends: ['one', 'two'],
    },
  ],
  'heeds no cap of another channel': [
    three({ frequencyCap: { max: 1, per: '1d', channel: 'sms' } }),
    { status: 'completed', path: ['one:next', 'two:next', 'three:next'] },
  ],
  'sends a receipt in quiet hours': [
    {
      definition: define({
        nodes: { receipt: ['send_email', RECEIPT] },
        settings: { quietHours: QUIET },
      }),
    },
    { status: 'completed', path: ['receipt:next'], sends: ['receipt'] },
  ],
  'leaves a message behind that waits for the end of quiet hours': [
    {
      definition: define({
        nodes: { mail: ['send_email', MAIL] },
        settings: { quietHours: QUIET },
        goals: [{ id: 'paid', event: 'cart.paid' }],
      }),
      happenings: [{ on: 'mail', after: 100, event: 'cart.paid' }],
    },
    { status: 'goal_reached', sends: [] },
  ],
  'drops a message in quiet hours that somebody has refused meanwhile': [
    {
      definition: define({
        nodes: { mail: ['send_email', MAIL] },
        settings: { quietHours: QUIET },
      }),
      contact: { consent: { email: false } },
    },
    { status: 'completed', path: ['mail:not_sent'], sends: [] },
  ],
};
