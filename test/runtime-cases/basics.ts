/** Waits, events, messages, event goals. */
import { define } from '../support/define';
import type { Cases } from './case';

const SOON = 1_500;
const LONG = '30 days';

const paid = (data: object = {}): readonly [string, object] => [
  'wait_for_event',
  { event: 'cart.paid', timeout: LONG, since: 'enrolled', ...data },
];

export const basics: Cases = {
  'waits, decides, ends': [
    {
      definition: define({
        nodes: { pause: ['wait', { for: 300 }], tag: ['add_tag', { tag: 'seen' }], done: ['end'] },
      }),
    },
    { status: 'completed', path: ['pause:next', 'tag:next', 'done:-'], tags: ['seen'] },
  ],
  'takes adjacent decisions on what the ones before have written': [
    {
      definition: define({
        nodes: {
          tag: ['add_tag', { tag: 'vip' }],
          ask: ['condition', { condition: [{ type: 'tag', operator: 'includes', value: 'vip' }] }],
          yes: ['add_tag', { tag: 'asked' }],
        },
        edges: ['tag -> ask', 'ask:true -> yes'],
      }),
    },
    { status: 'completed', path: ['tag:next', 'ask:true', 'yes:next'], tags: ['vip', 'asked'] },
  ],
  'finds an event that came before the wait': [
    {
      definition: define({ nodes: { first: ['wait', { for: SOON }], paid: paid() } }),
      happenings: [{ on: 'first', after: 100, event: 'cart.paid' }],
    },
    { status: 'completed', path: ['first:next', 'paid:received'] },
  ],
  'hears an event during the wait': [
    {
      definition: define({ nodes: { paid: paid() } }),
      happenings: [{ on: 'paid', after: 100, event: 'cart.paid' }],
    },
    { status: 'completed', path: ['paid:received'] },
  ],
  'does not take an event behind the deadline for one in time': [
    {
      definition: define({
        nodes: { paid: paid({ timeout: 300 }), later: ['wait', { for: SOON }] },
        edges: ['paid:timed_out -> later'],
      }),
      happenings: [{ on: 'later', after: 600, event: 'cart.paid' }],
    },
    { status: 'completed', path: ['paid:timed_out', 'later:next'] },
  ],
  'finds an event whose doorbell is late when the timer fires': [
    {
      definition: define({ nodes: { paid: paid({ timeout: SOON }) } }),
      happenings: [{ on: 'paid', after: 100, event: 'cart.paid', unheard: true }],
    },
    { status: 'completed', path: ['paid:received'] },
  ],
  'waits on for an event that the filter accepts': [
    {
      definition: define({
        nodes: {
          paid: paid({
            timeout: SOON,
            filter: [{ field: 'event.total', operator: 'greater_than', value: 100 }],
          }),
        },
      }),
      happenings: [
        { on: 'paid', after: 100, event: 'cart.paid', properties: { total: 40 } },
        { on: 'paid', after: 200, event: 'cart.left', properties: { total: 400 } },
      ],
    },
    { status: 'completed', path: ['paid:timed_out'] },
  ],
  'lets one event satisfy one wait of a path': [
    {
      definition: define({ nodes: { one: paid(), two: paid({ timeout: 400 }) } }),
      happenings: [{ on: 'one', after: 100, event: 'cart.paid' }],
    },
    { status: 'completed', path: ['one:received', 'two:timed_out'] },
  ],
  'lets the triggering event satisfy no wait and reach no goal': [
    {
      definition: define({
        nodes: { paid: paid({ timeout: 400 }) },
        goals: [{ id: 'bought', event: 'cart.paid' }],
      }),
      trigger: { type: 'cart.paid' },
    },
    { status: 'completed', goalId: null, path: ['paid:timed_out'] },
  ],
  'ends a 30-day wait when a goal is reached': [
    {
      definition: define({
        nodes: { long: ['wait', { for: LONG }], tag: ['add_tag', { tag: 'late' }] },
        goals: [{ id: 'bought', event: 'cart.paid', onAchieved: 'exit' }],
      }),
      happenings: [{ on: 'long', after: 100, event: 'cart.paid' }],
    },
    { status: 'goal_reached', goalId: 'bought', path: ['long!'], tags: [] },
  ],
  'ignores an event that misses the condition of a goal': [
    {
      definition: define({
        nodes: { pause: ['wait', { for: SOON }] },
        goals: [
          {
            id: 'big',
            event: 'cart.paid',
            condition: [{ field: 'event.total', operator: 'greater_than', value: 100 }],
          },
        ],
      }),
      happenings: [{ on: 'pause', after: 100, event: 'cart.paid', properties: { total: 40 } }],
    },
    { status: 'completed', goalId: null, path: ['pause:next'] },
  ],
  'lets a goal beat the wait for the same event': [
    {
      definition: define({
        nodes: { paid: paid(), tag: ['add_tag', { tag: 'waited' }] },
        goals: [{ id: 'bought', event: 'cart.paid' }],
      }),
      happenings: [{ on: 'paid', after: 100, event: 'cart.paid' }],
    },
    { status: 'goal_reached', goalId: 'bought', tags: [] },
  ],
  'finds a goal whose doorbell is late before it completes': [
    {
      definition: define({
        nodes: { pause: ['wait', { for: SOON }] },
        goals: [{ id: 'bought', event: 'cart.paid' }],
      }),
      happenings: [{ on: 'pause', after: 100, event: 'cart.paid', unheard: true }],
    },
    { status: 'goal_reached', goalId: 'bought' },
  ],
  'sends a message and goes on': [
    {
      definition: define({
        nodes: {
          mail: ['send_email', { subject: 'Hi', text: 'Hello' }],
          tag: ['add_tag', { tag: 'mailed' }],
        },
      }),
    },
    { status: 'completed', path: ['mail:next', 'tag:next'], sends: ['mail'], tags: ['mailed'] },
  ],
  'takes not_sent for a contact without an address': [
    {
      definition: define({
        nodes: {
          mail: ['send_email', { subject: 'Hi', text: 'Hello' }],
          tag: ['add_tag', { tag: 'no-mail' }],
        },
        edges: ['mail:not_sent -> tag'],
      }),
      contact: { email: null },
    },
    { status: 'completed', path: ['mail:not_sent', 'tag:next'], sends: [], tags: ['no-mail'] },
  ],
  'waits for the opening of the message just sent': [
    {
      definition: define({
        nodes: {
          mail: ['send_email', { subject: 'Hi', text: 'Hello' }],
          opened: ['wait_for_event', { event: 'email.opened', timeout: LONG }],
        },
      }),
      happenings: [{ on: 'opened', after: 100, event: 'email.opened' }],
    },
    { status: 'completed', path: ['mail:next', 'opened:received'], sends: ['mail'] },
  ],
  'goes round a cycle that contains a wait': [
    {
      definition: define({
        nodes: {
          pause: ['wait', { for: 200 }],
          ask: [
            'condition',
            { condition: [{ type: 'event', event: 'contact.tag_added', count: 1 }] },
          ],
          tag: ['add_tag', { tag: 'round' }],
        },
        edges: ['pause -> ask', 'ask:false -> tag', 'tag -> pause'],
      }),
    },
    {
      status: 'completed',
      path: ['pause:next', 'ask:false', 'tag:next', 'pause:next', 'ask:true'],
      tags: ['round'],
    },
  ],
  'fails when a node is visited too often': [
    {
      definition: define({
        nodes: { pause: ['wait', { for: 50 }], tag: ['add_tag', { tag: 'round' }] },
        edges: ['trigger -> pause', 'pause -> tag', 'tag -> pause'],
        settings: { visitLimit: 2 },
      }),
    },
    { status: 'failed', error: 'step.visit_limit' },
  ],
};
