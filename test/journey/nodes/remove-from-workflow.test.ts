import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';

const target = { workflow: 'abandoned-cart' };

it('is a call, after which the journey goes on', async () => {
  const { calls, steps } = await runNode('remove_from_workflow', target);
  expect(calls).toEqual([
    { at: START, nodeId: 'it', type: 'remove_from_workflow', target: 'abandoned-cart' },
  ]);
  expect(steps).toMatchObject([
    { port: 'next', code: 'enrollment.removed', output: { removed: 1 } },
  ]);
});

it('takes "blocked" where a mock says that she is not in it', async () => {
  const { steps } = await runNode('remove_from_workflow', target, {
    mocks: { it: { output: { status: 'blocked' } } },
  });
  expect(steps).toMatchObject([{ port: 'blocked', code: 'enrollment.none_open' }]);
});

it('fails for a key that renders to nothing, instead of removing her altogether', async () => {
  const { error, calls } = await runNode('remove_from_workflow', {
    ...target,
    key: '{{ variables.orderId }}',
  });
  expect(error?.code).toBe('enrollment.bad_key');
  expect(calls).toEqual([]);
});

it('refuses to bring variables along', () => {
  expect(problemsOf('remove_from_workflow', { ...target, variables: {} }).join()).toContain(
    'variables',
  );
});
