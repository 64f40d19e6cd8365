/** What follows when mail comes back, or is no longer wanted: for the next message, and for the journey. */
import { define } from '../support/define';
import type { Cases, Scenario } from './case';

const MAIL = { subject: 'Hi', text: 'News' };
const RECEIPT = { ...MAIL, purpose: 'transactional' };
const LONG = '30 days';
const REFUSED = { consent: { email: false } };

/** Mails, waits for something to happen, and mails again. */
const mailTwice = (again: object, event: string, properties = {}): Scenario => ({
  definition: define({
    nodes: {
      mail: ['send_email', MAIL],
      pause: ['wait_for_event', { event: 'pause.over', timeout: 2_500 }],
      again: ['send_email', again],
    },
    edges: ['mail -> pause', 'pause:timed_out -> again'],
  }),
  happenings: [{ on: 'pause', after: 100, event, properties }],
});

const leaving = (mail: object, more: Omit<Scenario, 'definition'>): Scenario => ({
  definition: define({
    nodes: { pause: ['wait', { for: LONG }], mail: ['send_email', mail] },
    settings: { exitOnUnsubscribe: true },
  }),
  ...more,
});

const ALONE = ['mail:next', 'pause:timed_out', 'again:not_sent'];
const LEFT = { status: 'exited', reason: 'exit.unsubscribed', path: ['pause!'], sends: [] };

export const unsubscribing: Cases = {
  'writes no more to an address from which a mail came back for good': [
    mailTwice(RECEIPT, 'email.bounced', { kind: 'hard' }),
    { status: 'completed', path: ALONE, sends: ['mail'] },
  ],
  'writes no more to whoever has complained': [
    mailTwice(RECEIPT, 'email.complained'),
    { status: 'completed', path: ALONE, sends: ['mail'] },
  ],
  'writes again to a mailbox that was full': [
    mailTwice(RECEIPT, 'email.bounced', { kind: 'soft' }),
    { status: 'completed', sends: ['mail', 'again'] },
  ],
  'heeds an unsubscription that is told by an event': [
    mailTwice(MAIL, 'email.unsubscribed'),
    { status: 'completed', path: ALONE, sends: ['mail'] },
  ],
  'sends a receipt to whoever has unsubscribed': [
    mailTwice(RECEIPT, 'email.unsubscribed'),
    { status: 'completed', sends: ['mail', 'again'] },
  ],
  'ends where she unsubscribes, if its settings say so': [
    leaving(MAIL, { happenings: [{ on: 'pause', after: 100, event: 'email.unsubscribed' }] }),
    LEFT,
  ],
  'ends where she refuses its channel, if its settings say so': [
    leaving(MAIL, { happenings: [{ on: 'pause', after: 100, contact: REFUSED }] }),
    LEFT,
  ],
  'ends at the door for somebody who had unsubscribed, if its settings say so': [
    leaving(MAIL, { contact: REFUSED }),
    { ...LEFT, path: [] },
  ],
  'goes on for somebody who refuses what it does not send': [
    {
      definition: define({
        nodes: { receipt: ['send_email', RECEIPT] },
        settings: { exitOnUnsubscribe: true },
      }),
      contact: REFUSED,
    },
    { status: 'completed', path: ['receipt:next'], sends: ['receipt'] },
  ],
  'heeds an unsubscription from a topic, for that topic alone': [
    {
      definition: define({
        nodes: {
          mail: ['send_email', { ...MAIL, topic: 'news' }],
          pause: ['wait_for_event', { event: 'pause.over', timeout: 2_500 }],
          again: ['send_email', { ...MAIL, topic: 'news' }],
          other: ['send_email', { ...MAIL, topic: 'offers' }],
        },
        edges: ['mail -> pause', 'pause:timed_out -> again', 'again:not_sent -> other'],
      }),
      happenings: [
        { on: 'pause', after: 100, event: 'email.unsubscribed', properties: { topic: 'news' } },
      ],
    },
    { status: 'completed', path: [...ALONE, 'other:next'], sends: ['mail', 'other'] },
  ],
  'ends where she unsubscribes from its topic, if its settings say so': [
    leaving({ ...MAIL, topic: 'news' }, { contact: { consent: { 'email.news': false } } }),
    { ...LEFT, path: [] },
  ],
  'goes on for somebody who has unsubscribed from another topic': [
    {
      definition: define({
        nodes: { mail: ['send_email', { ...MAIL, topic: 'offers' }] },
        settings: { exitOnUnsubscribe: true },
      }),
      contact: { consent: { 'email.news': false } },
    },
    { status: 'completed', path: ['mail:next'], sends: ['mail'] },
  ],
};
