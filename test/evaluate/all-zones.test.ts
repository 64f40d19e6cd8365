/** Local times are right in every zone of the database, around every change of the clocks of two years. */
import fc from 'fast-check';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { timeWindow, WEEKDAYS } from '../../src/journey/window';
import { nextShown, openings, type Piece, piecesOf, shown } from '../support/zone-oracle';
import { factsOf } from './facts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const FROM = Date.UTC(2025, 11, 20);
const TO = Date.UTC(2028, 0, 12);

interface Change {
  readonly zone: string;
  readonly pieces: readonly Piece[];
  readonly at: number;
  /** By how much the clocks move. */
  readonly by: number;
}

const evaluators = createEvaluators();
const zones = Intl.supportedValuesOf('timeZone');
const piecesOfZones = new Map(zones.map((zone) => [zone, piecesOf(zone, FROM, TO)]));
const changes: readonly Change[] = [...piecesOfZones].flatMap(([zone, pieces]) =>
  pieces.slice(1).map(({ from, offset }, index): Change => {
    const by = offset - (pieces[index]?.offset ?? 0);
    return { zone, pieces, at: from, by };
  }),
);

const inZone = (zone: string, at: number) => factsOf({ at, contact: { timeZone: zone } });
const textOf = (wall: number) => new Date(wall).toISOString().slice(0, 16);
const timeText = (minutes: number) => textOf(minutes * MINUTE).slice(11);
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

const somewhere = fc.constantFrom(...changes);
const nearby = fc.integer({ min: -3 * 1_440, max: 3 * 1_440 });
const minuteOfDay = fc.nat({ max: 1_439 });
const THOROUGH = { numRuns: 3_000 };

test('the zones and their changes are those of the world', () => {
  expect(zones.length).toBeGreaterThan(400);
  expect(changes.length).toBeGreaterThan(400);
  expect(changes.some(({ by }) => by > 0) && changes.some(({ by }) => by < 0)).toBe(true);
  // Lord Howe moves by half an hour.
  expect(changes.some(({ by }) => Math.abs(by) === 30 * MINUTE)).toBe(true);
});

test('a date-time around every change of the clocks is the instant that shows it first', () => {
  const wrong = changes.flatMap(({ zone, pieces, at, by }) => {
    const before = pieces.find(({ to }) => to === at)?.offset ?? 0;
    const walls = [0, by, by / 2, -by].flatMap((shift) =>
      [-90, -60, -31, -1, 0, 1, 29, 60, 90].map(
        (minutes) => at + before + shift + minutes * MINUTE,
      ),
    );
    return walls.flatMap((wall) => {
      const [is, should] = [
        evaluators.instant(textOf(wall), inZone(zone, at)),
        shown(pieces, wall),
      ];
      return is === should ? [] : [`${textOf(wall)} in ${zone}: ${iso(is)}, not ${iso(should)}`];
    });
  });
  expect(wrong).toEqual([]);
});

test('every midnight of two years is the first instant of its date, in every zone', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.nat({ max: 729 }), (zone, day) => {
      const wall = Date.UTC(2026, 0, 1) + day * DAY;
      const is = evaluators.instant(textOf(wall).slice(0, 10), inZone(zone, wall));
      expect(iso(is)).toBe(iso(shown(piecesOfZones.get(zone) ?? [], wall)));
    }),
    THOROUGH,
  );
});

test('the next occurrence of a local time is the first that is shown, on the days asked for', () => {
  const days = fc.option(fc.subarray([...WEEKDAYS], { minLength: 1 }), { nil: undefined });
  fc.assert(
    fc.property(somewhere, nearby, minuteOfDay, days, (change, minutes, minute, named) => {
      const { zone, pieces, at } = change;
      const from = at + minutes * MINUTE;
      const time = timeText(minute);
      const weekdays = (named ?? WEEKDAYS).map((day) => (WEEKDAYS.indexOf(day) + 1) % 7);
      const is = evaluators.localTime({ time, days: named }, from, inZone(zone, from));
      expect(iso(is)).toBe(iso(nextShown(pieces, time, weekdays, from)));
    }),
    THOROUGH,
  );
});

test('a window is open, and changes next, when the clocks on the wall say so', () => {
  fc.assert(
    fc.property(
      somewhere,
      fc.integer({ min: -1_500, max: 1_500 }),
      minuteOfDay,
      minuteOfDay,
      looks,
    ),
    THOROUGH,
  );
  // Windows whose ends lie in the very hour that is skipped or repeated.
  const inTheHour = fc.integer({ min: -120, max: 120 });
  fc.assert(
    fc.property(somewhere, inTheHour, inTheHour, inTheHour, (change, minutes, opens, closes) => {
      const { pieces, at } = change;
      const wall = at + (pieces.find(({ to }) => to === at)?.offset ?? 0);
      const minuteAt = (shift: number) => (((wall / MINUTE + shift) % 1_440) + 1_440) % 1_440;
      looks(change, minutes, minuteAt(opens), minuteAt(closes));
    }),
    THOROUGH,
  );
});

function looks(
  { zone, pieces, at: change }: Change,
  minutes: number,
  opens: number,
  closes: number,
) {
  const at = change + minutes * MINUTE;
  const span = { from: timeText(opens), to: timeText(closes) };
  const { open, changesAt } = evaluators.window(timeWindow.parse(span), at, inZone(zone, at));
  const stretches = openings(pieces, span, at);
  const isOpen = stretches.find(([from, to]) => from <= at && at < to);
  const next = isOpen ? isOpen[1] : stretches.find(([from]) => from > at)?.[0];
  expect({ span, open }).toEqual({ span, open: isOpen !== undefined });
  // What is open all day has no end near.
  if (next !== undefined && next - at < 2 * DAY) expect(iso(changesAt ?? null)).toBe(iso(next));
}
