/** Forks, joins, jumps, exits, skipped and failed nodes. */
import { define } from '../support/define';
import type { Cases } from './case';

const LONG = '30 days';
const ASKS_VIP = [{ type: 'tag', operator: 'includes', value: 'vip' }];

const fork = { branches: ['a', 'b'] };

export const paths: Cases = {
  'goes along two branches and on as one when both have arrived': [
    {
      definition: define({
        nodes: {
          fork: ['parallel', fork],
          slow: ['wait', { for: 900 }],
          fast: ['wait', { for: 300 }],
          meet: ['join'],
          tag: ['add_tag', { tag: 'together' }],
        },
        edges: ['fork:a -> slow', 'fork:b -> fast', 'slow -> meet', 'fast -> meet', 'meet -> tag'],
      }),
    },
    {
      status: 'completed',
      path: ['fork:-', 'slow:next', 'fast:next', 'meet:next', 'tag:next'],
      tags: ['together'],
    },
  ],
  'takes the first branch that arrives and cancels the other': [
    {
      definition: define({
        nodes: {
          fork: ['parallel', fork],
          long: ['wait', { for: LONG }],
          fast: ['wait', { for: 300 }],
          meet: ['join', { wait: 'any' }],
          tag: ['add_tag', { tag: 'first' }],
        },
        edges: ['fork:a -> long', 'fork:b -> fast', 'long -> meet', 'fast -> meet', 'meet -> tag'],
      }),
    },
    {
      status: 'completed',
      path: ['fork:-', 'long!', 'fast:next', 'meet:next', 'tag:next'],
      tags: ['first'],
    },
  ],
  'does not wait at a join for a branch that ended': [
    {
      definition: define({
        nodes: {
          fork: ['parallel', fork],
          left: ['wait', { for: 700 }],
          fast: ['wait', { for: 200 }],
          meet: ['join'],
        },
        edges: ['fork:a -> left', 'fork:b -> fast', 'left -> end', 'fast -> meet'],
      }),
    },
    { status: 'completed', path: ['fork:-', 'left:next', 'fast:next', 'meet:next'] },
  ],
  'gives up waiting at a join in time': [
    {
      definition: define({
        nodes: {
          fork: ['parallel', fork],
          long: ['wait', { for: LONG }],
          fast: ['wait', { for: 100 }],
          meet: ['join', { timeout: 400 }],
          late: ['add_tag', { tag: 'late' }],
        },
        edges: [
          'fork:a -> long',
          'fork:b -> fast',
          'long -> meet',
          'fast -> meet',
          'meet:timed_out -> late',
        ],
      }),
    },
    {
      status: 'completed',
      path: ['fork:-', 'long!', 'fast:next', 'meet:timed_out', 'late:next'],
      tags: ['late'],
    },
  ],
  'lets every branch go its own way where nothing joins them': [
    {
      definition: define({
        nodes: {
          fork: ['parallel', fork],
          one: ['wait', { for: 600 }],
          two: ['wait', { for: 200 }],
          tag: ['add_tag', { tag: 'seen' }],
          last: ['wait', { for: 100 }],
        },
        edges: ['fork:a -> one', 'fork:b -> two', 'one -> tag', 'two -> tag', 'tag -> last'],
      }),
    },
    {
      status: 'completed',
      path: ['fork:-', 'one:next', 'two:next', 'tag:next', 'last:next', 'tag:next', 'last:next'],
    },
  ],
  'leaves by an exit, whatever its other branches do': [
    {
      definition: define({
        nodes: {
          fork: ['parallel', fork],
          long: ['wait', { for: LONG }],
          fast: ['wait', { for: 200 }],
          out: ['exit', { reason: 'enough' }],
        },
        edges: ['fork:a -> long', 'fork:b -> fast', 'fast -> out'],
      }),
    },
    { status: 'exited', path: ['fork:-', 'long!', 'fast:next', 'out:-'] },
  ],
  'jumps where a go_to points': [
    {
      definition: define({
        nodes: {
          ask: ['condition', { condition: ASKS_VIP }],
          hop: ['go_to', { target: 'last' }],
          skipped: ['add_tag', { tag: 'not-here' }],
          last: ['add_tag', { tag: 'here' }],
        },
        edges: ['ask:true -> skipped', 'ask:false -> hop', 'skipped -> last'],
      }),
    },
    { status: 'completed', path: ['ask:false', 'hop:next', 'last:next'], tags: ['here'] },
  ],
  'skips a node whose executeIf is false': [
    {
      definition: define({
        nodes: {
          mail: ['send_email', { subject: 'Hi', text: 'Hello' }, { executeIf: ASKS_VIP }],
          tag: ['add_tag', { tag: 'on' }],
        },
      }),
    },
    { status: 'completed', path: ['mail:next', 'tag:next'], sends: [], tags: ['on'] },
  ],
  'runs a node whose executeIf is true': [
    {
      definition: define({
        nodes: {
          pause: ['wait', { for: 100 }, { executeIf: ASKS_VIP }],
          tag: ['add_tag', { tag: 'on' }],
        },
      }),
      contact: { tags: ['vip'] },
    },
    { status: 'completed', path: ['pause:next', 'tag:next'], tags: ['vip', 'on'] },
  ],
  'exits when a node fails and the settings say so': [
    {
      definition: define({
        nodes: { date: ['wait', { until: '{{ contact.nothing }}' }] },
        settings: { onNodeFailure: 'exit' },
      }),
    },
    { status: 'exited', path: ['date:error'] },
  ],
  'fails with the code of the node that failed': [
    {
      definition: define({ nodes: { date: ['wait', { until: '{{ contact.nothing }}' }] } }),
    },
    { status: 'failed', error: 'wait.no_date', path: ['date:error'] },
  ],
  'goes round a fork and its join again': [
    {
      definition: define({
        nodes: {
          fork: ['parallel', fork],
          one: ['wait', { for: 300 }],
          two: ['wait', { for: 50 }],
          meet: ['join'],
          ask: ['condition', { condition: ASKS_VIP }],
          tag: ['add_tag', { tag: 'vip' }],
        },
        edges: [
          'trigger -> fork',
          'fork:a -> one',
          'fork:b -> two',
          'one -> meet',
          'two -> meet',
          'meet -> ask',
          'ask:false -> tag',
          'tag -> fork',
        ],
      }),
    },
    {
      status: 'completed',
      path: [
        ...['fork:-', 'one:next', 'two:next', 'meet:next', 'ask:false', 'tag:next'],
        ...['fork:-', 'one:next', 'two:next', 'meet:next', 'ask:true'],
      ],
    },
  ],
};
