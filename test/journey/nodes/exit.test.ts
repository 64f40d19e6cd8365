import { indexGraph } from '../../../src/journey/graph';
import { simulate } from '../../../src/journey/simulate';
import { define } from '../../support/define';
import { problemsOf, runNode } from '../../support/node';
import { simulation, START } from '../../support/simulator';

it('ends the enrollment as exited, with its reason', async () => {
  const result = await runNode('exit', { reason: 'already a customer' });
  expect(result).toMatchObject({
    status: 'exited',
    reason: 'already a customer',
    endedAt: START,
    steps: [{ status: 'completed', port: null, code: 'already a customer' }],
  });
});

it('has a reason of its own without one', async () => {
  expect(await runNode('exit', {})).toMatchObject({ status: 'exited', reason: 'exit.reached' });
});

it('takes the other paths with it', async () => {
  const definition = define({
    nodes: {
      fork: ['parallel', { branches: ['a', 'b'] }],
      long: ['wait', { for: '30d' }],
      short: ['wait', { for: '1h' }],
      leave: ['exit'],
      late: ['add_tag', { tag: 'late' }],
    },
    edges: ['fork:a -> long', 'long -> late', 'fork:b -> short', 'short -> leave'],
  });
  const result = await simulate(indexGraph(definition), simulation({}));
  expect(result).toMatchObject({ status: 'exited', endedAt: START + 3_600_000 });
  expect(result.contact.tags).toEqual([]);
  expect(result.steps.find(({ nodeId }) => nodeId === 'long')?.status).toBe('cancelled');
});

it.each([[{ reason: '' }], [{ reason: 'x'.repeat(201) }], [{ why: 'x' }]])('refuses %j', (data) => {
  expect(problemsOf('exit', data)).not.toEqual([]);
});
