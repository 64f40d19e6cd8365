import { matchesPattern, patternProblem } from '../../src/evaluate/regex';

test('a pattern is unanchored, and says itself when case does not matter', () => {
  expect(matchesPattern('b+', 'abba')).toBe(true);
  expect(matchesPattern('^b', 'abba')).toBe(false);
  expect(matchesPattern('(?i)ABBA', 'abba')).toBe(true);
});

test('patterns that RE2 refuses have a problem in plain words', () => {
  expect(patternProblem('a|b')).toBeNull();
  for (const pattern of ['(', '(?=a)', '(a)\\1', 'a{1001}'])
    expect(patternProblem(pattern)).toMatch(/^the pattern is not valid RE2: /);
  expect(patternProblem('a'.repeat(501))).toBe('the pattern is longer than 500 characters');
});

test('what hangs a backtracking engine is answered at once', () => {
  expect(matchesPattern('^(a+)+$', `${'a'.repeat(9_000)}!`)).toBe(false);
});

test('a text that is too long is not tried', () => {
  expect(matchesPattern('a', 'a'.repeat(10_001))).toBe(
    'the text is longer than the 10000 characters that a pattern is tried on',
  );
});
