/** The rule of the settings, by random settings and visitors: no sequence of entries breaks a promise. */
import fc from 'fast-check';
import {
  type Entry,
  explainsCut,
  isCausedByItself,
  type Passage,
  refusalOf,
  replacedBy,
} from '../../src/journey/admission';
import { enrollmentSettings } from '../../src/journey/enrollment-settings';
import { openWay, type Way } from '../../src/journey/rate-limit';

const AT = 1_000;
/** Tests count in milliseconds. */
const rules = (settings: object = {}) =>
  enrollmentSettings.parse(
    Object.fromEntries(
      Object.entries(settings).map(([name, value]: [string, unknown]) => [
        name,
        (name === 'window' || name === 'reEnrollmentDelay') && typeof value === 'number'
          ? `${value}ms`
          : value,
      ]),
    ),
  );
const passage = (more: Partial<Passage> = {}): Passage => ({
  ...{ key: null, triggerKey: null, startedAt: 0, endedAt: null, restarted: false },
  ...more,
});
const over = (endedAt: number, more: Partial<Passage> = {}) => passage({ endedAt, ...more });
const refusal = (settings: object, earlier: readonly Passage[], entry: Partial<Entry> = {}) =>
  refusalOf(rules(settings), earlier, { at: AT, key: null, ways: [], ...entry });

it('lets in somebody who was never there, whatever the settings', () => {
  const settings = { allowMultiple: false, limit: 1, window: '1d', reEnrollmentDelay: '1d' };
  for (const whenActive of ['ignore', 'restart', 'parallel'])
    expect(refusal({ ...settings, whenActive }, [])).toBeNull();
});

it('refuses somebody who is inside, whatever the key', () => {
  const inside = [passage({ key: 'a' })];
  expect(refusal({}, inside, { key: 'b' })).toEqual({ reason: 'already_active' });
});

it('restarts the enrollments that are open, and only where it is told to', () => {
  const earlier = [over(5), passage({ key: 'a' }), passage()];
  expect(refusal({ whenActive: 'restart' }, earlier)).toBeNull();
  expect(replacedBy(rules({ whenActive: 'restart' }), earlier)).toEqual(earlier.slice(1));
  expect(replacedBy(rules({ whenActive: 'parallel' }), earlier)).toEqual([]);
});

it('lets in another key side by side, and refuses the same', () => {
  const parallel = { whenActive: 'parallel' };
  expect(refusal(parallel, [passage({ key: 'a' })], { key: 'b' })).toBeNull();
  expect(refusal(parallel, [passage({ key: 'a' })])).toBeNull();
  expect(refusal(parallel, [passage({ key: 'a' })], { key: 'a' })?.reason).toBe('already_active');
  expect(refusal(parallel, [passage()])?.reason).toBe('already_active');
});

it('lets everybody in once, each key where they run in parallel', () => {
  const once = { allowMultiple: false };
  expect(refusal(once, [over(5, { key: 'a' })])).toEqual({ reason: 'already_entered' });
  expect(refusal(once, [passage()])).toEqual({ reason: 'already_active' });
  const parallel = { ...once, whenActive: 'parallel' };
  expect(refusal(parallel, [over(5, { key: 'a' })], { key: 'b' })).toBeNull();
  expect(refusal(parallel, [over(5, { key: 'a' })], { key: 'a' })?.reason).toBe('already_entered');
});

it('takes a restart for no end, but for an entry', () => {
  const restarted = [over(AT - 1, { restarted: true }), passage({ startedAt: AT - 1 })];
  const restart = { whenActive: 'restart' };
  expect(refusal({ ...restart, allowMultiple: false }, restarted)).toBeNull();
  expect(refusal({ ...restart, reEnrollmentDelay: '1d' }, restarted)).toBeNull();
  expect(refusal({ ...restart, limit: 2 }, restarted)).toEqual({ reason: 'limit_reached' });
});

it('counts entries within the window, and says when the next is possible', () => {
  const twice = { limit: 2, window: 100 };
  const earlier = [10, 950, 990].map((startedAt) => over(startedAt + 1, { startedAt }));
  expect(refusal(twice, earlier)).toEqual({ reason: 'limit_reached', until: 1_050 });
  expect(refusal(twice, earlier, { at: 1_049 })?.reason).toBe('limit_reached');
  expect(refusal(twice, earlier, { at: 1_050 })).toBeNull();
});

it('keeps somebody out for the delay behind the last end', () => {
  const earlier = [over(700), over(950), over(300)];
  expect(refusal({ reEnrollmentDelay: 100 }, earlier)).toEqual({
    reason: 'too_soon',
    until: 1_050,
  });
  expect(refusal({ reEnrollmentDelay: 100 }, earlier, { at: 1_050 })).toBeNull();
});

describe('the rate limit of a trigger', () => {
  const way = (triggerKey: string, max?: number): Way =>
    max === undefined ? { triggerKey } : { triggerKey, rateLimit: { max, per: 100 } };
  const through = (triggerKey: string | null, ...startedAt: number[]) =>
    startedAt.map((at) => over(at + 1, { triggerKey, startedAt: at }));

  it('counts back from the entry, and says when the next is possible', () => {
    const ways = [way('a', 2)];
    const earlier = through('a', 10, 950, 990);
    expect(refusal({}, earlier, { ways })).toEqual({ reason: 'rate_limited', until: 1_050 });
    expect(refusal({}, earlier, { ways, at: 1_049 })?.reason).toBe('rate_limited');
    expect(refusal({}, earlier, { ways, at: 1_050 })).toBeNull();
  });

  it('counts nothing but the entries through that trigger', () => {
    const earlier = [...through('b', 990), ...through(null, 990)];
    expect(refusal({}, earlier, { ways: [way('a', 1)] })).toBeNull();
    expect(refusal({}, earlier, { ways: [way('b', 1)] })?.reason).toBe('rate_limited');
    expect(refusal({}, earlier)).toBeNull();
  });

  it('closes one of several ways in, and the first that is open is taken', () => {
    const earlier = [...through('a', 990), ...through('b', 980)];
    const ways = [way('a', 1), way('b', 1)];
    expect(refusal({}, earlier, { ways })).toEqual({ reason: 'rate_limited', until: 1_080 });
    expect(openWay(ways, earlier, 1_080)).toEqual({ way: ways[1] });
    expect(openWay([...ways, way('c')], earlier, AT)).toEqual({ way: way('c') });
  });

  it('comes behind what the settings say', () => {
    const earlier = through('a', 990);
    const given = { ways: [way('a', 1)] };
    expect(refusal({ allowMultiple: false }, earlier, given)?.reason).toBe('already_entered');
    expect(refusal({ limit: 1 }, earlier, given)?.reason).toBe('limit_reached');
  });
});

it('cuts a chain of causes once, and its explanation causes nothing', () => {
  expect([16, 17].map(isCausedByItself)).toEqual([false, true]);
  expect([17, 18].map(explainsCut)).toEqual([false, true]);
});

const settingsArbitrary = fc
  .record(
    {
      allowMultiple: fc.boolean(),
      limit: fc.integer({ min: 1, max: 3 }),
      window: fc.integer({ min: 1, max: 50 }),
      reEnrollmentDelay: fc.integer({ min: 1, max: 30 }),
      whenActive: fc.constantFrom('ignore', 'restart', 'parallel'),
    },
    { requiredKeys: [] },
  )
  .map(({ window, ...rest }) =>
    rules(rest.limit === undefined || window === undefined ? rest : { ...rest, window }),
  );

/** Somebody comes with a key, or reaches the end of the enrollment with that key. */
interface Visit {
  readonly after: number;
  readonly key: string | null;
  readonly comes: boolean;
  /** The triggers that let in somebody who comes. */
  readonly by: readonly Way[];
}

const TRIGGERS: Way[] = [
  { triggerKey: 'a#1', rateLimit: { max: 1, per: 30 } },
  { triggerKey: 'a#2', rateLimit: { max: 3, per: 90 } },
  { triggerKey: 'a#3' },
];

const visits: fc.Arbitrary<readonly Visit[]> = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 20 }),
    key: fc.constantFrom(null, 'a', 'b'),
    comes: fc.boolean(),
    by: fc.subarray(TRIGGERS),
  }),
  { maxLength: 30 },
);

/** Plays the visits: who is inside when, and why others are not. */
function play(settings: ReturnType<typeof rules>, script: readonly Visit[]) {
  const refused: Entry[] = [];
  let [passages, at]: [Passage[], number] = [[], 0];
  for (const { after, key, comes, by } of script) {
    at += after;
    const end = (which: (it: Passage) => boolean, restarted: boolean) => {
      passages = passages.map((it) =>
        it.endedAt === null && which(it) ? { ...it, endedAt: at, restarted } : it,
      );
    };
    if (!comes) end((it) => it.key === key, false);
    else if (refusalOf(settings, passages, { at, key, ways: by }) !== null)
      refused.push({ at, key, ways: by });
    else {
      const replaced = replacedBy(settings, passages);
      const open = openWay(by, passages, at);
      const triggerKey = open !== null && 'way' in open ? open.way.triggerKey : null;
      end((it) => replaced.includes(it), true);
      passages.push(passage({ key, triggerKey, startedAt: at }));
    }
  }
  return { passages, refused };
}
const overlap = (a: Passage, b: Passage) =>
  a.startedAt < (b.endedAt ?? Infinity) && b.startedAt < (a.endedAt ?? Infinity);
const pairs = (list: readonly Passage[]) =>
  list.flatMap((a, index) => list.slice(index + 1).map((b) => [a, b] as const));

it('keeps every promise of its settings, in whatever order people come and go', () => {
  fc.assert(
    fc.property(settingsArbitrary, visits, (settings, script) => {
      const { passages, refused } = play(settings, script);
      const { limit, window = Infinity, reEnrollmentDelay = 0, whenActive } = settings;
      const sides = pairs(passages).filter(([a, b]) => overlap(a, b));
      for (const [a, b] of sides) {
        expect(whenActive).toBe('parallel');
        expect(a.key).not.toBe(b.key);
      }
      for (const { startedAt: at } of passages) {
        const recent = passages.filter((it) => it.startedAt <= at && it.startedAt > at - window);
        expect(recent.length).toBeLessThanOrEqual(limit ?? Infinity);
        const ends = passages.filter((it) => !it.restarted && (it.endedAt ?? Infinity) < at);
        for (const { endedAt } of ends)
          expect(at - (endedAt ?? 0)).toBeGreaterThanOrEqual(reEnrollmentDelay);
      }
      for (const { triggerKey, rateLimit } of TRIGGERS) {
        const { max, per } = rateLimit ?? { max: Infinity, per: Infinity };
        const entries = passages.filter((it) => it.triggerKey === triggerKey);
        for (const { startedAt: at } of entries) {
          const recent = entries.filter((it) => it.startedAt <= at && it.startedAt > at - per);
          expect(recent.length).toBeLessThanOrEqual(max);
        }
      }
      if (!settings.allowMultiple) {
        const through = passages.filter((it) => !it.restarted);
        const lanes = through.map(({ key }) => (whenActive === 'parallel' ? key : null));
        expect(new Set(lanes).size).toBe(lanes.length);
      }
      const unbounded = limit === undefined && reEnrollmentDelay === 0 && settings.allowMultiple;
      if (unbounded && whenActive === 'restart')
        expect(refused.filter(({ ways }) => ways.some((way) => !way.rateLimit))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

it('says of every refusal by time when it ends, and not earlier', () => {
  fc.assert(
    fc.property(
      settingsArbitrary,
      visits,
      fc.integer({ min: 0, max: 60 }),
      fc.subarray(TRIGGERS),
      (settings, script, on, ways) => {
        const { passages } = play(settings, script);
        const at = script.reduce((sum, { after }) => sum + after, on);
        const found = refusalOf(settings, passages, { at, key: null, ways });
        if (found?.until === undefined) return;
        expect(found.until).toBeGreaterThan(at);
        const before = refusalOf(settings, passages, { at: found.until - 1, key: null, ways });
        expect(before?.reason).toBe(found.reason);
        const then = refusalOf(settings, passages, { at: found.until, key: null, ways });
        expect(then?.reason).not.toBe(found.reason);
      },
    ),
    { numRuns: 2_000 },
  );
});
