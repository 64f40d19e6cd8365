import { calendarOf } from '../../src/evaluate/calendar';
import { at } from './facts';

const berlin = calendarOf('Europe/Berlin');

test('a shift keeps the time of day across both changes of the clocks', () => {
  expect(berlin.shift(at('2026-03-28T08:00:00Z'), { days: 1 })).toBe(at('2026-03-29T07:00:00Z'));
  expect(berlin.shift(at('2026-10-24T07:00:00Z'), { days: 1 })).toBe(at('2026-10-25T08:00:00Z'));
});

test('a shift into a gap means the first instant behind it, into an hour that comes twice its first', () => {
  expect(berlin.shift(at('2026-03-28T01:30:00Z'), { days: 1 })).toBe(at('2026-03-29T01:00:00Z'));
  expect(berlin.shift(at('2026-10-24T00:30:00Z'), { days: 1 })).toBe(at('2026-10-25T00:30:00Z'));
});

test('a shift by nothing moves nothing, also in the second of two hours alike', () => {
  const second = at('2026-10-25T01:30:00Z');
  expect(berlin.shift(second, { days: 0 })).toBe(second);
});

test('the start of an hour that comes twice is its own', () => {
  expect(berlin.startOf(at('2026-10-25T01:30:00Z'), 'hour')).toBe(at('2026-10-25T01:00:00Z'));
  expect(berlin.endOf(at('2026-10-25T00:30:00Z'), 'hour')).toBe(at('2026-10-25T00:59:59.999Z'));
});

test('a day that begins behind a gap begins there, and one of 23 hours ends after 23', () => {
  const cairo = calendarOf('Africa/Cairo');
  expect(cairo.startOf(at('2026-04-24T10:00:00Z'), 'day')).toBe(at('2026-04-23T22:00:00Z'));
  expect(cairo.wallClock(at('2026-04-23T22:00:00Z'))?.time).toBe('01:00');
  expect(berlin.endOf(at('2026-03-29T10:00:00Z'), 'day')).toBe(at('2026-03-29T21:59:59.999Z'));
});

test('days are counted by the calendar, hours by the clock', () => {
  const [from, to] = [at('2026-03-28T23:00:00Z'), at('2026-03-29T22:00:00Z')];
  expect(berlin.difference(from, to, 'days')).toBe(1);
  expect(berlin.difference(from, to, 'hours')).toBe(23);
  expect(berlin.difference(to, from, 'days')).toBe(-1);
  expect(Object.is(berlin.difference(to, from, 'weeks'), 0)).toBe(true);
});

test('what cannot be written is null instead of an exception', () => {
  for (const bad of [
    Number.NaN,
    1.5,
    Number.POSITIVE_INFINITY,
    1e300,
    at('9999-06-01T00:00:00Z'),
  ]) {
    expect(berlin.text(bad)).toBeNull();
    expect(berlin.wallClock(bad)).toBeNull();
    expect(berlin.shift(bad, { days: 1 })).toBeNull();
    expect(berlin.startOf(bad, 'day')).toBeNull();
    expect(berlin.endOf(bad, 'year')).toBeNull();
    expect(berlin.difference(bad, 0, 'days')).toBeNull();
  }
});
