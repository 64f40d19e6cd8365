import { indexGraph } from '../../../src/journey/graph';
import { simulate } from '../../../src/journey/simulate';
import type { Json } from '../../../src/journey/json';
import { define } from '../../support/define';
import { problemsOf, runNode } from '../../support/node';
import { simulation, START } from '../../support/simulator';

const target = { workflow: 'feedback', timeout: '2 days' };
const called = (output?: Json) =>
  runNode('call_workflow', target, output === undefined ? {} : { mocks: { it: { output } } });

it('counts as completed at once where nothing is mocked', async () => {
  const { calls, steps, endedAt } = await called();
  expect(calls).toEqual([{ at: START, nodeId: 'it', type: 'call_workflow', target: 'feedback' }]);
  expect(steps).toMatchObject([
    { port: 'next', code: 'enrollment.completed', output: { status: 'completed' } },
  ]);
  expect(endedAt).toBe(START);
});

it.each([
  ['completed', 'next', START],
  ['goal_reached', 'goal_reached', START],
  ['exited', 'exited', START],
  ['failed', 'failed', START],
  ['cancelled', 'cancelled', START],
  ['blocked', 'blocked', START],
  ['timed_out', 'timed_out', START + 2 * 86_400_000],
])('leaves for the mocked status "%s" by "%s"', async (status, port, endedAt) => {
  const run = await called({ status });
  expect(run.steps).toMatchObject([{ port }]);
  expect(run.endedAt).toBe(endedAt);
});

it('says what a mock may say', async () => {
  expect((await called({ status: 'done' })).error).toMatchObject({
    code: 'mock.unknown_status',
    message:
      'The mock\'s status "done" is none of completed, goal_reached, exited, failed, cancelled, blocked, timed_out.',
  });
});

it('waits at most 365 days without a timeout', async () => {
  const run = await runNode(
    'call_workflow',
    { workflow: 'feedback' },
    { mocks: { it: { output: { status: 'timed_out' } } } },
  );
  expect(run.endedAt).toBe(START + 365 * 86_400_000);
});

it('goes by "next" for a status without an edge', async () => {
  const definition = define({ nodes: { it: ['call_workflow', target], after: ['end'] } });
  const { steps } = await simulate(
    indexGraph(definition),
    simulation({ mocks: { it: { output: { status: 'exited' } } } }),
  );
  expect(steps.map(({ nodeId }) => nodeId)).toEqual(['it', 'after']);
});

it('takes no end of another enrollment for that of its own', async () => {
  const end = (properties: object) => ({
    at: START + 1_000,
    event: { type: 'enrollment.ended', properties: { status: 'completed', ...properties } },
  });
  const run = await runNode('call_workflow', target, {
    mocks: { it: { output: { status: 'timed_out' } } },
    script: [end({ enrollmentId: 'another' }), end({}), end({ enrollmentId: null })],
  });
  expect(run.steps).toMatchObject([{ port: 'timed_out' }]);
});

it('tells two calls at the same instant apart', async () => {
  const definition = define({
    nodes: {
      fork: ['parallel', { branches: ['a', 'b'] }],
      one: ['call_workflow', target],
      two: ['call_workflow', target],
    },
    edges: ['fork:a -> one', 'fork:b -> two'],
  });
  const { steps } = await simulate(
    indexGraph(definition),
    simulation({
      mocks: {
        one: { output: { status: 'exited' } },
        two: { output: { status: 'goal_reached' } },
      },
    }),
  );
  expect(steps.slice(1)).toMatchObject([
    { nodeId: 'one', port: 'exited' },
    { nodeId: 'two', port: 'goal_reached' },
  ]);
});

it.each([
  [{}, 'workflow'],
  [{ ...target, timeout: '2 years' }, 'timeout'],
  [{ ...target, timeout: '366 days' }, 'timeout: A wait may last 365 days'],
])('refuses %j', (data, problem) => {
  expect(problemsOf('call_workflow', data).join()).toContain(problem);
});
