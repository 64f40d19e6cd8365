import { duration, durationText, parseDuration } from '../../src/journey/duration';

test.each([
  ['500ms', 500],
  ['1s500ms', 1_500],
  ['-250ms', -250],
  ['1h30m', 5_400_000],
  ['5m', 300_000],
])('%s is %i milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([0, 1, 999, 1_000, 1_500, 90_000, 86_400_000, -1, -60_000])(
  'a text of %i milliseconds says exactly that',
  (milliseconds) => {
    expect(duration.parse(durationText(milliseconds))).toBe(milliseconds);
  },
);

test.each([
  [5, '5 has no unit. Write "5s" for seconds, or another unit: m, h, d, w.'],
  [1.5, '1.5 has no unit. Write a whole number with one, such as "90s", "15m" or "2d".'],
  [undefined, 'This field is required: a length of time such as "2d".'],
])('%p is no duration', (input, message) => {
  expect(duration.safeParse(input).error?.issues[0]?.message).toBe(message);
});
