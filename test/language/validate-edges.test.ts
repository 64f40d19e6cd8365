import { judged, judgedInput } from '../support/judged';

const wait = ['wait', { for: '1h' }] as const;
const tag = ['add_tag', { tag: 'x' }] as const;
const mail = ['send_email', { subject: 'Hi', text: 'Hello' }] as const;
const asks = ['condition', { condition: [{ field: 'email', operator: 'exists' }] }] as const;
const always = [{ field: 'email', operator: 'exists' }];

describe('ports', () => {
  test('those that a configuration names may be drawn, and others are near them', () => {
    const split = ['split', { variants: [{ port: 'red', weight: 1 }], holdout: 5 }] as const;
    const nodes = { draw: split, a: tag };
    expect(judged({ nodes, edges: ['draw:red -> a', 'draw:holdout -> end'] }).errors).toEqual([]);
    expect(judged({ nodes, edges: ['draw:rde -> a'] }).errors).toEqual([
      'unknown_port edges[0].sourceHandle -> red',
    ]);
  });

  test('a node whose configuration is wrong may have any', () => {
    const nodes = { ask: ['switch', { cases: 'none' }] as const, a: tag };
    expect(judged({ nodes, edges: ['ask:whatever -> a'] })).toMatchObject({
      errors: [],
      warnings: [],
    });
  });

  test('a node that ends its path has none but error', () => {
    const { errors, words } = judged({
      nodes: { a: tag, done: ['end'], b: tag },
      edges: ['a -> done', 'done -> b', 'done:error -> b'],
    });
    expect(errors).toEqual(['edge_never_taken edges[1].sourceHandle']);
    expect(words).toContain('"done" (end) ends its path');
  });

  test('an edge beside a jump is never taken', () => {
    const nodes = { a: wait, jump: ['go_to', { target: 'a' }] as const, b: tag };
    const { errors } = judged({ nodes, edges: ['trigger -> a', 'a -> jump', 'jump -> b'] });
    expect(errors).toEqual(['edge_never_taken edges[2].sourceHandle', 'unreachable_node nodes[2]']);
  });

  test('one without an edge is a warning that says where its path goes', () => {
    const nodes = { mail, tag };
    const next = judged({ nodes, edges: ['mail -> tag'] });
    expect(next).toMatchObject({ errors: [], warnings: ['unconnected_port nodes[0]'] });
    expect(next.words).toContain('"not_sent" of "mail" has no edge and takes the "next" edge');
    expect(judged({ nodes: { mail }, edges: [] }).words).toContain('ends the path');
    expect(judged({ nodes: { asks, tag }, edges: ['asks:true -> tag'] }).warnings).toEqual([]);
  });

  test('several without an edge are one warning that names them', () => {
    const nodes = { call: ['call_workflow', { workflow: 'other' }] as const, mail };
    const edges = ['call -> mail', 'mail:not_sent -> end'];
    const { warnings, words } = judged({ nodes, edges });
    expect(warnings).toEqual(['unconnected_port nodes[0]']);
    expect(words).toContain(
      'The ports "goal_reached", "exited", "failed", "cancelled", "blocked" and "timed_out" of "call" have no edges and take the "next" edge. Draw edges to say what should happen.',
    );
  });

  test('a branch of a fork without an edge is a warning', () => {
    const nodes = { fork: ['parallel', { branches: ['a', 'b'] }] as const, tag };
    expect(judged({ nodes, edges: ['fork:a -> tag'] }).warnings).toEqual([
      'unconnected_port nodes[0]',
    ]);
  });
});

describe('the trigger', () => {
  test('leads to a node, by next, once', () => {
    expect(judged({ nodes: { a: tag }, edges: ['trigger -> end'] }).errors).toEqual([
      'dangling_edge edges[0].target',
    ]);
    expect(judged({ nodes: { a: tag }, edges: ['trigger:go -> a'] }).errors).toEqual([
      'unknown_port edges[0].sourceHandle -> next',
    ]);
    expect(
      judged({ nodes: { a: tag, b: tag }, edges: ['trigger -> a', 'trigger -> b', 'a -> b'] })
        .errors,
    ).toEqual(['duplicate_edge edges[1]']);
  });
});

describe('a node that may be skipped', () => {
  const executeIf = { executeIf: always };

  test('is left by next, whatever its own ports are', () => {
    const nodes = { ask: ['condition', asks[1], executeIf] as const, a: tag, b: tag };
    const edges = ['ask:true -> a', 'ask -> b'];
    expect(judged({ nodes, edges })).toMatchObject({ errors: [], warnings: [] });
    expect(judged({ nodes: { ...nodes, ask: asks }, edges }).errors).toEqual([
      'unknown_port edges[1].sourceHandle',
    ]);
  });

  test('without a next edge ends its path, which is a warning', () => {
    const nodes = { ask: ['condition', asks[1], executeIf] as const, a: tag };
    expect(judged({ nodes, edges: ['ask:true -> a'] }).warnings).toEqual([
      'skip_ends_path nodes[0].executeIf',
    ]);
    const last = { a: ['add_tag', { tag: 'x' }, executeIf] as const };
    expect(judged({ nodes: last, edges: [] }).warnings).toEqual([]);
  });

  test('is no fork, no join and no jump', () => {
    const nodes = {
      fork: ['parallel', { branches: ['a', 'b'] }, executeIf] as const,
      a: tag,
      b: tag,
      join: ['join', {}, executeIf] as const,
      jump: ['go_to', { target: 'end' }, executeIf] as const,
    };
    const edges = ['fork:a -> a', 'fork:b -> b', 'a -> join', 'b -> join', 'join -> jump'];
    expect(judged({ nodes, edges })).toMatchObject({
      errors: [
        'execute_if_not_allowed nodes[0].executeIf',
        'execute_if_not_allowed nodes[3].executeIf',
        'execute_if_not_allowed nodes[4].executeIf',
      ],
      warnings: [],
    });
  });
});

test('attempts of a node that makes none are a warning', () => {
  const attempts = { retry: { maxAttempts: 2 }, timeout: '10s' };
  const nodes = {
    wait: ['wait', { for: '1h' }, attempts] as const,
    tag: ['add_tag', { tag: 'x' }, attempts] as const,
    mail: ['send_email', mail[1], attempts] as const,
  };
  expect(judged({ nodes }).warnings.filter((line) => line.startsWith('useless'))).toEqual([
    'useless_field nodes[0].retry',
    'useless_field nodes[0].timeout',
    'useless_field nodes[1].retry',
    'useless_field nodes[1].timeout',
  ]);
});

describe('what nodes reach', () => {
  test('jumps count as edges', () => {
    const nodes = { a: wait, jump: ['go_to', { target: 'far' }] as const, far: tag };
    expect(judged({ nodes, edges: ['trigger -> a', 'a -> jump'] }).errors).toEqual([]);
    expect(judged({ nodes, edges: ['trigger -> a'] }).errors).toEqual([
      'unreachable_node nodes[1]',
      'unreachable_node nodes[2]',
    ]);
  });

  test('where a jump leads is not known when its configuration is wrong, so nothing is unreachable', () => {
    const nodes = { a: wait, jump: ['go_to', { to: 'far' }] as const, far: tag };
    expect(judged({ nodes, edges: ['trigger -> a', 'a -> jump'] }).errors).toEqual([]);
  });

  test('a jump to the end ends; one to nowhere is found, with what was meant', () => {
    const jump = (target: string) => ({ a: wait, jump: ['go_to', { target }] as const });
    expect(judged({ nodes: jump('end') }).errors).toEqual([]);
    expect(judged({ nodes: jump('aa') }).errors).toEqual(['unknown_node nodes[1].data.target']);
    const nodes = { remind: wait, jump: ['go_to', { target: 'remnid' }] as const };
    expect(judged({ nodes }).errors).toEqual(['unknown_node nodes[1].data.target -> remind']);
  });

  test('a node that a goal leads to is reached', () => {
    const nodes = { a: wait, thanks: mail };
    const goals = [{ id: 'paid', event: 'cart.paid', onAchieved: { goTo: 'thanks' } }];
    expect(judged({ nodes, edges: ['trigger -> a'], goals }).errors).toEqual([]);
  });
});

test('what has no shape at all is left to the schema', () => {
  for (const input of [
    {},
    { nodes: 3, edges: 'x', goals: {}, tests: [null], settings: 7, trigger: [] },
  ]) {
    expect(judgedInput(input)).toEqual({ errors: [], warnings: [], words: '' });
  }
});

test('thousands of wrong edges are all named, and only some get a suggestion', () => {
  const edges = Array.from({ length: 3_000 }, (_, index) => ({
    source: `${'x'.repeat(50)}${index}`,
    target: `${'y'.repeat(50)}${index}`,
  }));
  const nodes = Array.from({ length: 100 }, (_, index) => ({
    id: `${'x'.repeat(50)}_${index}`,
    type: 'wait',
    data: { for: '1h' },
  }));
  const { errors } = judgedInput({ nodes, edges });
  expect(errors.filter((line) => line.startsWith('dangling_edge'))).toHaveLength(6_000);
  expect(errors.filter((line) => line.includes('->')).length).toBeLessThan(300);
});
