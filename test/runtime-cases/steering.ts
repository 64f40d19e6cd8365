/** What operators do to somebody: pause and resume with every policy, skip, jump, cancel. */
import type { JsonObject } from '../../src/journey/json';
import { define } from '../support/define';
import type { Cases } from './case';

const LONG = '30 days';
/** Long enough to be seen by somebody on a busy machine. */
const SOON = 2_500;

/** Waits a moment, mails, waits for long. */
const reminder = define({
  nodes: {
    pause: ['wait', { for: SOON }],
    remind: ['send_email', { subject: 'Hello', text: 'Your cart is waiting.' }],
    on: ['add_tag', { tag: 'reminded' }],
  },
  edges: ['pause -> remind', 'remind:next -> on', 'remind:not_sent -> on'],
});

/** Waits for an event that comes when the wait would have been over. */
const offer = define({
  nodes: { offer: ['wait_for_event', { event: 'cart.paid', timeout: SOON }] },
});

const pausedWhileItCame = (policy: JsonObject) => ({
  definition: offer,
  happenings: [
    { on: 'offer', after: 100, command: 'pause', input: policy },
    { on: 'offer', after: 3_000, overdue: true, event: 'cart.paid' },
    { on: 'offer', after: 3_050, command: 'resume' },
  ] as const,
});

const pausedOver = (policy: JsonObject) => ({
  definition: reminder,
  happenings: [
    { on: 'pause', after: 100, command: 'pause', input: policy },
    { on: 'pause', after: 3_000, overdue: true, command: 'resume' },
  ] as const,
});

export const steering: Cases = {
  'lets the clock run while she is paused, and sends what is late': [
    pausedOver({ clock: 'run', late: 'send' }),
    { status: 'completed', path: ['pause:next', 'remind:next', 'on:next'], sends: ['remind'] },
  ],
  'goes on without the message that is late': [
    pausedOver({ clock: 'run', late: 'skip' }),
    { status: 'completed', path: ['pause:next', 'remind:not_sent', 'on:next'], sends: [] },
  ],
  'lets somebody who is late leave': [
    pausedOver({ clock: 'run', late: 'exit' }),
    { status: 'exited', reason: 'pause.late', path: ['pause!'], sends: [] },
  ],
  'is late for nothing when the clock stood still': [
    pausedOver({ clock: 'freeze', late: 'exit' }),
    { status: 'completed', sends: ['remind'] },
  ],
  'is late for nothing when the wait begins again': [
    pausedOver({ clock: 'restart', late: 'exit' }),
    { status: 'completed', sends: ['remind'] },
  ],
  'takes an event behind the deadline for late when the clock ran': [
    pausedWhileItCame({ clock: 'run' }),
    { status: 'completed', path: ['offer:timed_out'] },
  ],
  'takes it for one in time when the clock stood still': [
    pausedWhileItCame({ clock: 'freeze' }),
    { status: 'completed', path: ['offer:received'] },
  ],
  'takes it for one in time when the wait began again': [
    pausedWhileItCame({ clock: 'restart' }),
    { status: 'completed', path: ['offer:received'] },
  ],
  'hears what happened while she was paused': [
    {
      definition: define({
        nodes: { long: ['wait', { for: LONG }] },
        goals: [{ id: 'bought', event: 'cart.paid' }],
      }),
      happenings: [
        { on: 'long', after: 100, command: 'pause' },
        { on: 'long', after: 200, event: 'cart.paid' },
        { on: 'long', after: 300, command: 'resume' },
      ],
    },
    { status: 'goal_reached', goalId: 'bought', path: ['long!'] },
  ],
  'refuses a second pause and goes on after the first': [
    {
      definition: define({ nodes: { pause: ['wait', { for: LONG }] } }),
      happenings: [
        { on: 'pause', after: 50, command: 'pause' },
        { on: 'pause', after: 60, command: 'pause' },
        { on: 'pause', after: 70, command: 'resume' },
        { on: 'pause', after: 80, command: 'skip' },
      ],
    },
    { status: 'completed', path: ['pause:next'] },
  ],
  'leaves a wait that an operator skips': [
    {
      definition: define({
        nodes: {
          long: ['wait', { for: LONG }],
          event: ['wait_for_event', { event: 'cart.paid', timeout: LONG }],
          tag: ['add_tag', { tag: 'late' }],
        },
        edges: ['long -> event', 'event:timed_out -> tag', 'event:received -> end'],
      }),
      happenings: [
        { on: 'long', after: 100, command: 'skip' },
        { on: 'event', after: 200, command: 'skip', input: { node: 'event' } },
      ],
    },
    { status: 'completed', path: ['long:next', 'event:timed_out', 'tag:next'], tags: ['late'] },
  ],
  'skips a wait of somebody who is paused when she goes on': [
    {
      definition: define({ nodes: { long: ['wait', { for: LONG }] } }),
      happenings: [
        { on: 'long', after: 100, command: 'pause' },
        { on: 'long', after: 200, command: 'skip' },
        { on: 'long', after: 300, command: 'resume' },
      ],
    },
    { status: 'completed', path: ['long:next'] },
  ],
  'goes on where an operator puts her, all paths replaced': [
    {
      definition: define({
        nodes: {
          fork: ['parallel', { branches: ['a', 'b'] }],
          one: ['wait', { for: LONG }],
          two: ['wait', { for: LONG }],
          tag: ['add_tag', { tag: 'there' }],
        },
        edges: ['fork:a -> one', 'fork:b -> two', 'one -> tag'],
      }),
      happenings: [{ on: 'two', after: 100, command: 'jump', input: { to: 'tag' } }],
    },
    { status: 'completed', path: ['fork:-', 'one!', 'two!', 'tag:next'], tags: ['there'] },
  ],
  'refuses to put her where nothing is': [
    {
      definition: define({ nodes: { pause: ['wait', { for: LONG }] } }),
      happenings: [
        { on: 'pause', after: 100, command: 'jump', input: { to: 'nowhere' } },
        { on: 'pause', after: 200, command: 'skip' },
      ],
    },
    { status: 'completed', path: ['pause:next'] },
  ],
  'ends for somebody whom an operator takes out': [
    {
      definition: define({ nodes: { long: ['wait', { for: LONG }] } }),
      happenings: [{ on: 'long', after: 100, command: 'cancel', input: { reason: 'by mistake' } }],
    },
    { status: 'cancelled', reason: 'by mistake', path: ['long!'] },
  ],
  'ends for somebody who is taken out while she is paused': [
    {
      definition: define({ nodes: { long: ['wait', { for: LONG }] } }),
      happenings: [
        { on: 'long', after: 100, command: 'pause' },
        { on: 'long', after: 200, command: 'cancel' },
      ],
    },
    { status: 'cancelled', reason: 'operator', path: ['long!'] },
  ],
};
