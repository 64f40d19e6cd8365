/** What commands do to a saved state. */
import fc from 'fast-check';
import {
  type ClockPolicy,
  type Command,
  type LatePolicy,
  readCommand,
} from '../../src/journey/commands';
import { type Graph, indexGraph } from '../../src/journey/graph';
import { type Cursor, type EnrollmentState, initialState } from '../../src/journey/state';
import { steer } from '../../src/journey/steer';
import { define } from '../support/define';

const START = 1_000_000;
const HOUR = 3_600_000;

const before = indexGraph(
  define({
    nodes: {
      hour: ['wait', { for: '1h' }],
      offer: ['wait_for_event', { event: 'cart.paid', timeout: '2h' }],
      fork: ['parallel', { branches: ['a', 'b'] }],
      gather: ['join', {}],
      mail: ['send_email', { subject: 'Hello', text: 'You' }],
    },
    edges: [
      'hour -> offer',
      'offer -> fork',
      'fork:a -> mail',
      'fork:b -> gather',
      'mail -> gather',
    ],
  }),
);

function standing(on: string, more: Partial<Cursor> = {}): EnrollmentState {
  const state = initialState('e', on, START);
  const cursors = state.cursors.map((cursor) => ({ ...cursor, entered: true, ...more }));
  return { ...state, cursors };
}

function command(type: string, input: object = {}): Command {
  const read = readCommand(type, input);
  if (read === null) throw new Error(`${type} is no command.`);
  return read;
}

const at = (state: EnrollmentState, instant: number, order: Command, target: Graph | null = null) =>
  steer({ state, graph: before, at: instant }, order, target);

function after(
  state: EnrollmentState,
  instant: number,
  order: Command,
  target: Graph | null = null,
) {
  const steered = at(state, instant, order, target);
  if (!('state' in steered)) throw new Error(`It was answered ${JSON.stringify(steered)}.`);
  return steered.state;
}

const clocks = fc.constantFrom<ClockPolicy>('run', 'freeze', 'restart');
const lates = fc.constantFrom<LatePolicy>('send', 'skip', 'exit');
const spans = fc.integer({ min: 0, max: 5 * HOUR });

test('the clock of a pause moves the anchor as its policy says, and the start of the visit never', () => {
  fc.assert(
    fc.property(clocks, spans, spans, (clock, first, length) => {
      const [pausedAt, resumedAt] = [START + first, START + first + length];
      const held = after(standing('offer'), pausedAt, command('pause', { clock }));
      const [cursor] = after(held, resumedAt, command('resume')).cursors;
      const expected = { run: START, freeze: START + length, restart: resumedAt };
      expect(cursor).toMatchObject({ startedAt: START, anchor: expected[clock] });
    }),
  );
});

test('with a clock that stood still nobody is late whose time was not up before', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<ClockPolicy>('freeze', 'restart'),
      lates,
      spans,
      (clock, late, length) => {
        const pausedAt = START + HOUR / 2;
        const held = after(standing('hour'), pausedAt, command('pause', { clock, late }));
        const resumed = after(held, pausedAt + length, command('resume'));
        expect(resumed).toMatchObject({ pause: null });
        expect(resumed.cursors[0]?.quiet).toBeUndefined();
      },
    ),
  );
});

test('whoever is late goes on, goes on quietly, or leaves', () => {
  const held = after(standing('hour'), START + 1, command('pause'));
  const resume = (late: LatePolicy) => at(held, START + 2 * HOUR, command('resume', { late }));
  expect(resume('send')).toMatchObject({ state: { cursors: [{ node: 'hour' }] } });
  expect(resume('skip')).toMatchObject({ state: { cursors: [{ quiet: true }] } });
  expect(resume('exit')).toEqual({ ends: { status: 'exited', reason: 'pause.late' } });
});

test('the same command on the same state gives the same, so it may be applied again', () => {
  const orders = [
    command('pause', { clock: 'freeze' }),
    command('skip'),
    command('jump', { to: 'mail' }),
    command('migrate', { version: 2 }),
  ];
  for (const order of orders)
    expect(at(standing('hour'), START + 5, order, before)).toEqual(
      at(standing('hour'), START + 5, order, before),
    );
});

test.each([
  ['pause', {}, standing('hour', {}), 'command.already_paused', true],
  ['resume', {}, standing('hour'), 'command.not_paused', false],
  ['skip', { node: 'mail' }, standing('hour'), 'command.no_such_node', false],
  ['skip', {}, standing('gather'), 'command.not_skippable', false],
  ['jump', { to: 'nowhere' }, standing('hour'), 'command.no_such_node', false],
  ['jump', { to: 'gather' }, standing('hour'), 'command.not_a_target', false],
  ['migrate', { version: 9 }, standing('hour'), 'command.no_such_version', false],
] as const)('%s %j is refused where it makes no sense', (type, input, state, refused, paused) => {
  const there = paused ? after(state, START, command('pause')) : state;
  expect(at(there, START + 1, command(type, input))).toMatchObject({ refused });
});

test('of several paths one is skipped by the name of its node', () => {
  const [one] = standing('hour').cursors;
  if (one === undefined) throw new Error('Nobody stands there.');
  const state = { ...standing('hour'), cursors: [one, { ...one, id: '1', node: 'offer' }] };
  expect(at(state, START, command('skip'))).toEqual({ refused: 'command.ambiguous' });
  const skipped = after(state, START, command('skip', { node: 'offer' }));
  expect(skipped.cursors.map(({ forced }) => forced?.port)).toEqual([undefined, 'timed_out']);
});

describe('another version', () => {
  const shorter = indexGraph(
    define({
      nodes: {
        hour: ['wait', { for: '1m' }],
        renamed: ['wait_for_event', { event: 'cart.paid', timeout: '2h' }],
        fork: ['parallel', { branches: ['a', 'b'] }],
        mail: ['add_tag', { tag: 'x' }],
        gather: ['join', {}],
      },
      edges: [
        'hour -> renamed',
        'renamed -> fork',
        'fork:a -> mail',
        'fork:b -> gather',
        'mail -> gather',
      ],
    }),
  );
  const move = (map = {}) => command('migrate', { version: 2, map });

  test('keeps a visit on a node of the same type, with its start', () => {
    const moved = after(standing('hour', { visit: 3 }), START + HOUR / 2, move(), shorter);
    expect(moved.cursors).toMatchObject([
      { node: 'hour', visit: 3, entered: true, startedAt: START, anchor: START },
    ]);
    expect(moved.unrecorded).toEqual([]);
  });

  test('refuses a path whose node it has not, unless that is mapped', () => {
    expect(at(standing('offer'), START, move(), shorter)).toEqual({
      refused: 'command.node_removed',
      detail: 'offer',
    });
    const moved = after(standing('offer'), START + 5, move({ offer: 'renamed' }), shorter);
    expect(moved.cursors).toMatchObject([
      { node: 'renamed', entered: false, startedAt: START + 5 },
    ]);
    expect(moved.unrecorded).toMatchObject([{ node: 'offer', visit: 1, status: 'cancelled' }]);
  });

  test('begins anew on a node that has another type now', () => {
    const moved = after(standing('mail', { visit: 2 }), START + 5, move(), shorter);
    expect(moved.cursors).toMatchObject([{ node: 'mail', entered: false }]);
    expect(moved.unrecorded).toMatchObject([{ node: 'mail', visit: 2 }]);
  });

  test('puts nobody on a join by a map', () => {
    expect(at(standing('offer'), START, move({ offer: 'gather' }), shorter)).toMatchObject({
      refused: 'command.not_a_target',
    });
  });
});
