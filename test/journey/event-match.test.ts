/** A match is found however many events that do not match lie before it. */
import { earliestEvent } from '../../src/journey/event-match';
import type { EventFacts, EventQuestion } from '../../src/journey/facts';
import { indexGraph } from '../../src/journey/graph';
import { simulate } from '../../src/journey/simulate';
import { define } from '../support/define';
import { simulation, START } from '../support/simulator';

const QUESTION: EventQuestion = { types: ['seen'], from: null, to: null };

/** So many events, each at the instant that `at` names, the n-th with the number n. */
const past = (count: number, at: (n: number) => number): readonly EventFacts[] =>
  Array.from({ length: count }, (_, n) => {
    return { id: `e${n}`, type: 'seen', occurredAt: at(n), properties: { n } };
  });

/** Answers as the database does, and counts how often it was asked. */
function store(events: readonly EventFacts[]) {
  const asked: number[] = [];
  const lookUp = ({ from, excludeIds = [], newest }: EventQuestion, limit: number) => {
    asked.push(limit);
    const left = events.filter(
      ({ id, occurredAt }) => (from === null || occurredAt >= from) && !excludeIds.includes(id),
    );
    return newest === true ? left.slice(-limit) : left.slice(0, limit);
  };
  return { asked, lookUp };
}

const numbered = (n: number) => (event: EventFacts) => event.properties['n'] === n;

test.each([
  ['one after the other', (n: number) => n],
  ['all at one instant', () => 7],
  ['of which pages end in the middle of an instant', (n: number) => Math.floor(n / 600)],
])('behind some thousand, %s', async (_how, at) => {
  const { lookUp } = store(past(3_500, at));
  for (const n of [0, 999, 1_000, 1_001, 2_000, 3_499]) {
    expect(await earliestEvent(QUESTION, numbered(n), lookUp)).toMatchObject({ id: `e${n}` });
  }
  expect(await earliestEvent(QUESTION, () => false, lookUp)).toBeNull();
});

test('the earliest of several is found, and no page is read behind it', async () => {
  const { asked, lookUp } = store(past(3_500, (n) => n));
  const found = await earliestEvent(QUESTION, ({ properties: { n } }) => Number(n) > 1_500, lookUp);
  expect(found).toMatchObject({ id: 'e1501' });
  expect(asked).toHaveLength(2);
});

test('where any event will do, one is asked for', async () => {
  const { asked, lookUp } = store(past(3_500, (n) => n));
  expect(await earliestEvent(QUESTION, null, lookUp)).toMatchObject({ id: 'e0' });
  expect(asked).toEqual([1]);
});

test('behind more than a look goes through, what has just happened is seen all the same', async () => {
  const count = 50_000;
  const { asked, lookUp } = store(past(count, (n) => n));
  const last = await earliestEvent(QUESTION, numbered(count - 1), lookUp);
  expect(last).toMatchObject({ id: `e${count - 1}` });
  expect(asked.length).toBeLessThan(30);
});

const NOISE = Array.from({ length: 1_100 }, () => ({
  ...{ at: START + 1_000, unheard: true },
  event: { type: 'page.viewed', properties: { page: 'home' } },
}));
const pricing = {
  at: START + 2_000,
  event: { type: 'page.viewed', properties: { page: 'pricing' } },
};
const isPricing = [{ field: 'event.page', operator: 'equals', value: 'pricing' }];

test.each([
  [
    'a wait',
    define({
      nodes: {
        look: ['wait_for_event', { event: 'page.viewed', filter: isPricing, timeout: '1d' }],
      },
    }),
    { status: 'completed', steps: [{ nodeId: 'look', port: 'received' }] },
  ],
  [
    'a goal',
    define({
      nodes: { pause: ['wait', { for: '1d' }] },
      goals: [{ id: 'priced', event: 'page.viewed', condition: isPricing }],
    }),
    { status: 'goal_reached', goalId: 'priced' },
  ],
])(
  '%s sees the page that matters behind a thousand others, in the simulator',
  async (_what, definition, expected) => {
    const script = [...NOISE, pricing];
    const result = await simulate(indexGraph(definition), simulation({ script }));
    expect(result).toMatchObject(expected);
  },
);
