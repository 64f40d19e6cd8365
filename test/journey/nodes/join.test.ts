import { problemsOf, runNode } from '../../support/node';
import { hours, pathOf, walk } from '../../support/walk';

/** Three branches of one, two and three hours, and a node behind the join. */
const meeting = (join: object) =>
  walk({
    nodes: {
      fork: ['parallel', { branches: ['a', 'b', 'c'] }],
      one: ['wait', { for: '1h' }],
      two: ['wait', { for: '2h' }],
      three: ['wait', { for: '3h' }],
      meet: ['join', join],
      late: ['add_tag', { tag: 'late' }],
      on: ['update_score', { by: 1 }],
    },
    edges: [
      'fork:a -> one',
      'fork:b -> two',
      'fork:c -> three',
      'one -> meet',
      'two -> meet',
      'three -> meet',
      'meet -> on',
      ...('timeout' in join ? ['meet:timed_out -> late', 'late -> on'] : ['on -> late']),
    ],
  });

it.each([
  [{}, ['one:next@1', 'two:next@2', 'three:next@3', 'meet:next@3']],
  [{ wait: 'all' }, ['one:next@1', 'two:next@2', 'three:next@3', 'meet:next@3']],
  [{ wait: 'any' }, ['one:next@1', 'two!@1', 'three!@1', 'meet:next@1']],
  [{ wait: 1 }, ['one:next@1', 'two!@1', 'three!@1', 'meet:next@1']],
  [{ wait: 2 }, ['one:next@1', 'two:next@2', 'three!@2', 'meet:next@2']],
  [{ wait: 3 }, ['one:next@1', 'two:next@2', 'three:next@3', 'meet:next@3']],
])('with %j goes on once, when so many have arrived', async (join, path) => {
  const result = await meeting(join);
  expect(pathOf(result).slice(1, 5)).toEqual(path);
  expect(result.contact.score).toBe(1);
});

it.each([
  [{ timeout: '1h' }, 'meet:timed_out@2', ['two:next@2', 'three!@2']],
  [{ timeout: '90m' }, 'meet:timed_out@2.5', ['two:next@2', 'three!@2.5']],
  [{ timeout: '121m' }, 'meet:next@3', ['two:next@2', 'three:next@3']],
  [{ timeout: '5h' }, 'meet:next@3', ['two:next@2', 'three:next@3']],
  [{ wait: 2, timeout: '0s' }, 'meet:timed_out@1', ['two!@1', 'three!@1']],
])('with %j counts from the first arrival', async (join, meet, others) => {
  const path = pathOf(await meeting(join));
  expect(path).toContain(meet);
  expect(path.slice(2, 4)).toEqual(others);
});

it('goes on at once when the branches arrive at once', async () => {
  const { steps, endedAt } = await runNode('join', {});
  expect(steps.find(({ nodeId }) => nodeId === 'it')).toMatchObject({
    port: 'next',
    code: 'join.joined',
    visit: 1,
  });
  expect(endedAt).toBe(hours(0));
});

it.each([[{ wait: 0 }], [{ wait: 11 }], [{ wait: 'most' }], [{ timeout: '-1h' }], [{ n: 2 }]])(
  'refuses %j',
  (data) => {
    expect(problemsOf('join', data)).not.toEqual([]);
  },
);
