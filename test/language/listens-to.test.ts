import { listensTo, triggerRows } from '../../src/language/listens-to';
import { parseDefinition } from '../../src/language/parse-definition';

const { definition } = parseDefinition({
  name: 'Cart',
  triggers: [
    { type: 'manual' },
    { type: 'event', event: 'cart.abandoned' },
    { type: 'event', event: 'cart.left', filter: [{ field: 'total', operator: '>', value: 5 }] },
  ],
  nodes: [
    { id: 'open', type: 'wait_for_event', data: { event: 'email.opened', timeout: '1d' } },
    {
      id: 'ask',
      type: 'condition',
      data: { condition: [{ type: 'event', event: 'never.listened' }] },
    },
  ],
  edges: [{ source: 'open', target: 'ask' }],
  goals: [
    { id: 'paid', event: 'cart.paid' },
    { id: 'again', event: 'email.opened' },
  ],
});
if (!definition) throw new Error('The definition of this test is not valid.');

test('an enrollment listens for what its waits and goals name, once each', () => {
  expect(listensTo(definition)).toEqual(['cart.paid', 'email.opened']);
});

test('each event trigger is a row with its filter in stored form', () => {
  expect(triggerRows(definition)).toEqual([
    { eventType: 'cart.abandoned', filter: null },
    {
      eventType: 'cart.left',
      filter: {
        operator: 'AND',
        conditions: [{ field: 'total', operator: 'greater_than', value: 5 }],
      },
    },
  ]);
});
