import { parseDefinition } from '../../src/language/parse-definition';
import { around, ask, edgesOf, errorsOf, vip, wait } from './form';

describe('steps', () => {
  test('follow one another, and the last one ends', () => {
    expect(
      edgesOf({
        steps: [
          { id: 'a', ...wait },
          { id: 'b', ...wait },
          { id: 'c', ...wait },
        ],
      }),
    ).toEqual(['a -> b', 'b -> c']);
  });

  test('go where `next` says; `end` ends, and null draws no edge', () => {
    const steps = [
      { id: 'a', ...wait, next: 'c' },
      { id: 'b', ...wait, next: 'end' },
      { id: 'c', ...wait, next: 'b' },
    ];
    expect(edgesOf({ steps })).toEqual(['a -> c', 'b -> end', 'c -> b']);
    expect(edgesOf({ steps: [{ id: 'a', ...wait, next: null }] })).toEqual([]);
  });

  test('of a condition end where a port has no branch; other steps go on beside their branches', () => {
    const steps = [
      { id: 'ask', ...ask, branches: { true: 'w' } },
      {
        id: 'w',
        type: 'wait_for_event',
        config: { event: 'cart.paid', timeout: '1d' },
        branches: { received: 'end' },
      },
      { id: 'z', type: 'end' },
    ];
    expect(edgesOf({ steps })).toEqual(['ask:true -> w', 'w -> z', 'w:received -> end']);
  });

  test('do not go on behind an end, an exit, a jump, or a fork', () => {
    const steps = [
      { id: 'f', type: 'parallel', config: { branches: ['l', 'r'] }, branches: { l: 'g', r: 'h' } },
      { id: 'g', type: 'go_to', config: { target: 'z' } },
      { id: 'h', type: 'exit' },
      { id: 'z', type: 'end' },
    ];
    expect(edgesOf({ steps })).toEqual(['f:l -> g', 'f:r -> h']);
  });

  test('may have edges beside them, which come first and are not drawn twice', () => {
    const steps = [
      { id: 'a', ...wait },
      { id: 'b', ...wait, branches: { error: 'end' } },
    ];
    const edges = [
      { source: 'trigger', target: 'a' },
      { id: 'e1', source: 'b', sourceHandle: 'error', target: 'end' },
    ];
    const { definition } = parseDefinition({ ...around, steps, edges });
    expect(definition?.edges).toEqual([...edges, { source: 'a', target: 'b' }]);
  });

  test('are what errors speak of', () => {
    const steps = [
      { id: 'a', type: 'delay', config: { duration: 'soon' } },
      { id: 'ask', ...ask, branches: { ture: 'z', false: 'nowhere' } },
      { id: 'ask', type: 'email', config: {}, next: 'nowhere', retryConfig: { maxAttemps: 3 } },
      'x',
      { id: 'z', type: 'end', onSuccess: ['a'] },
    ];
    const errors = errorsOf({ steps });
    expect(errors).toEqual(
      expect.arrayContaining([
        ['wrong_value', 'steps[0].config.duration'],
        ['unknown_port', 'steps[1].branches.ture'],
        ['dangling_edge', 'steps[1].branches.false'],
        ['duplicate_id', 'steps[2].id'],
        ['missing_field', 'steps[2].config.subject'],
        ['dangling_edge', 'steps[2].next'],
        ['unknown_field', 'steps[2].retryConfig.maxAttemps'],
        ['wrong_type', 'steps[3]'],
        ['unknown_field', 'steps[4].onSuccess'],
      ]),
    );
    expect(errors.every(([, path]) => path?.startsWith('steps'))).toBe(true);
  });

  test('are counted as nodes', () => {
    const steps = Array.from({ length: 101 }, (_, index) => ({ id: `s${index}`, ...wait }));
    expect(errorsOf({ steps })).toEqual([['too_many_nodes', 'steps']]);
    expect(errorsOf({ steps: [] })).toEqual([['wrong_value', 'steps']]);
  });
});

describe('actions', () => {
  test('name what comes next, and end where they name nothing', () => {
    const actions = [
      { id: 'a', ...wait, onSuccess: ['b'], onFailure: 'c' },
      { id: 'b', ...wait },
      { id: 'c', ...wait, onSuccess: [] },
    ];
    expect(edgesOf({ actions })).toEqual(['a -> b', 'a:error -> c', 'c -> end']);
  });

  test('in a list run one after the other', () => {
    const actions = [
      { id: 'a', ...wait, onSuccess: ['b', 'c', 'd'] },
      { id: 'b', ...wait },
      { id: 'c', ...wait, onSuccess: [] },
      { id: 'd', ...wait, onSuccess: ['e'] },
      { id: 'e', ...wait },
    ];
    expect(edgesOf({ actions })).toEqual(['a -> b', 'b -> c', 'c -> d', 'd -> e']);
  });

  test('branch by lists, on the action or among its settings', () => {
    const rest = [
      { id: 'b', ...wait },
      { id: 'c', ...wait },
      { id: 'd', ...wait },
    ];
    const ways = { trueBranch: ['b', 'c'], falseBranch: [] };
    const outside = [{ id: 'a', ...ask, ...ways, onFailure: ['d'] }, ...rest];
    const inside = [
      { id: 'a', type: 'IF_ELSE', config: { condition: vip[0], ...ways }, onFailure: ['d'] },
      ...rest,
    ];
    const expected = ['a:true -> b', 'b -> c', 'a:false -> end', 'a:error -> d'];
    expect(edgesOf({ actions: outside })).toEqual(expected);
    expect(edgesOf({ actions: inside }).toSorted()).toEqual(expected.toSorted());
  });

  test('split by branches with lists of actions', () => {
    const branches = [
      { id: 'one', percentage: 50, actions: ['b'] },
      { id: 'two', percentage: 50, actions: [] },
    ];
    for (const split of [
      { id: 'a', type: 'split', config: { splitType: 'percentage', branches } },
      { id: 'a', type: 'split', config: { splitType: 'percentage' }, branches },
    ]) {
      expect(edgesOf({ actions: [split, { id: 'b', ...wait }] })).toEqual([
        'a:one -> b',
        'a:two -> end',
      ]);
    }
    const forked = { id: 'a', type: 'parallel', config: { branches: ['one', 'two'] } };
    const ways = [
      { id: 'one', actions: ['b'] },
      { id: 'two', actions: 'end' },
    ];
    expect(
      edgesOf({
        actions: [
          { ...forked, branches: ways },
          { id: 'b', ...wait },
        ],
      }),
    ).toEqual(['a:one -> b', 'a:two -> end']);
  });

  test('that a list and their own `onSuccess` send to different places are an error', () => {
    const actions = [
      { id: 'a', ...wait, onSuccess: ['b', 'c'] },
      { id: 'b', ...wait, onSuccess: ['d'] },
      { id: 'c', ...wait },
      { id: 'd', ...wait },
    ];
    expect(errorsOf({ actions })).toEqual([['duplicate_edge', 'actions[1].onSuccess[0]']]);
  });

  test('are what errors speak of', () => {
    const actions = [
      { id: 'a', ...wait, onSuccess: ['b', 'nowhere'], onFailure: ['nobody'] },
      { id: 'b', ...ask, trueBranch: ['c'] },
      {
        id: 'c',
        type: 'split',
        config: { splitType: 'percentage', branches: [{ id: 'x', weight: 1, actions: ['nix'] }] },
      },
    ];
    const errors = errorsOf({ actions });
    expect(errors).toHaveLength(4);
    expect(errors).toEqual(
      expect.arrayContaining([
        ['dangling_edge', 'actions[0].onSuccess[1]'],
        ['dangling_edge', 'actions[0].onFailure[0]'],
        ['unknown_port', 'actions[0].onSuccess[1]'],
        ['dangling_edge', 'actions[2].config.branches[0].actions[0]'],
      ]),
    );
  });

  test('retry by `retryConfig`, in milliseconds', () => {
    const retries = (retryConfig: object) => {
      const { definition, errors, warnings } = parseDefinition({
        ...around,
        actions: [{ id: 'a', ...wait, retryConfig }],
      });
      expect(errors).toEqual([]);
      return {
        ...definition?.nodes[0]?.retry,
        warned: warnings
          .filter(({ code }) => code.endsWith('ignored_field'))
          .map(({ path }) => path),
      };
    };
    expect(
      retries({
        enabled: true,
        maxAttempts: 5,
        backoffStrategy: 'LINEAR',
        retryableErrors: ['timeout'],
        retryDelay: { initial: 2_000, max: 60_000, multiplier: 2 },
      }),
    ).toEqual({
      maxAttempts: 5,
      backoff: 'linear',
      initialInterval: 2_000,
      maxInterval: 60_000,
      jitter: true,
      retryableErrors: ['timeout'],
      warned: [],
    });
    expect(retries({ enabled: false, maxAttempts: 5 })).toMatchObject({ maxAttempts: 1 });
    expect(retries({ retryDelay: 500 })).toMatchObject({ initialInterval: 500 });
    expect(retries({ retryDelay: { multiplier: 1 } })).toMatchObject({ backoff: 'fixed' });
    expect(retries({ retryDelay: { multiplier: 3 } })).toMatchObject({
      backoff: 'exponential',
      warned: ['actions[0].retryConfig.retryDelay.multiplier'],
    });
  });
});

test('two lists of steps are an error', () => {
  const steps = [{ id: 'a', ...wait }];
  expect(errorsOf({ steps, actions: steps })).toEqual([['wrong_value', 'actions']]);
  expect(errorsOf({ steps, nodes: steps, edges: [] })).toEqual([['wrong_value', 'steps']]);
});

test('settings may be called data or config in every form, but not both', () => {
  const node = { id: 'a', type: 'wait', config: { for: '1h' } };
  expect(edgesOf({ nodes: [node], edges: [] })).toEqual([]);
  expect(edgesOf({ steps: [{ id: 'a', type: 'wait', data: { for: '1h' } }] })).toEqual([]);
  expect(errorsOf({ nodes: [{ ...node, data: { for: '1h' } }], edges: [] })).toEqual([
    ['wrong_value', 'nodes[0].config'],
  ]);
});

test('what is no list or no object is reported where it stands', () => {
  expect(errorsOf({ steps: 3 })).toEqual([['wrong_type', 'steps']]);
  expect(errorsOf({ actions: { a: 1 } })).toEqual([['wrong_type', 'actions']]);
  expect(errorsOf({ steps: [{ id: 'a', type: 'wait', config: 3 }] })).toEqual([
    ['wrong_value', 'steps[0].config'],
  ]);
  expect(errorsOf({ steps: [{ id: 'a', ...wait, next: { to: 'b' } }] })).toEqual([
    ['wrong_type', 'steps[0].next'],
  ]);
  expect(errorsOf({ steps: [{ id: 'a', ...wait, branches: 3 }] })).toEqual([
    ['unknown_field', 'steps[0].branches'],
  ]);
});
