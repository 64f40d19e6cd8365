/** Journeys full of personal data: a canary that must not be heard outside PostgreSQL. */
import type { Definition } from '../../src/journey/definition';
import { define } from './define';

export const CANARY = 'kanarie';

/** A mail whose templates and values are full of it. */
export const mail = (data: object = {}): readonly [string, object] => [
  'send_email',
  {
    subject: `For ${CANARY}: {{ first_name }}`,
    html: `<p>${CANARY} {{ phone }} {{ variables.coupon }} {{ contact.attributes.note }}</p>`,
    text: `${CANARY} {{ event.note }}`,
    ...data,
  },
];
const hasNote = [{ field: 'event.note', operator: 'contains', value: CANARY }];

/** Goes through the nodes of most journeys. */
export const commonNodes: Definition = define({
  triggers: [{ type: 'event', event: 'cart.left', filter: hasNote }],
  nodes: {
    pause: ['wait', { for: 300 }],
    ask: ['condition', { condition: [{ field: 'nick', operator: 'equals', value: CANARY }] }],
    tag: ['add_tag', { tag: `fan of ${CANARY}` }],
    mail: mail(),
    paid: ['wait_for_event', { event: 'cart.paid', timeout: '30 days', filter: hasNote }],
    done: ['end'],
  },
  edges: ['pause -> ask', 'ask:true -> tag', 'tag -> mail', 'mail -> paid', 'paid -> done'],
});

const value = '{{ contact.email }}';
const isAnybody = [{ field: 'email', operator: 'exists' }];

/** Goes through all the others; calls go to `url`, enrollments into the workflow `target`. */
export const otherNodes = (url: string, target: string): Definition =>
  define({
    nodes: {
      untag: ['remove_tag', { tag: CANARY }],
      update: ['update_contact', { set: { nick: value }, append: { seen: CANARY } }],
      score: ['update_score', { by: 1 }],
      on: ['add_to_list', { list: CANARY }],
      off: ['remove_from_list', { list: CANARY }],
      keep: ['set_variable', { name: 'address', value }],
      sum: ['math', { operation: 'add', value: 1, operand: 2, variable: 'sum' }],
      shout: ['text', { operation: 'upper', value, variable: 'shouted' }],
      all: ['list', { operation: 'append', values: [CANARY], item: value, variable: 'all' }],
      due: ['date', { operation: 'add', duration: '1d', variable: 'due' }],
      track: ['track_event', { event: 'canary.seen', properties: { of: value } }],
      which: ['switch', { cases: [{ port: 'anybody', condition: isAnybody }] }],
      split: ['split', { variants: [{ port: 'a', weight: 1 }] }],
      fork: ['parallel', { branches: ['one', 'two'] }],
      tell: ['send_notification', { channel: 'email', to: value, text: `About ${value}` }],
      meet: ['join'],
      hook: ['webhook', { url, headers: { 'x-canary': value }, body: { of: value } }],
      ask: ['http_request', { url: `${url}?of=${value}`, save: { answer: 'of' } }],
      enroll: ['enroll_in_workflow', { workflow: target, key: value, variables: { of: value } }],
      leave: ['remove_from_workflow', { workflow: target, key: value }],
      call: ['call_workflow', { workflow: target, key: `${CANARY}-2` }],
      hop: ['go_to', { target: 'out' }],
      out: ['exit'],
    },
    edges: [
      'untag -> update',
      'update -> score',
      'score -> on',
      'on -> off',
      'off -> keep',
      'keep -> sum',
      'sum -> shout',
      'shout -> all',
      'all -> due',
      'due -> track',
      'track -> which',
      'which:anybody -> split',
      'split:a -> fork',
      'fork:one -> tell',
      'fork:two -> meet',
      'tell -> meet',
      'meet -> hook',
      'hook -> ask',
      'ask -> enroll',
      'enroll -> leave',
      'leave -> call',
      'call -> hop',
    ],
  });
