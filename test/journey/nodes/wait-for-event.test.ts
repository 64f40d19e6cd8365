import { problemsOf, runNode } from '../../support/node';
import { START } from '../../support/simulator';
import { hours, pathOf, walk } from '../../support/walk';

const MINUTE = 60_000;
const paid = (at: number, properties = {}) => ({ at, event: { type: 'cart.paid', properties } });
const config = { event: 'cart.paid', timeout: '1h' };

it('goes on at the moment the event arrives', async () => {
  const { steps } = await runNode('wait_for_event', config, { script: [paid(START + MINUTE)] });
  expect(steps).toMatchObject([{ port: 'received', endedAt: START + MINUTE }]);
});

it('times out at the deadline', async () => {
  const { steps } = await runNode('wait_for_event', config);
  expect(steps).toMatchObject([{ port: 'timed_out', endedAt: START + 60 * MINUTE }]);
});

it.each([
  ['at the very deadline', 60 * MINUTE, 'received'],
  ['a moment behind it', 60 * MINUTE + 1, 'timed_out'],
])('judges an event %s', async (_title, after, port) => {
  const { steps } = await runNode('wait_for_event', config, { script: [paid(START + after)] });
  expect(steps).toMatchObject([{ port }]);
});

it('looks no further back than the enrollment', async () => {
  const { steps } = await runNode('wait_for_event', config, { script: [paid(START - 1)] });
  expect(steps).toMatchObject([{ port: 'timed_out' }]);
});

it('waits for an event that the filter accepts', async () => {
  const filter = [{ field: 'event.total', operator: '>', value: 100 }];
  const { steps } = await runNode(
    'wait_for_event',
    { ...config, filter },
    { script: [paid(START + 1, { total: 40 }), paid(START + 2, { total: 140 })] },
  );
  expect(steps).toMatchObject([{ port: 'received', endedAt: START + 2 }]);
});

it('finds an event whose doorbell never rang', async () => {
  const { steps } = await runNode('wait_for_event', config, {
    script: [{ ...paid(START + MINUTE), unheard: true }],
  });
  expect(steps).toMatchObject([{ port: 'received', endedAt: START + 60 * MINUTE }]);
});

it('needs an event and a timeout', () => {
  expect(problemsOf('wait_for_event', {})).not.toEqual([]);
  expect(problemsOf('wait_for_event', { event: 'cart.paid' })).not.toEqual([]);
  expect(problemsOf('wait_for_event', { timeout: '1h' })).not.toEqual([]);
  expect(problemsOf('wait_for_event', { ...config, events: [] })).not.toEqual([]);
});

describe('several events', () => {
  const filter = [{ field: 'event.total', operator: '>', value: 100 }];
  const several = {
    events: [
      { event: 'cart.paid', port: 'paid', filter },
      { event: 'cart.left', port: 'left' },
      { event: 'cart.saved' },
    ],
    timeout: '1h',
  };
  const event = (after: number, type: string, properties = {}) => ({
    at: START + after,
    event: { type, properties },
  });

  it.each([
    ['the port of the one that came', [event(5, 'cart.left')], 'left', 5],
    ['received where no port is named', [event(5, 'cart.saved')], 'received', 5],
    ['the earliest', [event(5, 'cart.left'), event(4, 'cart.paid', { total: 140 })], 'paid', 4],
    [
      'the first listed at the same instant',
      [event(5, 'cart.left'), event(5, 'cart.paid', { total: 140 })],
      'paid',
      5,
    ],
    [
      'one that its filter accepts',
      [event(4, 'cart.paid', { total: 40 }), event(5, 'cart.left')],
      'left',
      5,
    ],
    ['timed_out when none came', [event(4, 'cart.paid', { total: 40 })], 'timed_out', 60 * MINUTE],
  ])('takes %s', async (_title, script, port, after) => {
    const { steps } = await runNode('wait_for_event', several, { script });
    expect(steps).toMatchObject([{ port, endedAt: START + after }]);
  });

  it('asks of each what is asked of all, too', async () => {
    const both = { ...several, filter: [{ field: 'event.shop', operator: 'equals', value: 'b' }] };
    const script = [
      event(1, 'cart.left', { shop: 'a' }),
      event(2, 'cart.paid', { shop: 'b', total: 40 }),
      event(3, 'cart.paid', { shop: 'b', total: 140 }),
    ];
    const { steps } = await runNode('wait_for_event', both, { script });
    expect(steps).toMatchObject([{ port: 'paid', endedAt: START + 3 }]);
  });

  it('finds the earlier of two whose doorbells are late', async () => {
    const script = [event(9, 'cart.left'), event(8, 'cart.saved')].map((each) => ({
      ...each,
      unheard: true,
    }));
    const { steps } = await runNode('wait_for_event', several, { script });
    expect(steps).toMatchObject([{ port: 'received', output: { occurredAt: START + 8 } }]);
  });

  it.each([
    [{ events: [{ event: 'a', port: 'timed_out' }], timeout: '1h' }],
    [{ events: [{ event: 'a', port: 'error' }], timeout: '1h' }],
    [{ event: 'a', events: [{ event: 'b' }], timeout: '1h' }],
    [{ events: [{ event: 'a', port: 'x', since: 'now' }], timeout: '1h' }],
  ])('refuses %j', (data) => {
    expect(problemsOf('wait_for_event', data)).not.toEqual([]);
  });
});

describe('where the wait begins to look', () => {
  const mail = ['send_email', { subject: 'Hi', text: 'Hello' }] as const;
  const hour = ['wait', { for: '1h' }] as const;
  const waitFor = (event: string, since?: unknown) =>
    [
      'wait_for_event',
      { event, timeout: '5h', ...(since === undefined ? {} : { since }) },
    ] as const;
  const paidAt = (at: number) => ({ at: hours(at), event: { type: 'cart.paid' } });
  const openedAt = (at: number, node?: string) => ({
    at: hours(at),
    event: { type: 'email.opened' },
    ...(node === undefined ? {} : { node }),
  });

  it.each([
    ['enrolled', 0.5, 'wait:received@2'],
    ['now', 0.5, 'wait:timed_out@7'],
    ['now', 2, 'wait:received@2'],
    [{ node: 'two' }, 0.5, 'wait:timed_out@7'],
    [{ node: 'two' }, 1.5, 'wait:received@2'],
    [undefined, 0.5, 'wait:received@2'],
  ])('since %j, an event at hour %d ends in %s', async (since, at, end) => {
    const result = await walk(
      { nodes: { one: hour, two: hour, wait: waitFor('cart.paid', since) } },
      { script: [paidAt(at)] },
    );
    expect(pathOf(result).at(-1)).toBe(end);
  });

  it.each([
    ['the last message', undefined, 'second', 'wait:received@3'],
    ['the last message, not one before it', undefined, 'first', 'wait:timed_out@6'],
    ['the message of the node named', { node: 'first' }, 'first', 'wait:received@3'],
    ['the message of the node named, no other', { node: 'first' }, 'second', 'wait:timed_out@6'],
    ['any message, since a node that sends none', { node: 'pause' }, 'first', 'wait:received@3'],
    ['any message, since the enrollment', 'enrolled', 'first', 'wait:received@3'],
    ['any message, from now on', 'now', 'first', 'wait:received@3'],
  ])('counts an opening of %s', async (_title, since, node, end) => {
    const result = await walk(
      {
        nodes: { first: mail, pause: hour, second: mail, wait: waitFor('email.opened', since) },
      },
      { script: [openedAt(3, node)] },
    );
    expect(pathOf(result).at(-1)).toBe(end);
  });

  it('begins at the last message, for events about none too', async () => {
    const nodes = { one: hour, mail, two: hour, wait: waitFor('cart.paid') };
    const before = await walk({ nodes }, { script: [paidAt(0.5)] });
    const after = await walk({ nodes }, { script: [paidAt(1.5)] });
    expect([before, after].map((result) => pathOf(result).at(-1))).toEqual([
      'wait:timed_out@7',
      'wait:received@2',
    ]);
  });

  it('hears each event once in a cycle', async () => {
    const result = await walk(
      {
        nodes: {
          wait: waitFor('cart.paid', 'enrolled'),
          count: ['update_score', { by: 1 }],
        },
        edges: ['trigger -> wait', 'wait:received -> count', 'count -> wait'],
      },
      { script: [paidAt(1), paidAt(1), paidAt(3)] },
    );
    expect(result.contact.score).toBe(3);
    expect(pathOf(result).filter((step) => step.startsWith('wait'))).toEqual([
      'wait:received@1',
      'wait:received@1',
      'wait:received@3',
      'wait:timed_out@8',
    ]);
  });
});
