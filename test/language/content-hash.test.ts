import { canonicalJson, contentHash } from '../../src/language/content-hash';

test('the order of keys does not matter, the order of lists does', () => {
  expect(contentHash({ a: 1, b: { d: [1, 2], c: null } })).toBe(
    contentHash({ b: { c: null, d: [1, 2] }, a: 1 }),
  );
  expect(contentHash([1, 2])).not.toBe(contentHash([2, 1]));
});

test('absent and null are different contents', () => {
  expect(canonicalJson({ a: undefined })).toBe('{}');
  expect(contentHash({ a: null })).not.toBe(contentHash({}));
});
