import { chooseZone, instantOf, isZone, nextLocalTime, windowAt } from '../../src/evaluate/zone';
import { timeWindow } from '../../src/journey/window';
import { at } from './facts';

const BERLIN = 'Europe/Berlin';

test.each([
  ['2026-03-27', BERLIN, '2026-03-26T23:00:00Z'],
  ['2026-03-27T09:00', BERLIN, '2026-03-27T08:00:00Z'],
  ['2026-03-27 09:00:30', 'UTC', '2026-03-27T09:00:30Z'],
  ['2026-03-27T09:00:00+02:00', 'UTC', '2026-03-27T07:00:00Z'],
  ['2026-03-27T09:00:00.5Z', BERLIN, '2026-03-27T09:00:00.500Z'],
])('%s in %s is %s', (text, zone, expected) => {
  expect(instantOf(text, zone)).toBe(at(expected));
});

test.each([
  '',
  'today',
  '2026',
  '2026-13-01',
  '2026-02-29',
  '2026-01-01T25:00',
  '27.03.2026',
  '2026-01-01T10:00+99:00',
  '1700000000',
])('%j names no instant', (text) => {
  expect(instantOf(text, 'UTC')).toBeNull();
});

test('values that are no text name no instant', () => {
  for (const value of [5, true, null, [], {}]) expect(instantOf(value, 'UTC')).toBeNull();
});

test('a time that a change of the clocks skips means the first instant after the gap', () => {
  expect(instantOf('2026-03-29T02:30', BERLIN)).toBe(at('2026-03-29T01:00:00Z'));
  expect(instantOf('2026-03-29T02:00', BERLIN)).toBe(at('2026-03-29T01:00:00Z'));
  expect(instantOf('2026-03-29T03:00', BERLIN)).toBe(at('2026-03-29T01:00:00Z'));
});

test('one skipped at the end of a day is looked for at the begin of the next', () => {
  const behind = at('2026-03-29T01:00:00Z');
  const next = (from: number) => nextLocalTime('23:00', ['saturday'], 'America/Scoresbysund', from);
  expect(next(behind - 1)).toBe(behind);
  expect(next(behind)).toBe(behind);
  expect(next(behind + 1)).toBe(at('2026-04-05T00:00:00Z'));
});

test('a midnight that does not exist means the first instant of the day', () => {
  expect(instantOf('2026-09-06', 'America/Santiago')).toBe(at('2026-09-06T04:00:00Z'));
});

test('a time that occurs twice means the first', () => {
  expect(instantOf('2026-10-25T02:30', BERLIN)).toBe(at('2026-10-25T00:30:00Z'));
});

test('the first known zone counts, an unknown one is passed over with a note', () => {
  expect(chooseZone([null, 'Europe/Berlin', 'UTC'])).toEqual({ zone: 'Europe/Berlin' });
  expect(chooseZone(['Nowhere', 'Asia/Tokyo'])).toEqual({
    zone: 'Asia/Tokyo',
    note: 'time zone Nowhere is unknown, Asia/Tokyo counts',
  });
  expect(chooseZone([])).toEqual({ zone: 'UTC' });
  expect(isZone('__proto__')).toBe(false);
});

describe('a window', () => {
  const look = (window: object, when: string, zone = BERLIN) => {
    const { open, changesAt } = windowAt(timeWindow.parse(window), zone, at(when));
    return [open, changesAt === undefined ? null : new Date(changesAt).toISOString()];
  };

  test('includes its beginning and not its end', () => {
    const window = { from: '09:00', to: '17:00' };
    expect(look(window, '2026-03-27T07:59:59Z')).toEqual([false, '2026-03-27T08:00:00.000Z']);
    expect(look(window, '2026-03-27T08:00:00Z')).toEqual([true, '2026-03-27T16:00:00.000Z']);
    expect(look(window, '2026-03-27T16:00:00Z')).toEqual([false, '2026-03-28T08:00:00.000Z']);
  });

  test('spans midnight, on the days and beside the holidays on which it opens', () => {
    const window = { from: '22:00', to: '06:00', days: ['friday'], holidays: ['2026-04-03'] };
    expect(look(window, '2026-03-28T04:59:00Z')).toEqual([true, '2026-03-28T05:00:00.000Z']);
    expect(look(window, '2026-03-28T21:30:00Z')).toEqual([false, '2026-04-10T20:00:00.000Z']);
  });

  test('that is equal at both ends is open all day, and neighbouring days are one opening', () => {
    const weekdays = { from: '00:00', to: '00:00', days: ['friday', 'saturday'] };
    expect(look(weekdays, '2026-03-27T10:00:00Z')).toEqual([true, '2026-03-28T23:00:00.000Z']);
    expect(look({ from: '00:00', to: '00:00' }, '2026-03-27T10:00:00Z')[0]).toBe(true);
  });

  test('follows the wall clock over a change of the clocks', () => {
    expect(look({ from: '09:00', to: '17:00' }, '2026-03-28T20:00:00Z')).toEqual([
      false,
      '2026-03-29T07:00:00.000Z',
    ]);
    expect(look({ from: '02:15', to: '02:45' }, '2026-03-28T20:00:00Z')).toEqual([
      false,
      '2026-03-30T00:15:00.000Z',
    ]);
  });

  test('that never opens has nothing to wait for', () => {
    const holidays = Array.from({ length: 366 }, (_, day) =>
      new Date(at('2026-03-27T00:00:00Z') + (day - 1) * 86_400_000).toISOString().slice(0, 10),
    );
    expect(
      look(
        { from: '09:00', to: '10:00', days: ['monday'], holidays: holidays },
        '2026-03-27T10:00:00Z',
        'UTC',
      )[0],
    ).toBe(false);
  });
});
