import { indexGraph } from '../../src/journey/graph';
import { labelOf } from '../../src/journey/node-label';
import { define } from '../support/define';

const graph = indexGraph(
  define({
    nodes: {
      pause: ['wait', { for: '6s' }, { name: 'Time to come back' }],
      unnamed: ['wait', { for: '6s' }],
      ask: [
        'condition',
        { condition: [{ type: 'tag', operator: 'includes', value: 'vip' }] },
        { name: 'Is a VIP?' },
      ],
      remind: ['send_email', { subject: 'Hi', text: 'Hi' }, { name: 'Second reminder' }],
      last: ['send_email', { subject: 'Hi', text: 'Hi' }],
    },
    edges: ['pause -> unnamed', 'unnamed -> ask', 'ask:true -> remind', 'remind -> last'],
  }),
);

test.each([
  ['pause', 'Time to come back: wait 6 seconds'],
  ['unnamed', 'Wait 6 seconds'],
  ['ask', 'Is a VIP?'],
  ['remind', 'Send "Second reminder"'],
  ['last', 'Send "last"'],
])('%s reads "%s"', (id, label) => {
  expect(labelOf(graph.node(id))).toBe(label);
});
