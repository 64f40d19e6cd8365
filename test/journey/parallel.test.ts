/** Several paths at once; every case also with a fresh history begun at every chance (see `walk`). */
import { hours, pathOf, walk } from '../support/walk';
import { fork, pause, tag } from './parallel-nodes';

describe('a branch that ended', () => {
  it.each([
    ['before the first arrival', '1h', '2h', 2],
    ['behind the first arrival', '3h', '2h', 3],
  ])('%s is not waited for', async (_title, ends, arrives, hour) => {
    const result = await walk({
      nodes: {
        fork: fork('a', 'b'),
        dead: pause(ends),
        over: ['end'],
        live: pause(arrives),
        meet: ['join'],
        on: tag('on'),
      },
      edges: ['fork:a -> dead', 'dead -> over', 'fork:b -> live', 'live -> meet', 'meet -> on'],
    });
    expect(pathOf(result)).toContain(`meet:next@${hour}`);
    expect(result.contact.tags).toEqual(['on']);
  });

  it('leaves a join unvisited when no other arrives', async () => {
    const ask = { condition: [{ type: 'tag', operator: 'includes', value: 'vip' }] };
    const result = await walk({
      nodes: {
        fork: fork('a', 'b'),
        one: ['condition', ask],
        two: ['condition', ask],
        meet: ['join'],
      },
      edges: ['fork:a -> one', 'fork:b -> two', 'one:true -> meet', 'two:true -> meet'],
    });
    expect(pathOf(result)).toEqual(['fork:-@0', 'one:false@0', 'two:false@0']);
    expect(result.status).toBe('completed');
  });

  it('that failed and goes on by its error edge arrives like any other', async () => {
    const result = await walk({
      nodes: {
        fork: fork('a', 'b'),
        bad: ['math', { operation: 'divide', value: 1, operand: 0, variable: 'x' }],
        slow: pause('1h'),
        meet: ['join'],
      },
      edges: ['fork:a -> bad', 'bad:error -> meet', 'fork:b -> slow', 'slow -> meet'],
    });
    expect(pathOf(result)).toEqual(['fork:-@0', 'bad:error@0', 'slow:next@1', 'meet:next@1']);
  });

  it('that failed for good takes the others with it', async () => {
    const result = await walk({
      nodes: {
        fork: fork('a', 'b'),
        short: pause('1h'),
        bad: ['math', { operation: 'divide', value: 1, operand: 0, variable: 'x' }],
        long: pause('9h'),
      },
      edges: ['fork:a -> short', 'short -> bad', 'fork:b -> long'],
    });
    expect(pathOf(result)).toEqual(['fork:-@0', 'short:next@1', 'long!@1', 'bad:error@1']);
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'math.division_by_zero', node: 'bad' },
    });
  });
});

describe('a cancelled branch', () => {
  it('takes the paths of its own forks with it, and does nothing more', async () => {
    const result = await walk({
      nodes: {
        outer: fork('a', 'b'),
        inner: fork('c', 'd'),
        c: pause('5h'),
        d: pause('6h'),
        wrong: tag('wrong'),
        fast: pause('1h'),
        meet: ['join', { wait: 'any' }],
        on: pause('9h'),
      },
      edges: [
        'outer:a -> inner',
        'inner:c -> c',
        'inner:d -> d',
        'c -> wrong',
        'outer:b -> fast',
        'fast -> meet',
        'meet -> on',
      ],
    });
    expect(pathOf(result)).toEqual([
      'outer:-@0',
      'inner:-@0',
      'fast:next@1',
      'c!@1',
      'd!@1',
      'meet:next@1',
      'on:next@10',
    ]);
    expect(result.contact.tags).toEqual([]);
  });

  it('lets a join of its own go when the outer one is complete', async () => {
    const result = await walk({
      nodes: {
        outer: fork('a', 'b'),
        inner: fork('c', 'd'),
        c: pause('1h'),
        d: pause('9h'),
        near: ['join'],
        fast: pause('2h'),
        far: ['join', { wait: 'any' }],
      },
      edges: [
        'outer:a -> inner',
        'inner:c -> c',
        'inner:d -> d',
        'c -> near',
        'd -> near',
        'near -> far',
        'outer:b -> fast',
        'fast -> far',
      ],
    });
    expect(pathOf(result)).toEqual([
      'outer:-@0',
      'inner:-@0',
      'fast:next@2',
      'c:next@1',
      'd!@2',
      'near!@2',
      'far:next@2',
    ]);
  });
});

it('nested forks: each join closes the innermost', async () => {
  const result = await walk({
    nodes: {
      outer: fork('a', 'b'),
      inner: fork('c', 'd'),
      c: pause('1h'),
      d: pause('3h'),
      near: ['join'],
      after: pause('1h'),
      slow: pause('2h'),
      far: ['join'],
      on: tag('on'),
    },
    edges: [
      'outer:a -> inner',
      'inner:c -> c',
      'inner:d -> d',
      'c -> near',
      'd -> near',
      'near -> after',
      'after -> far',
      'outer:b -> slow',
      'slow -> far',
      'far -> on',
    ],
  });
  expect(pathOf(result)).toEqual([
    'outer:-@0',
    'inner:-@0',
    'slow:next@2',
    'c:next@1',
    'd:next@3',
    'near:next@3',
    'far:next@4',
    'after:next@4',
    'on:next@4',
  ]);
});

describe('in a cycle of three rounds', () => {
  const rounds = (other: string, join: object) =>
    walk({
      nodes: {
        fork: fork('a', 'b'),
        one: pause('1h'),
        two: pause(other),
        meet: ['join', join],
        count: ['update_score', { by: 1 }],
        ask: ['condition', { condition: [{ type: 'score', operator: '>=', value: 3 }] }],
      },
      edges: [
        'trigger -> fork',
        'fork:a -> one',
        'fork:b -> two',
        'one -> meet',
        'two -> meet',
        'meet -> count',
        'count -> ask',
        'ask:false -> fork',
      ],
    });

  it('fork and join start anew', async () => {
    const { steps, contact } = await rounds('2h', {});
    expect(contact.score).toBe(3);
    const meetings = steps.filter(({ nodeId }) => nodeId === 'meet');
    expect(meetings.map(({ visit, at, endedAt }) => [visit, at, endedAt])).toEqual([
      [1, hours(1), hours(2)],
      [2, hours(3), hours(4)],
      [3, hours(5), hours(6)],
    ]);
  });

  it('a branch cancelled on its way to the join is no visit of it', async () => {
    const { steps } = await walk({
      nodes: {
        fork: fork('a', 'b'),
        one: pause('1h'),
        two: pause('1h'),
        tag: tag('two'),
        meet: ['join', { wait: 'any' }],
        count: ['update_score', { by: 1 }],
        ask: ['condition', { condition: [{ type: 'score', operator: '>=', value: 3 }] }],
      },
      edges: [
        'trigger -> fork',
        'fork:a -> one',
        'fork:b -> two',
        'one -> meet',
        'two -> tag',
        'tag -> meet',
        'meet -> count',
        'count -> ask',
        'ask:false -> fork',
      ],
    });
    const meetings = steps.filter(({ nodeId }) => nodeId === 'meet');
    expect(meetings.map(({ visit }) => visit)).toEqual([1, 2, 3]);
  });

  it('a branch cancelled in one round does not count in the next', async () => {
    const { steps } = await rounds('90m', { wait: 'any' });
    const ends = (node: string) =>
      steps.filter(({ nodeId }) => nodeId === node).map((step) => `${step.visit}:${step.status}`);
    expect(ends('two')).toEqual(['1:cancelled', '2:cancelled', '3:cancelled']);
    expect(ends('meet')).toEqual(['1:completed', '2:completed', '3:completed']);
    expect(steps.at(-1)?.endedAt).toBe(hours(3));
  });
});

it('two branches that meet at one node without a join visit it twice', async () => {
  const { steps, contact } = await walk({
    nodes: {
      fork: fork('a', 'b'),
      one: pause('1h'),
      both: pause('1h'),
      count: ['update_score', { by: 1 }],
    },
    edges: ['fork:a -> one', 'one -> both', 'fork:b -> both', 'both -> count'],
  });
  expect(contact.score).toBe(2);
  expect(steps.filter(({ nodeId }) => nodeId === 'both').map(({ visit }) => visit)).toEqual([1, 2]);
});

it('what a branch sets is there for the others and behind the join', async () => {
  const { variables } = await walk({
    nodes: {
      fork: fork('a', 'b'),
      one: ['set_variable', { name: 'one', value: 1 }],
      slow: pause('1h'),
      two: [
        'math',
        { operation: 'add', value: '{{ variables.one }}', operand: 1, variable: 'two' },
      ],
      meet: ['join'],
      sum: ['math', { operation: 'sum', values: ['{{ one }}', '{{ two }}'], variable: 'sum' }],
    },
    edges: [
      'fork:a -> one',
      'fork:b -> slow',
      'one -> meet',
      'slow -> two',
      'two -> meet',
      'meet -> sum',
    ],
  });
  expect(variables).toEqual({ one: 1, two: 2, sum: 3 });
});

it('a goal that reroutes leaves all branches and forks behind', async () => {
  const result = await walk(
    {
      nodes: {
        fork: fork('a', 'b'),
        one: pause('5h'),
        two: pause('1h'),
        meet: ['join'],
        thanks: pause('1h'),
      },
      edges: ['fork:a -> one', 'fork:b -> two', 'one -> meet', 'two -> meet', 'meet -> thanks'],
      goals: [{ id: 'paid', event: 'cart.paid', onAchieved: { goTo: 'thanks' } }],
    },
    { script: [{ at: hours(2), event: { type: 'cart.paid' } }] },
  );
  expect(pathOf(result)).toEqual(['fork:-@0', 'one!@2', 'two:next@1', 'meet!@2', 'thanks:next@3']);
  expect(result).toMatchObject({ status: 'completed', goalId: 'paid' });
});

it('a branch that passes a node too often fails the enrollment', async () => {
  const result = await walk({
    nodes: { fork: fork('a', 'b', 'c'), both: pause('1h') },
    edges: ['fork:a -> both', 'fork:b -> both', 'fork:c -> both'],
    settings: { visitLimit: 2 },
  });
  expect(result).toMatchObject({
    status: 'failed',
    error: { code: 'step.visit_limit', node: 'both' },
  });
});
