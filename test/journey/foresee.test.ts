import { type Foreseen, foresee, type Place } from '../../src/journey/foresee';
import { indexGraph } from '../../src/journey/graph';
import { define } from '../support/define';

const DAY = 86_400_000;
const NOW = Date.parse('2026-06-15T12:00:00Z');
const mail = ['send_email', { subject: 'Hi', text: 'Hi' }] as const;

type Nodes = Parameters<typeof define>[0]['nodes'];
type Settings = Parameters<typeof define>[0]['settings'];
const graphOf = (nodes: Nodes) => indexGraph(define({ nodes }));

/** What becomes of somebody who has been for some days on each of the nodes. */
function seen(
  { from, to, map = {} }: { from: Nodes; to: Nodes; map?: Record<string, string> },
  ...places: (readonly [node: string, days: number | null])[]
): Partial<Foreseen>[] {
  const there = places.map(([node, days]): Place => {
    return { node, startedAt: days === null ? null : NOW - days * DAY, until: null };
  });
  const move = { graph: graphOf(from), target: graphOf(to), map, at: NOW };
  return foresee(there, move);
}

const month: Nodes = { pause: ['wait', { for: '30 days' }], mail };

test('a wait that was shortened is over for those who began early enough, and they are written to', () => {
  const ten = { from: month, to: { ...month, pause: ['wait', { for: '10 days' }] } as Nodes };
  expect(seen(ten, ['pause', 11])).toMatchObject([{ would: 'goes_on_at_once', sends: true }]);
  expect(seen(ten, ['pause', 9])).toMatchObject([
    { would: 'waits', sends: false, until: NOW + DAY, becomes: 'pause' },
  ]);
});

test('a pause that moved the clock is seen in the end that her row shows', () => {
  const [graph, target] = [
    graphOf(month),
    graphOf({ ...month, pause: ['wait', { for: '10 days' }] }),
  ];
  const place = { node: 'pause', startedAt: NOW - 20 * DAY, until: NOW + 15 * DAY };
  const [foreseen] = foresee([place], { graph, target, map: {}, at: NOW });
  expect(foreseen).toMatchObject({ would: 'goes_on_at_once' });
  const later = { ...place, until: NOW + 25 * DAY };
  expect(foresee([later], { graph, target, map: {}, at: NOW })).toMatchObject([
    { would: 'waits', until: NOW + 5 * DAY },
  ]);
});

test('a node that was removed holds her back on all her paths, unless it is mapped', () => {
  const to: Nodes = { rest: ['wait', { for: '5 days' }], mail };
  expect(seen({ from: month, to }, ['pause', 1], ['mail', null])).toMatchObject([
    { node: 'pause', would: 'cannot_move', why: 'command.node_removed: pause', becomes: null },
    { node: 'mail', would: 'cannot_move', why: 'command.node_removed: pause' },
  ]);
  expect(seen({ from: month, to, map: { pause: 'rest' } }, ['pause', 29])).toMatchObject([
    { becomes: 'rest', would: 'begins_anew', sends: false, until: NOW + 5 * DAY },
  ]);
});

test('whoever is put before a message is written to at once, behind decisions too', () => {
  const to: Nodes = { tag: ['add_tag', { tag: 'a' }], mail };
  const anew = { from: month, to, map: { pause: 'tag' } };
  expect(seen(anew, ['pause', 1])).toMatchObject([{ would: 'begins_anew', sends: true }]);
});

test('a wait that only facts can end counts as over when it was changed, and not when it was not', () => {
  const until = (date: string): Nodes => ({ pause: ['wait', { until: date }], mail });
  const kept = { from: until('2026-07-01'), to: until('2026-07-01') };
  expect(seen(kept, ['pause', 1])).toMatchObject([{ would: 'waits', sends: false }]);
  const changed = { from: until('2026-07-01'), to: until('2026-06-01') };
  expect(seen(changed, ['pause', 1])).toMatchObject([{ would: 'waits', sends: true, until: null }]);
});

test('another event to wait for may have happened already; a longer time for it changes nothing', () => {
  const listen = (event: string, timeout: string): Nodes => ({
    listen: ['wait_for_event', { event, timeout }],
    mail,
  });
  const longer = { from: listen('a.b', '3 days'), to: listen('a.b', '5 days') };
  expect(seen(longer, ['listen', 1])).toMatchObject([
    { would: 'waits', sends: false, until: NOW + 4 * DAY },
  ]);
  const other = { from: listen('a.b', '3 days'), to: listen('a.c', '3 days') };
  expect(seen(other, ['listen', 1])).toMatchObject([{ would: 'waits', sends: true }]);
});

test('somebody between two waits goes on in the new version', () => {
  expect(seen({ from: month, to: month }, ['mail', null])).toMatchObject([
    { would: 'goes_on_at_once', sends: true },
  ]);
});

test('a mail that is put off waits on, unless what is changed may send it now', () => {
  const until = NOW + DAY / 2;
  const place = { node: 'mail', startedAt: NOW - DAY, until };
  const told = (to: Nodes, settings?: Settings) =>
    foresee([place], {
      ...{ graph: graphOf(month), map: {}, at: NOW },
      target: indexGraph(define({ nodes: to, ...(settings ? { settings } : {}) })),
    });
  const longer: Nodes = { ...month, pause: ['wait', { for: '40 days' }] };
  expect(told(longer)).toMatchObject([{ would: 'waits', sends: false, until }]);
  const urgent: Nodes = {
    ...month,
    mail: ['send_email', { ...mail[1], purpose: 'transactional' }],
  };
  expect(told(urgent)).toMatchObject([{ would: 'goes_on_at_once', sends: true }]);
  const quietHours = { from: '22:00', to: '08:00' };
  expect(told(month, { quietHours })).toMatchObject([{ would: 'goes_on_at_once', sends: true }]);
});
