/** Goals by condition, goals that reroute or go on, exits. */
import { define } from '../support/define';
import type { Cases } from './case';

const LONG = '30 days';
const IS_PRO = [{ field: 'contact.plan', operator: 'equals', value: 'pro' }];
const PRO = { attributes: { plan: 'pro' } };

const IS_TAGGED = [{ field: 'contact.tags', operator: 'contains', value: 'q' }];
const TAG = ['add_tag', { tag: 'q' }] as const;
const TAGS_THEN = {
  mail: { nodes: { tag: TAG, next: ['send_email', { subject: 'Hi', text: 'Hi' }] } },
  call: { nodes: { tag: TAG, next: ['http_request', { url: 'https://api.example.com/x' }] } },
} as const;

const waiting = { nodes: { long: ['wait', { for: LONG }] } } as const;

export const goals: Cases = {
  'reaches a goal when its condition becomes true': [
    {
      definition: define({ ...waiting, goals: [{ id: 'upgraded', condition: IS_PRO }] }),
      happenings: [{ on: 'long', after: 100, contact: PRO }],
    },
    { status: 'goal_reached', goalId: 'upgraded', path: ['long!'] },
  ],
  'ignores a condition that was true at entry': [
    {
      definition: define({
        nodes: { pause: ['wait', { for: 2_500 }] },
        goals: [{ id: 'upgraded', condition: IS_PRO }],
      }),
      contact: PRO,
      happenings: [{ on: 'pause', after: 100, contact: { firstName: 'Adele' } }],
    },
    { status: 'completed', goalId: null },
  ],
  'reaches a goal at entry where it may': [
    {
      definition: define({
        ...waiting,
        goals: [{ id: 'upgraded', condition: IS_PRO, atEntry: 'fire' }],
      }),
      contact: PRO,
    },
    { status: 'goal_reached', goalId: 'upgraded', path: [] },
  ],
  'goes on past a goal that only counts': [
    {
      definition: define({
        nodes: { pause: ['wait', { for: 2_500 }], tag: ['add_tag', { tag: 'on' }] },
        goals: [{ id: 'bought', event: 'cart.paid', onAchieved: 'continue' }],
      }),
      happenings: [{ on: 'pause', after: 100, event: 'cart.paid' }],
    },
    { status: 'completed', goalId: 'bought', path: ['pause:next', 'tag:next'], tags: ['on'] },
  ],
  'lets no event meet a second wait where a goal has moved the path in between': [
    {
      definition: define({
        nodes: {
          first: ['wait_for_event', { event: 'cart.paid', timeout: LONG, since: 'enrolled' }],
          long: ['wait', { for: LONG }],
          second: ['wait_for_event', { event: 'cart.paid', timeout: 300, since: 'enrolled' }],
        },
        edges: ['first:received -> long', 'long -> second'],
        goals: [{ id: 'good', event: 'lead.qualified', onAchieved: { goTo: 'second' } }],
      }),
      happenings: [
        { on: 'first', after: 50, event: 'cart.paid' },
        { on: 'long', after: 100, event: 'lead.qualified' },
      ],
    },
    { path: ['first:received', 'long!', 'second:timed_out'] },
  ],
  'replaces all its paths by one when a goal says so': [
    {
      definition: define({
        nodes: {
          fork: ['parallel', { branches: ['a', 'b'] }],
          one: ['wait', { for: LONG }],
          two: ['wait', { for: '20 days' }],
          thanks: ['add_tag', { tag: 'thanked' }],
        },
        edges: ['fork:a -> one', 'fork:b -> two', 'one -> thanks', 'two -> thanks'],
        goals: [{ id: 'bought', event: 'cart.paid', onAchieved: { goTo: 'thanks' } }],
      }),
      happenings: [{ on: 'two', after: 100, event: 'cart.paid' }],
    },
    {
      status: 'completed',
      goalId: 'bought',
      path: ['fork:-', 'one!', 'two!', 'thanks:next'],
      tags: ['thanked'],
    },
  ],
  'takes back the message behind the tag that reached the goal': [
    {
      definition: define({ ...TAGS_THEN.mail, goals: [{ id: 'tagged', condition: IS_TAGGED }] }),
    },
    { status: 'goal_reached', goalId: 'tagged', path: ['tag:next', 'next!'], sends: [] },
  ],
  'takes back the call behind the tag that ended the enrollment': [
    { definition: define({ ...TAGS_THEN.call, settings: { exitWhen: IS_TAGGED } }) },
    { status: 'exited', path: ['tag:next', 'next!'] },
  ],
  'takes back the message behind the tag whose goal leads elsewhere': [
    {
      definition: define({
        nodes: { ...TAGS_THEN.mail.nodes, thanks: ['add_tag', { tag: 'thanked' }] },
        goals: [{ id: 'tagged', condition: IS_TAGGED, onAchieved: { goTo: 'thanks' } }],
      }),
    },
    {
      status: 'completed',
      goalId: 'tagged',
      path: ['tag:next', 'next!', 'thanks:next'],
      sends: [],
    },
  ],
  'leaves as soon as exitWhen holds': [
    {
      definition: define({
        ...waiting,
        settings: { exitWhen: IS_PRO },
        goals: [{ id: 'upgraded', condition: IS_PRO }],
      }),
      happenings: [{ on: 'long', after: 100, contact: PRO }],
    },
    { status: 'exited', goalId: null, path: ['long!'] },
  ],
  'leaves at the door when exitWhen holds at entry': [
    {
      definition: define({ ...waiting, settings: { exitWhen: IS_PRO } }),
      contact: PRO,
    },
    { status: 'exited', path: [] },
  ],
};
