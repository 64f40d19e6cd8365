/** Waits whose end depends on facts, variables, and decisions on data. */
import { define } from '../support/define';
import type { Cases } from './case';

const LONG = '30 days';
const SCORED = [{ type: 'score', operator: 'greater_than', value: 50 }];

export const waits: Cases = {
  'goes on when the condition it waits for is met': [
    {
      definition: define({
        nodes: { scored: ['wait', { untilCondition: SCORED, maxWait: LONG }] },
      }),
      happenings: [
        { on: 'scored', after: 100, contact: { score: 20 } },
        { on: 'scored', after: 200, contact: { score: 60 } },
      ],
    },
    { status: 'completed', path: ['scored:met'] },
  ],
  'stops waiting for a condition in time': [
    {
      definition: define({
        nodes: { scored: ['wait', { untilCondition: SCORED, maxWait: 400 }] },
      }),
    },
    { status: 'completed', path: ['scored:timed_out'] },
  ],
  'moves a wait with the date it waits for': [
    {
      definition: define({ nodes: { date: ['wait', { until: '{{ contact.due }}' }] } }),
      contact: { attributes: { due: '2199-01-01T00:00:00Z' } },
      happenings: [
        { on: 'date', after: 300, contact: { attributes: { due: '2020-01-01T00:00:00Z' } } },
      ],
    },
    { status: 'completed', path: ['date:next'] },
  ],
  'passes a date that is long past': [
    {
      definition: define({ nodes: { date: ['wait', { until: '2020-01-01', offset: '2d' }] } }),
    },
    { status: 'completed', path: ['date:next'] },
  ],
  'takes the port of the event that came': [
    {
      definition: define({
        nodes: {
          answer: [
            'wait_for_event',
            {
              events: [
                { event: 'cart.paid', port: 'paid' },
                { event: 'cart.left', port: 'left' },
              ],
              timeout: LONG,
            },
          ],
          sorry: ['add_tag', { tag: 'left' }],
        },
        edges: ['answer:left -> sorry'],
      }),
      happenings: [{ on: 'answer', after: 100, event: 'cart.left' }],
    },
    { status: 'completed', path: ['answer:left', 'sorry:next'], tags: ['left'] },
  ],
  'takes the first case that holds': [
    {
      definition: define({
        nodes: {
          plan: [
            'switch',
            {
              cases: [
                { port: 'pro', condition: [{ field: 'plan', operator: 'equals', value: 'pro' }] },
                { port: 'any', condition: [{ field: 'plan', operator: 'exists' }] },
              ],
            },
          ],
          tag: ['add_tag', { tag: 'some-plan' }],
        },
        edges: ['plan:any -> tag'],
      }),
      contact: { attributes: { plan: 'team' } },
    },
    { status: 'completed', path: ['plan:any', 'tag:next'], tags: ['some-plan'] },
  ],
  'goes where a split sends everybody': [
    {
      definition: define({
        nodes: {
          split: [
            'split',
            {
              variants: [
                { port: 'a', weight: 0 },
                { port: 'b', weight: 1 },
              ],
            },
          ],
          tag: ['add_tag', { tag: 'b' }],
        },
        edges: ['split:b -> tag'],
      }),
    },
    { status: 'completed', path: ['split:b', 'tag:next'], tags: ['b'] },
  ],
};
