/** What decisions change: the contact, her lists and score, variables. And nodes that are not for her. */
import { nodeTypes } from '../../src/journey/nodes/index';
import { define } from '../support/define';
import type { Cases } from './case';

const NOBODY = [{ type: 'tag', operator: 'includes', value: 'nobody-has-it' }];
const goesOn: readonly [string, object] = ['wait', { for: 50 }];

/** Forks, joins and jumps have no way of their own past them. */
const skippable = [...nodeTypes.values()].filter(
  ({ forks, joins, jumpsTo }) => forks !== true && joins === undefined && jumpsTo === undefined,
);

const idOf = (type: string) => `a-${type.replaceAll('_', '-')}`;

const listed = (list: string) => [{ field: 'contact.lists', operator: 'includes', value: list }];

export const decisions: Cases = {
  'skips nodes of every type': [
    {
      definition: define({
        nodes: Object.fromEntries(
          skippable.map(({ type, examples }) => [
            idOf(type),
            [type, examples[0]?.data as object, { executeIf: NOBODY }],
          ]),
        ),
      }),
    },
    {
      status: 'completed',
      path: skippable.map(({ type }) => `${idOf(type)}:next`),
      sends: [],
      tags: [],
      lists: [],
      variables: {},
    },
  ],
  'puts her on lists and takes her off': [
    {
      definition: define({
        nodes: {
          on: ['add_to_list', { list: 'news' }],
          also: ['add_to_list', { list: 'vips' }],
          pause: goesOn,
          again: ['add_to_list', { list: 'news' }],
          asks: ['condition', { condition: listed('news') }],
          off: ['remove_from_list', { list: 'news' }],
          never: ['remove_from_list', { list: 'leads' }],
        },
        edges: [
          'on -> also',
          'also -> pause',
          'pause -> again',
          'again -> asks',
          'asks:true -> off',
          'off -> never',
        ],
      }),
    },
    {
      status: 'completed',
      path: [
        'on:next',
        'also:next',
        'pause:next',
        'again:next',
        'asks:true',
        'off:next',
        'never:next',
      ],
      lists: ['vips'],
    },
  ],
  'changes her fields, attributes, tags and score': [
    {
      definition: define({
        nodes: {
          set: [
            'update_contact',
            { set: { firstName: 'Adele', plan: 'pro' }, increment: { orders: 2 }, unset: ['old'] },
          ],
          append: [
            'update_contact',
            { append: { seen: ['a', 'b'] }, set: { 'address.city': 'Bonn' } },
          ],
          points: ['update_score', { by: '{{ contact.orders }}' }],
          pause: goesOn,
          more: ['update_score', { by: 5 }],
          tags: ['add_tag', { tags: ['a', 'b', '{{ contact.firstName }}'] }],
          fewer: ['remove_tag', { tag: 'a' }],
        },
      }),
      contact: { attributes: { old: true, orders: 1 } },
    },
    {
      status: 'completed',
      score: 8,
      tags: ['b', 'Adele'],
      attributes: { plan: 'pro', orders: 3, seen: ['a', 'b'], address: { city: 'Bonn' } },
    },
  ],
  'refuses a change that does not fit': [
    {
      definition: define({
        nodes: {
          add: ['update_contact', { increment: { plan: 1 } }],
          tag: ['add_tag', { tag: 'refused' }],
        },
        edges: ['add:error -> tag'],
      }),
      contact: { attributes: { plan: 'pro' } },
    },
    {
      status: 'completed',
      path: ['add:error', 'tag:next'],
      tags: ['refused'],
      attributes: { plan: 'pro' },
    },
  ],
  'calculates with variables': [
    {
      definition: define({
        nodes: {
          name: ['set_variable', { name: 'total', value: '{{ event.total | default: 0 }}' }],
          twice: [
            'math',
            {
              operation: 'multiply',
              value: '{{ variables.total }}',
              operand: 2,
              variable: 'twice',
            },
          ],
          pause: goesOn,
          words: [
            'text',
            { operation: 'upper', value: 'for {{ contact.firstName }}', variable: 'words' },
          ],
          items: [
            'list',
            {
              operation: 'append',
              values: ['a'],
              item: '{{ variables.twice }}',
              variable: 'items',
            },
          ],
          days: [
            'date',
            {
              operation: 'difference',
              from: '2026-12-20',
              to: '2026-12-24',
              unit: 'days',
              variable: 'days',
            },
          ],
          wrong: ['math', { operation: 'round', value: '{{ contact.firstName }}', variable: 'no' }],
        },
        settings: { onNodeFailure: 'continue' },
      }),
      contact: { firstName: 'Ada' },
      trigger: { type: 'cart.left', properties: { total: 40 } },
    },
    {
      status: 'completed',
      path: [
        'name:next',
        'twice:next',
        'pause:next',
        'words:next',
        'items:next',
        'days:next',
        'wrong:error',
      ],
      variables: { total: 40, twice: 80, words: 'FOR ADA', items: ['a', 80], days: 4 },
    },
  ],
  'carries variables that it was given': [
    {
      definition: define({
        nodes: {
          pause: goesOn,
          tag: ['add_tag', { tag: 'order-{{ variables.order.id }}' }],
        },
      }),
      variables: { order: { id: 7 } },
    },
    { status: 'completed', tags: ['order-7'], variables: { order: { id: 7 } } },
  ],
  'tracks an event that its own wait hears': [
    {
      definition: define({
        nodes: {
          tell: ['track_event', { event: 'lead.qualified', properties: { total: 90 } }],
          hear: [
            'wait_for_event',
            {
              event: 'lead.qualified',
              since: 'enrolled',
              timeout: '30 days',
              filter: [{ field: 'total', operator: 'greater_than', value: 50 }],
            },
          ],
        },
      }),
    },
    { status: 'completed', path: ['tell:next', 'hear:received'] },
  ],
  'counts the triggering event among what ever happened': [
    {
      definition: define({
        nodes: {
          pause: goesOn,
          ever: [
            'condition',
            { condition: [{ type: 'event', event: 'cart.left', since: 'ever' }] },
          ],
          since: ['condition', { condition: [{ type: 'event', event: 'cart.left' }] }],
        },
        edges: ['pause -> ever', 'ever:true -> since'],
      }),
      trigger: { type: 'cart.left' },
    },
    { status: 'completed', path: ['pause:next', 'ever:true', 'since:false'] },
  ],
  'takes no case where none holds': [
    {
      definition: define({
        nodes: {
          plan: ['switch', { cases: [{ port: 'vip', condition: NOBODY }] }],
          tag: ['add_tag', { tag: 'other' }],
        },
        edges: ['plan:default -> tag'],
      }),
    },
    { status: 'completed', path: ['plan:default', 'tag:next'], tags: ['other'] },
  ],
  'keeps a sticky assignment through a cycle': [
    {
      definition: define({
        nodes: {
          pause: ['wait', { for: 30 }],
          split: [
            'split',
            {
              experiment: 'colour',
              variants: [
                { port: 'a', weight: 1 },
                { port: 'b', weight: 0 },
              ],
            },
          ],
          other: [
            'split',
            {
              experiment: 'colour',
              variants: [
                { port: 'a', weight: 0 },
                { port: 'b', weight: 1 },
              ],
            },
          ],
          tag: ['add_tag', { tag: 'kept' }],
        },
        edges: ['pause -> split', 'split:a -> other', 'other:a -> tag'],
      }),
    },
    { status: 'completed', path: ['pause:next', 'split:a', 'other:a', 'tag:next'], tags: ['kept'] },
  ],
  'holds somebody out': [
    {
      definition: define({
        nodes: {
          split: ['split', { variants: [{ port: 'a', weight: 1 }], holdout: 100 }],
          tag: ['add_tag', { tag: 'held-out' }],
        },
        edges: ['split:holdout -> tag'],
      }),
    },
    { status: 'completed', path: ['split:holdout', 'tag:next'], tags: ['held-out'] },
  ],
};
