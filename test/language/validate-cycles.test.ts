import { judged } from '../support/judged';

const tag = ['add_tag', { tag: 'x' }] as const;
const wait = ['wait', { for: '1h' }] as const;
const always = [{ field: 'email', operator: 'exists' }];
const SPINS = 'cycle_without_wait nodes[0]';

/** `a`, the node given, and back. */
const circle = (second: readonly [string, object?, object?], port = '') => ({
  nodes: { a: tag, b: second },
  edges: ['trigger -> a', 'a -> b', `b${port} -> a`],
});

describe('a cycle', () => {
  test.each([
    ['wait', { for: '1s' }, ''],
    ['wait', { untilTime: '09:00' }, ''],
    ['wait_for_event', { event: 'a', timeout: '1s' }, ':timed_out'],
  ])('may go through %s %j', (type, data, port) => {
    expect(judged(circle([type, data], port)).errors).toEqual([]);
  });

  test.each([
    ['wait', { for: '0s' }, ''],
    ['wait', { until: '2026-03-27' }, ''],
    ['wait', { window: { from: '09:00', to: '17:00' } }, ''],
    ['wait', { untilCondition: always, maxWait: '1d' }, ':timed_out'],
    ['wait_for_event', { event: 'a', timeout: '0s' }, ':timed_out'],
    ['send_email', { subject: 'Hi', text: 'Hello' }, ''],
    ['condition', { condition: always }, ':false'],
  ])('spins through %s %j', (type, data, port) => {
    expect(judged(circle([type, data], port)).errors).toEqual([SPINS]);
  });

  test('of jumps is one too', () => {
    expect(judged(circle(['go_to', { target: 'a' }], ':error')).errors).toEqual([SPINS]);
    const nodes = { a: wait, back: ['go_to', { target: 'a' }] as const };
    expect(judged({ nodes, edges: ['trigger -> a', 'a -> back'] }).errors).toEqual([]);
  });

  test('spins by the error port as by any other', () => {
    expect(judged(circle(tag, ':error')).errors).toEqual([SPINS]);
  });

  test('through a type that does not exist, or with a wrong configuration, is left alone', () => {
    expect(judged(circle(['no_such_type', {}])).errors).toEqual([]);
    expect(judged(circle(['wait', { fro: '1h' }])).errors).toEqual([]);
  });
});

describe('a wait that may be skipped', () => {
  test('is none when it is the only one of a cycle', () => {
    const { errors, words } = judged(circle(['wait', { for: '1h' }, { executeIf: always }]));
    expect(errors).toEqual([SPINS]);
    expect(words).toContain('nothing waits when "b" is skipped');
  });

  test('still is one when a skipped path leaves the cycle', () => {
    const skippable = [
      'wait_for_event',
      { event: 'a', timeout: '1h' },
      { executeIf: always },
    ] as const;
    expect(judged(circle(skippable, ':timed_out')).errors).toEqual([]);
    expect(judged(circle(skippable)).errors).toEqual([SPINS]);
  });
});

describe('a wait for an event that its own cycle records', () => {
  const round = (record: readonly [string, object], wait: object, port: string) => ({
    nodes: { a: record, b: ['wait_for_event', { timeout: '1h', ...wait }] as const },
    edges: ['trigger -> a', 'a -> b', `b:${port} -> a`],
  });
  const record = ['track_event', { event: 'cart.paid' }] as const;

  test('is none on the port of that event', () => {
    const { errors, words } = judged(round(record, { event: 'cart.paid' }, 'received'));
    expect(errors).toEqual([SPINS]);
    expect(words).toContain('"b" meets an event that the cycle itself records');
  });

  test.each([
    [['update_score', { by: 1 }], 'contact.score_changed'],
    [['add_tag', { tag: 'x' }], 'contact.tag_added'],
    [['update_contact', { increment: { orders: 1 } }], 'contact.updated'],
    [['add_to_list', { list: 'a' }], 'list.entered'],
  ] as const)('counts what %j records', (node, event) => {
    expect(judged(round(node, { event }, 'received')).errors).toContain(SPINS);
  });

  test('is one when its time is up, and for other events', () => {
    expect(judged(round(record, { event: 'cart.paid' }, 'timed_out')).errors).toEqual([]);
    expect(judged(round(record, { event: 'cart.left' }, 'received')).errors).toEqual([]);
    const two = { events: [{ event: 'cart.paid', port: 'paid' }, { event: 'cart.left' }] };
    expect(judged(round(record, two, 'received')).errors).toEqual([]);
    expect(judged(round(record, two, 'paid')).errors).toEqual([SPINS]);
  });

  test('is none when the port has no edge and `next` leads back', () => {
    expect(judged(round(record, { event: 'cart.paid' }, 'next')).errors).toContain(SPINS);
  });

  test('is one when the event is recorded elsewhere', () => {
    const nodes = {
      z: record,
      a: tag,
      b: ['wait_for_event', { event: 'cart.paid', timeout: '1h' }] as const,
    };
    const edges = ['trigger -> z', 'z -> a', 'a -> b', 'b:received -> a'];
    expect(judged({ nodes, edges }).errors).toEqual([]);
  });
});

describe('a cycle through a fork and its join', () => {
  const round = (
    join: object,
    one: readonly [string, object?],
    two: readonly [string, object?],
  ) => ({
    nodes: {
      f: ['parallel', { branches: ['a', 'b'] }] as const,
      one,
      two,
      join: ['join', join] as const,
    },
    edges: ['trigger -> f', 'f:a -> one', 'f:b -> two', 'one -> join', 'two -> join', 'join -> f'],
  });

  test('waits when the join waits for a branch that does', () => {
    expect(judged(round({}, wait, tag)).errors).toEqual([]);
    expect(judged(round({ wait: 2 }, wait, tag)).errors).toEqual([]);
    expect(judged(round({ timeout: '1h' }, wait, tag)).errors).toEqual([]);
    expect(judged(round({ wait: 'any' }, wait, wait)).errors).toEqual([]);
  });

  test('spins when a quick branch is enough', () => {
    expect(judged(round({ wait: 'any' }, wait, tag)).errors).toEqual([SPINS]);
    expect(judged(round({}, tag, tag)).errors).toEqual([SPINS]);
    expect(judged(round({ timeout: '0s' }, wait, tag)).errors).toEqual([SPINS]);
  });

  test('spins when the branch that waits may end instead, since an ended branch is not waited for', () => {
    const { nodes, edges } = round({}, wait, tag);
    const ask = ['condition', { condition: always }] as const;
    const asked = edges.filter((edge) => edge !== 'f:a -> one');
    expect(
      judged({ nodes: { ...nodes, ask }, edges: [...asked, 'f:a -> ask', 'ask:true -> one'] })
        .errors,
    ).toEqual([SPINS]);
  });

  test('waits when an inner join does', () => {
    const { errors } = judged({
      nodes: {
        f: ['parallel', { branches: ['a', 'b'] }],
        g: ['parallel', { branches: ['a', 'b'] }],
        slow: wait,
        quick: tag,
        inner: ['join'],
        other: tag,
        outer: ['join'],
      },
      edges: [
        'trigger -> f',
        'f:a -> g',
        'g:a -> slow',
        'g:b -> quick',
        'slow -> inner',
        'quick -> inner',
        'inner -> outer',
        'f:b -> other',
        'other -> outer',
        'outer -> f',
      ],
    });
    expect(errors).toEqual([]);
  });
});

test('each cycle is named once, with its nodes', () => {
  const { errors, words } = judged({
    nodes: { a: tag, b: tag, pause: wait, c: tag },
    edges: ['trigger -> a', 'a -> b', 'b:error -> a', 'b -> pause', 'pause -> c', 'c:error -> c'],
  });
  expect(errors).toEqual(['cycle_without_wait nodes[0]', 'cycle_without_wait nodes[3]']);
  expect(words).toContain('"a", "b" form a cycle');
});
