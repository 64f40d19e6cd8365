import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';
import { pathOf, walk } from '../../support/walk';

it('goes along all branches at once, each to its own end', async () => {
  const result = await walk({
    nodes: {
      fork: ['parallel', { branches: ['a', 'b', 'c'] }],
      slow: ['wait', { for: '2h' }],
      fast: ['wait', { for: '1h' }],
      tag: ['add_tag', { tag: 'here' }],
    },
    edges: ['fork:a -> slow', 'fork:b -> fast', 'fork:c -> tag'],
  });
  expect(pathOf(result)).toEqual(['fork:-@0', 'slow:next@2', 'fast:next@1', 'tag:next@0']);
  expect(result).toMatchObject({ status: 'completed', endedAt: START + 7_200_000 });
});

it('ends a branch whose port has no edge, or an edge to the end', async () => {
  const result = await walk({
    nodes: {
      fork: ['parallel', { branches: ['a', 'b', 'c'] }],
      tag: ['add_tag', { tag: 'here' }],
    },
    edges: ['fork:b -> tag', 'fork:c -> end'],
  });
  expect(pathOf(result)).toEqual(['fork:-@0', 'tag:next@0']);
});

it('completes when no branch leads anywhere', async () => {
  expect(await runNode('parallel', { branches: ['a', 'b'] })).toMatchObject({
    status: 'completed',
    endedAt: START,
    steps: [{ status: 'completed', port: null, code: 'path.forked' }],
  });
});

it.each([
  [{}, 'branches'],
  [{ branches: ['a'] }, 'A fork has two branches at least.'],
  [{ branches: ['a', 'a'] }, 'Branches differ by name.'],
  [{ branches: ['a', 'error'] }, 'This name is a port of its own.'],
  [{ branches: ['a', 'b c'] }, 'branches.1'],
  [{ branches: Array.from({ length: 11 }, (_, index) => `b${index}`) }, 'branches'],
])('refuses %j', (data, problem) => {
  expect(problemsOf('parallel', data).join()).toContain(problem);
});
