import { editDistance, suggest } from '../../src/language/suggest';

test.each([
  ['send_emial', ['wait', 'send_email'], 'send_email'],
  ['SEND-EMAIL', ['wait', 'send_email'], 'send_email'],
  ['wait_for', ['wait_for_event', 'condition'], 'wait_for_event'],
  ['fro', ['for', 'until'], 'for'],
  ['b', ['a', 'c'], undefined],
  ['something', ['wait', 'end'], undefined],
  ['', ['wait'], undefined],
  ['x'.repeat(10_000), ['x'], undefined],
])('%p among %p means %p', (word, candidates, meant) => {
  expect(suggest(word, candidates)).toBe(meant);
});

test('counts a swap of neighbours as one edit', () => {
  expect(editDistance('evnet', 'event')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
});
