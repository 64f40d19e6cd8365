import { judged } from '../support/judged';

const wait = ['wait', { for: '1h' }] as const;
const tag = ['add_tag', { tag: 'x' }] as const;
const ask = ['condition', { condition: [{ field: 'email', operator: 'exists' }] }] as const;
const fork = ['parallel', { branches: ['a', 'b'] }] as const;
const three = ['parallel', { branches: ['a', 'b', 'c'] }] as const;
const join = (data: object = {}) => ['join', data] as const;

describe('a fork and its join', () => {
  test('may stand one after the other, one inside the other, and in a cycle with a wait', () => {
    const { errors, warnings } = judged({
      nodes: {
        f: fork,
        g: fork,
        p: wait,
        q: tag,
        inner: join(),
        b: tag,
        outer: join(),
        back: wait,
      },
      edges: [
        'trigger -> f',
        'f:a -> g',
        'g:a -> p',
        'g:b -> q',
        'p -> inner',
        'q -> inner',
        'inner -> outer',
        'f:b -> b',
        'b -> outer',
        'outer -> back',
        'back -> f',
      ],
    });
    expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
  });

  test('need not be one for one: alternatives may share a join', () => {
    const { errors } = judged({
      nodes: { ask, f: fork, g: fork, p: tag, q: tag, r: tag, s: tag, join: join() },
      edges: [
        'ask:true -> f',
        'ask:false -> g',
        'f:a -> p',
        'f:b -> q',
        'g:a -> r',
        'g:b -> s',
        'p -> join',
        'q -> join',
        'r -> join',
        's -> join',
      ],
    });
    expect(errors).toEqual([]);
  });

  test('a fork needs no join, and may lead back to itself then', () => {
    const nodes = { f: fork, daily: wait, rest: wait };
    const edges = ['trigger -> f', 'f:a -> daily', 'f:b -> rest', 'rest -> f'];
    expect(judged({ nodes, edges }).errors).toEqual([]);
  });
});

describe('a join outside of a fork', () => {
  test('is an error', () => {
    expect(judged({ nodes: { a: tag, join: join() } }).errors).toEqual([
      'join_outside_fork nodes[1]',
    ]);
    const { errors } = judged({
      nodes: { ask, f: fork, p: tag, q: tag, join: join() },
      edges: [
        'ask:true -> f',
        'ask:false -> join',
        'f:a -> p',
        'f:b -> q',
        'p -> join',
        'q -> join',
      ],
    });
    expect(errors).toEqual(['crossing_forks nodes[4]']);
  });

  test('is found behind a join that closed everything', () => {
    const { errors } = judged({
      nodes: { f: fork, p: tag, q: tag, join: join(), again: join() },
      edges: ['f:a -> p', 'f:b -> q', 'p -> join', 'q -> join', 'join -> again'],
    });
    expect(errors).toEqual(['join_outside_fork nodes[4]']);
  });
});

describe('forks that cross', () => {
  test('branches that lead to different joins', () => {
    const { errors, words } = judged({
      nodes: { f: three, p: tag, q: tag, r: tag, one: join(), two: join() },
      edges: ['f:a -> p', 'f:b -> q', 'f:c -> r', 'p -> one', 'q -> one', 'one -> two', 'r -> two'],
    });
    expect(errors).toEqual(['crossing_forks nodes[5]']);
    expect(words).toContain('"two" is reached from inside "f" and from outside of it');
    const apart = judged({
      nodes: { f: fork, p: tag, q: tag, one: join(), two: join() },
      edges: ['f:a -> p', 'f:b -> q', 'p -> one', 'q -> two'],
    });
    expect(apart.errors).toEqual(['crossing_forks nodes[0]']);
    expect(apart.words).toContain('lead to different joins: "one", "two"');
  });

  test('a join of an inner fork that the outer one reaches too', () => {
    const { errors, words } = judged({
      nodes: { f: fork, g: fork, p: tag, q: tag, b: tag, join: join() },
      edges: [
        'f:a -> g',
        'g:a -> p',
        'g:b -> q',
        'p -> join',
        'q -> join',
        'f:b -> b',
        'b -> join',
      ],
    });
    expect(errors).toEqual(['crossing_forks nodes[5]']);
    expect(words).toContain('"join" is reached from inside "g" and from "f" around it');
  });

  test('a branch that leads back to its own fork before the join', () => {
    const { errors, words } = judged({
      nodes: { f: fork, p: wait, ask, join: join() },
      edges: ['trigger -> f', 'f:a -> p', 'p -> f', 'f:b -> ask', 'ask:true -> join'],
    });
    expect(errors).toEqual(['crossing_forks nodes[3]']);
    expect(words).toContain('leads back to it before "join"');
  });

  test.each([
    ['true', 'false'],
    ['false', 'true'],
  ])('an inner fork that %s reaches from outside and %s from inside of another', (out, into) => {
    const { errors } = judged({
      nodes: { ask, f: fork, g: fork, p: tag, q: tag, b: tag, inner: join(), outer: join() },
      edges: [
        `ask:${out} -> g`,
        `ask:${into} -> f`,
        'f:a -> g',
        'f:b -> b',
        'g:a -> p',
        'g:b -> q',
        'p -> inner',
        'q -> inner',
        'inner -> outer',
        'b -> outer',
      ],
    });
    expect(errors).toEqual(['crossing_forks nodes[7]']);
  });

  test('are found at any depth, without following each stack of forks', () => {
    const ids = Array.from({ length: 40 }, (_, index) => `f${index}`);
    const nodes = Object.fromEntries([
      ...ids.map((id) => [id, fork] as const),
      ['deep', wait] as const,
      ['join', join()] as const,
    ]);
    const edges = ids.flatMap((id, index) => [
      `${id}:a -> ${ids[index + 1] ?? 'deep'}`,
      `${id}:b -> join`,
    ]);
    expect(judged({ nodes, edges: ['trigger -> f0', ...edges, 'deep -> join'] }).errors).toEqual([
      'crossing_forks nodes[41]',
    ]);
  });
});

describe('a join that waits', () => {
  const branches = (data: object, loop = 'wait') => ({
    nodes: { f: fork, p: tag, loop: [loop, { for: '1d' }] as const, join: join(data) },
    edges: ['trigger -> f', 'f:a -> p', 'p -> join', 'f:b -> loop', 'loop -> loop'],
  });

  test('for a branch that neither comes nor ends can never complete', () => {
    const { errors, words } = judged(branches({}));
    expect(errors).toEqual(['join_never_completes nodes[3]']);
    expect(words).toContain('the branch "b" of "f" neither reaches it nor ends');
    expect(judged(branches({ wait: 2 })).errors).toEqual(['join_never_completes nodes[3]']);
  });

  test('for the first one, or with a timeout, completes', () => {
    expect(judged(branches({ wait: 'any' })).errors).toEqual([]);
    expect(judged(branches({ timeout: '1 week' })).errors).toEqual([]);
  });

  const some = (wait: number) => ({
    nodes: { f: three, p: tag, q: tag, r: tag, join: join({ wait }) },
    edges: ['f:a -> p', 'f:b -> q', 'f:c -> r', 'p -> join', 'q -> join'],
  });

  test('for more branches than there are is an error, for more than lead to it a warning', () => {
    expect(judged(some(4)).errors).toEqual(['join_too_many nodes[4]']);
    expect(judged(some(3))).toMatchObject({ errors: [], warnings: ['join_too_many nodes[4]'] });
    expect(judged(some(2))).toMatchObject({ errors: [], warnings: [] });
  });
});

describe('a goal that reroutes', () => {
  const inside = (goTo: string) => ({
    nodes: { f: fork, p: wait, q: wait, join: join(), after: tag },
    edges: ['f:a -> p', 'f:b -> q', 'p -> join', 'q -> join', 'join -> after'],
    goals: [{ id: 'paid', event: 'cart.paid', onAchieved: { goTo } }],
  });

  test('leads to a node that exists and stands outside of every fork', () => {
    expect(judged(inside('after')).errors).toEqual([]);
    expect(judged(inside('f')).errors).toEqual([]);
    expect(judged(inside('p')).errors).toEqual(['goal_inside_fork goals[0].onAchieved.goTo']);
    expect(judged(inside('aftr')).errors).toEqual([
      'unknown_node goals[0].onAchieved.goTo -> after',
    ]);
    expect(judged(inside('end')).errors).toEqual(['unknown_node goals[0].onAchieved.goTo']);
  });

  test('may lead to a branch of a fork that nothing joins', () => {
    const { errors } = judged({
      nodes: { f: fork, p: wait, q: wait },
      edges: ['f:a -> p', 'f:b -> q'],
      goals: [{ id: 'paid', event: 'cart.paid', onAchieved: { goTo: 'q' } }],
    });
    expect(errors).toEqual([]);
  });

  test('to a node that leads to a join finds nothing to join there', () => {
    const { nodes, edges, goals } = inside('late');
    const { errors } = judged({
      nodes: { ...nodes, late: tag },
      edges: ['trigger -> f', ...edges, 'late -> join'],
      goals,
    });
    expect(errors).toEqual(['crossing_forks nodes[3]']);
  });
});

test('goals have ids of their own', () => {
  const goals = [
    { id: 'paid', event: 'cart.paid' },
    { id: 'paid', event: 'order.paid' },
  ];
  expect(judged({ nodes: { wait }, goals }).errors).toEqual(['duplicate_id goals[1].id']);
});
