import { isUuid, newId } from '../src/ids';

test('ids are UUIDv7, and sort in the order they were made', () => {
  const ids = Array.from({ length: 1000 }, newId);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(1000);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});

test('only the usual spelling counts as a uuid', () => {
  expect(isUuid(newId().toUpperCase())).toBe(true);
  for (const text of [
    '',
    'abandoned-cart',
    `{${newId()}}`,
    `${newId()}\n`,
    newId().replaceAll('-', ''),
  ]) {
    expect(isUuid(text)).toBe(false);
  }
});
