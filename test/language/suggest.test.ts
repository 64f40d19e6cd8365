import { editDistance, suggest } from '../../src/language/suggest';

test.each([
  ['send_emial', ['wait', 'send_email'], 'send_email'],
  ['SEND-EMAIL', ['wait', 'send_email'], 'send_email'],
  ['wait_for', ['wait_for_event', 'condition'], 'wait_for_event'],
  ['fro', ['for', 'until'], 'for'],
  ['b', ['a', 'c'], undefined],
  ['something', ['wait', 'end'], undefined],
  ['gte', ['greater_than', 'greater_or_equal'], 'greater_or_equal'],
  ['eq', ['less_than', 'equals'], 'equals'],
  ['lt', ['let'], 'let'],
  ['', ['wait'], undefined],
  ['x'.repeat(10_000), ['x'], undefined],
])('%p among %p means %p', (word, candidates, meant) => {
  expect(suggest(word, candidates)).toBe(meant);
});

test('counts a swap of neighbours as one edit', () => {
  expect(editDistance('evnet', 'event')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('ca', 'abc')).toBe(3);
  expect(editDistance('abcd', 'badc', 2)).toBe(2);
});

test('tells distances up to the limit exactly, and of others only that they lie above it', () => {
  const words = ['', 'a', 'ab', 'ba', 'abc', 'acb', 'bca', 'cabb', 'abab', 'bbaac'];
  for (const a of words) {
    for (const b of words) {
      const exact = editDistance(a, b);
      for (const limit of [0, 1, 2]) {
        if (exact <= limit) expect(editDistance(a, b, limit)).toBe(exact);
        else expect(editDistance(a, b, limit)).toBeGreaterThan(limit);
      }
    }
  }
});
