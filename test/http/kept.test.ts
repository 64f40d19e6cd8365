import { createKept } from '../../src/http/kept';

/** Counts how often it was asked. */
function counting() {
  let count = 0;
  return async () => {
    count += 1;
    return count;
  };
}

test('what is counted quickly is counted anew', async () => {
  const kept = createKept<number>({ quickMs: Number.POSITIVE_INFINITY });
  const count = counting();
  expect([await kept('a', count), await kept('a', count)]).toEqual([1, 2]);
});

test('what took long is kept, by its key', async () => {
  const kept = createKept<number>({ quickMs: 0 });
  const slowly = async () => {
    await new Promise(setImmediate);
    return counted();
  };
  const counted = counting();
  expect([await kept('a', slowly), await kept('a', slowly), await kept('b', slowly)]).toEqual([
    1, 1, 2,
  ]);
});

test('who asks while it is being counted gets that count', async () => {
  const kept = createKept<number>();
  const count = counting();
  expect(await Promise.all([kept('a', count), kept('a', count)])).toEqual([1, 1]);
});

test('a count that fails is not kept, and tells everybody who waits for it', async () => {
  const kept = createKept<number>({ quickMs: 0 });
  const fails = () => Promise.reject(new Error('away'));
  const both = await Promise.allSettled([kept('a', fails), kept('a', fails)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await kept('a', counting())).toBe(1);
});
