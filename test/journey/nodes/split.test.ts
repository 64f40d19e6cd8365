import { createEvaluators } from '../../../src/evaluate/evaluators';
import type { DecisionOutcome } from '../../../src/journey/node-type';
import { nodeTypes } from '../../../src/journey/nodes/index';
import { factsOf, type Given } from '../../evaluate/facts';
import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

const PEOPLE = 3_000;
const evaluators = createEvaluators();
const ids = Array.from({ length: PEOPLE }, (_, index) => `contact-${index}`);

type Shares = Readonly<Record<string, number>>;
const variantsOf = (shares: Shares) =>
  Object.entries(shares).map(([port, weight]) => ({ port, weight }));
const halves = { variants: variantsOf({ a: 50, b: 50 }) };

async function decide(data: object, given: Given = {}, number = 1): Promise<DecisionOutcome> {
  const type = nodeTypes.get('split');
  if (type?.kind !== 'decision') throw new Error('A split is a decision.');
  const config = type.config.parse(data);
  return type.decide(config, factsOf(given), evaluators, { node: 'it', number });
}

const portsOfAll = (data: object): Promise<readonly (string | null)[]> =>
  Promise.all(ids.map(async (id) => (await decide(data, { contact: { id } })).port));

const shareOf = (ports: readonly (string | null)[], port: string): number =>
  (100 * ports.filter((each) => each === port).length) / ports.length;

it.each<[Shares]>([
  [{ a: 50, b: 50 }],
  [{ a: 70, b: 20, c: 10 }],
  [{ a: 1, b: 3 }],
  [{ a: 0, b: 5 }],
])('shares people out by the weights %j', async (shares) => {
  const ports = await portsOfAll({ variants: variantsOf(shares) });
  const sum = Object.values(shares).reduce((total, weight) => total + weight, 0);
  for (const [port, weight] of Object.entries(shares)) {
    expect(Math.abs(shareOf(ports, port) - (100 * weight) / sum)).toBeLessThan(2.5);
  }
});

it('draws the holdout first, by a salt of its own', async () => {
  const before = await portsOfAll(halves);
  const after = await portsOfAll({ ...halves, holdout: 20 });
  expect(Math.abs(shareOf(after, 'holdout') - 20)).toBeLessThan(2.5);
  const kept = after.filter((port) => port !== 'holdout');
  expect(Math.abs(shareOf(kept, 'a') - 50)).toBeLessThan(3);
  for (const [index, port] of after.entries())
    if (port !== 'holdout') expect(port).toBe(before[index]);
});

it('holds nobody out at 0, everybody at 100', async () => {
  expect(shareOf(await portsOfAll({ ...halves, holdout: 0 }), 'holdout')).toBe(0);
  expect(shareOf(await portsOfAll({ ...halves, holdout: 100 }), 'holdout')).toBe(100);
});

it('moves as few as possible when a weight changes, and all of them to the heavier one', async () => {
  const before = await portsOfAll(halves);
  const after = await portsOfAll({ variants: variantsOf({ a: 60, b: 40 }) });
  const moved = ids.flatMap((_, index) =>
    before[index] === after[index] ? [] : [`${before[index]} to ${after[index]}`],
  );
  expect(new Set(moved)).toEqual(new Set(['b to a']));
  expect(moved.length / PEOPLE).toBeLessThan(0.13);
});

it('places people anew for each experiment', async () => {
  const one = await portsOfAll({ ...halves, experiment: 'one' });
  const two = await portsOfAll({ ...halves, experiment: 'two' });
  const same = one.filter((port, index) => port === two[index]).length;
  expect(Math.abs((100 * same) / PEOPLE - 50)).toBeLessThan(4);
});

describe('a sticky split', () => {
  const sticky = (port: string, experiment = 'cart/it') => ({
    assignments: new Map([[experiment, port]]),
  });

  it('writes its first assignment, under workflow and node or the experiment named', async () => {
    expect((await decide(halves)).writes).toEqual([
      { kind: 'assign', experiment: 'cart/it', port: expect.stringMatching(/^[ab]$/) },
    ]);
    expect((await decide({ ...halves, experiment: 'subject' })).writes).toMatchObject([
      { experiment: 'subject' },
    ]);
  });

  it('keeps an assignment whatever the weights say, and writes nothing', async () => {
    const variants = variantsOf({ a: 0, b: 100 });
    expect(await decide({ variants }, sticky('a'))).toEqual({
      port: 'a',
      reason: { code: 'split.kept' },
    });
  });

  it('assigns anew when the port is gone', async () => {
    const outcome = await decide(halves, sticky('removed'));
    expect(outcome).toMatchObject({ reason: { code: 'split.drawn' } });
    expect(outcome.writes).toHaveLength(1);
  });

  it('keeps somebody held out while there is a holdout', async () => {
    expect(await decide({ ...halves, holdout: 0 }, sticky('holdout'))).toMatchObject({
      port: 'holdout',
    });
    expect((await decide(halves, sticky('holdout'))).port).not.toBe('holdout');
  });

  it('is the same at every visit of the simulator, where the assignment is kept too', async () => {
    const { steps } = await runNode('split', halves, { assignments: { 'journey/it': 'b' } });
    expect(steps).toMatchObject([{ port: 'b', code: 'split.kept' }]);
  });
});

describe('a random split', () => {
  const random = { ...halves, assignment: 'random' };

  it('draws anew at each visit, the same again for the same visit, and writes nothing', async () => {
    const visits = Array.from({ length: 400 }, (_, index) => index + 1);
    const ports = await Promise.all(visits.map(async (visit) => decide(random, {}, visit)));
    const again = await Promise.all(visits.map(async (visit) => decide(random, {}, visit)));
    expect(again).toEqual(ports);
    expect(
      Math.abs(
        shareOf(
          ports.map(({ port }) => port),
          'a',
        ) - 50,
      ),
    ).toBeLessThan(10);
    expect(ports.some((outcome) => outcome.writes !== undefined)).toBe(false);
  });

  it('passes over an assignment', async () => {
    const assignments = new Map([['cart/it', 'a']]);
    const visits = Array.from({ length: 50 }, (_, index) => index + 1);
    const ports = await Promise.all(
      visits.map(async (visit) => (await decide(random, { assignments }, visit)).port),
    );
    expect(new Set(ports).size).toBe(2);
  });
});

describe('a dry run', () => {
  it.each([
    [{ it: 'b' }, 'b'],
    [{ subject: 'b' }, 'b'],
    [{ it: 'a', subject: 'b' }, 'a'],
    [{ it: 'holdout' }, 'holdout'],
  ])('with %j takes %s', async (choose, port) => {
    const data = {
      variants: variantsOf({ a: 100, b: 0 }),
      experiment: 'subject',
      holdout: 0,
    };
    const { steps } = await runNode('split', data, { contact: ada, choose });
    expect(steps).toMatchObject([{ port, code: 'split.chosen' }]);
  });

  it('cannot choose a port that the split does not have', async () => {
    const data = { variants: variantsOf({ a: 100, b: 0 }) };
    for (const port of ['c', 'holdout']) {
      const { steps } = await runNode('split', data, { choose: { it: port } });
      expect(steps).toMatchObject([{ port: 'a', code: 'split.drawn' }]);
    }
  });
});

it.each([
  [{ variants: [] }, 'variants'],
  [{ variants: variantsOf({ a: 0, b: 0 }) }, 'Some variant needs a weight above 0.'],
  [{ variants: [{ port: 'a', weight: -1 }] }, 'variants.0.weight'],
  [{ variants: [...halves.variants, ...halves.variants] }, 'Variants differ by port.'],
  [{ variants: [{ port: 'holdout', weight: 1 }] }, 'variants.0.port'],
  [{ ...halves, holdout: 101 }, 'holdout'],
  [{ ...halves, assignment: 'sometimes' }, 'assignment'],
])('refuses %j', (data, problem) => {
  expect(problemsOf('split', data).join()).toContain(problem);
});
