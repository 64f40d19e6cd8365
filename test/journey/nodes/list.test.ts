import type { Json } from '../../../src/journey/json';
import { problemsOf, runNode } from '../../support/node';

const variables = {
  list: ['b', 'a', 'b'],
  numbers: [10, '9', 2],
  people: [
    { name: 'Bo', age: 30 },
    { name: 'Al', age: 30 },
    { name: 'Cy', age: 7 },
  ],
  text: 'abc',
  many: Array.from({ length: 1_000 }, (_, index) => index),
};
const LIST = '{{ variables.list }}';

async function result(data: object): Promise<Json | undefined> {
  const { variables: after, error } = await runNode(
    'list',
    { ...data, variable: 'it' },
    { variables },
  );
  return error?.code ?? after['it'];
}

it.each<[object, Json]>([
  [{ operation: 'append', values: LIST, item: 'c' }, ['b', 'a', 'b', 'c']],
  [{ operation: 'append', values: '{{ variables.missing }}', item: 'c' }, ['c']],
  [{ operation: 'append', values: ['a'], item: ['b', 'c'] }, ['a', 'b', 'c']],
  [{ operation: 'append', values: ['a'], item: '{{ variables.missing }}' }, ['a', null]],
  [{ operation: 'prepend', values: LIST, item: '{{ variables.text }}' }, ['abc', 'b', 'a', 'b']],
  [{ operation: 'remove', values: LIST, item: 'b' }, ['a']],
  [{ operation: 'remove', values: [1, '2', 3], item: [2, '3'] }, [1]],
  [{ operation: 'unique', values: LIST }, ['b', 'a']],
  [
    { operation: 'unique', values: [{ a: 1 }, { a: '1' }, [1], ['1'], null, null] },
    [{ a: 1 }, [1], null],
  ],
  [{ operation: 'reverse', values: [1, 2] }, [2, 1]],
  [{ operation: 'length', values: LIST }, 3],
  [{ operation: 'length', values: '{{ variables.missing }}' }, 0],
  [{ operation: 'first', values: LIST }, 'b'],
  [{ operation: 'last', values: [] }, null],
  [{ operation: 'join', values: ['a', 1], separator: ', ' }, 'a, 1'],
  [{ operation: 'sort', values: '{{ variables.numbers }}' }, [2, '9', 10]],
  [{ operation: 'sort', values: ['b', 'a10', 'a9'], order: 'descending' }, ['b', 'a9', 'a10']],
  [
    { operation: 'sort', values: '{{ variables.people }}', by: 'age', order: 'descending' },
    [
      { name: 'Bo', age: 30 },
      { name: 'Al', age: 30 },
      { name: 'Cy', age: 7 },
    ],
  ],
  [{ operation: 'slice', values: LIST, start: 1 }, ['a', 'b']],
  [{ operation: 'slice', values: [1, 2, 3], start: 0, end: -1 }, [1, 2]],
  [{ operation: 'contains', values: LIST, item: 'a' }, true],
  [{ operation: 'contains', values: [1], item: '1' }, true],
  [{ operation: 'contains', values: LIST, item: 'z' }, false],
  [{ operation: 'index_of', values: LIST, item: 'a' }, 1],
  [{ operation: 'index_of', values: LIST, item: 'z' }, -1],
])('%j is %j', async (data, expected) => {
  expect(await result(data)).toEqual(expected);
});

it.each<[object, string]>([
  [{ operation: 'length', values: '{{ variables.text }}' }, 'list.not_a_list'],
  [{ operation: 'first', values: '{{ 5 }}' }, 'list.not_a_list'],
  [{ operation: 'sort', values: [1, 'a', true] }, 'list.not_comparable'],
  [{ operation: 'sort', values: '{{ variables.people }}' }, 'list.not_comparable'],
  [{ operation: 'sort', values: '{{ variables.people }}', by: 'toString' }, 'list.not_comparable'],
  [{ operation: 'slice', values: LIST, start: 0.5 }, 'list.not_a_position'],
  [{ operation: 'join', values: [null], separator: '' }, 'list.not_a_text'],
  [
    { operation: 'unique', values: '{{ variables.many | concat: variables.list }}' },
    'list.too_long',
  ],
  [
    {
      operation: 'remove',
      values: '{{ variables.many }}',
      item: '{{ variables.many | concat: variables.list }}',
    },
    'list.too_long',
  ],
])('%j fails with %s', async (data, code) => {
  expect(await result(data)).toBe(code);
});

it('finds what is the same among many items without a long pause', async () => {
  expect(await result({ operation: 'unique', values: '{{ variables.many }}' })).toHaveLength(1_000);
});

it.each([
  [{ operation: 'append', values: [], variable: 'x' }, 'item'],
  [{ operation: 'length', values: [], item: 1, variable: 'x' }, 'item'],
  [{ operation: 'length', values: 'abc', variable: 'x' }, 'values'],
  [{ operation: 'sort', values: [], order: 'up', variable: 'x' }, 'order'],
  [{ operation: 'shuffle', values: [], variable: 'x' }, 'operation'],
  [{ operation: 'length', values: [] }, 'variable'],
])('refuses %j', (data, field) => {
  expect(problemsOf('list', data).join()).toContain(field);
});
