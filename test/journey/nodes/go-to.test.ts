import { indexGraph } from '../../../src/journey/graph';
import { simulate } from '../../../src/journey/simulate';
import { define } from '../../support/define';
import { problemsOf, runNode } from '../../support/node';
import { simulation } from '../../support/simulator';

const walk = async (sketch: Parameters<typeof define>[0]) => {
  const { steps, ...result } = await simulate(indexGraph(define(sketch)), simulation({}));
  return { ...result, path: steps.map(({ nodeId, visit, port }) => `${nodeId}.${visit}:${port}`) };
};

it('goes on at its target without an edge', async () => {
  const { path, status } = await walk({
    nodes: {
      jump: ['go_to', { target: 'there' }],
      there: ['add_tag', { tag: 'there' }],
    },
    edges: ['trigger -> jump'],
  });
  expect({ path, status }).toEqual({ path: ['jump.1:next', 'there.1:next'], status: 'completed' });
});

it('goes to the end', async () => {
  const { steps, status } = await runNode('go_to', { target: 'end' });
  expect(status).toBe('completed');
  expect(steps).toMatchObject([{ port: 'next', reason: 'to end' }]);
});

it('goes back, with a visit of its own for each round', async () => {
  const { path } = await walk({
    nodes: {
      pause: ['wait', { for: '1d' }],
      count: ['update_score', { by: 1 }],
      ask: ['condition', { condition: [{ type: 'score', operator: '>=', value: 2 }] }],
      again: ['go_to', { target: 'pause' }],
    },
    edges: ['trigger -> pause', 'pause -> count', 'count -> ask', 'ask:false -> again'],
  });
  expect(path).toEqual([
    'pause.1:next',
    'count.1:next',
    'ask.1:false',
    'again.1:next',
    'pause.2:next',
    'count.2:next',
    'ask.2:true',
  ]);
});

it.each([[{}], [{ target: '' }], [{ target: 'a', port: 'b' }]])('refuses %j', (data) => {
  expect(problemsOf('go_to', data)).not.toEqual([]);
});
