import type { Json } from '../../../src/journey/json';
import { problemsOf, runNode } from '../../support/node';

const variables = {
  name: 'ada lovelace',
  list: ['a', 1, 'c'],
  odd: ['a', null],
  long: 'x'.repeat(60_000),
  empty: '',
};

async function result(data: object): Promise<Json | undefined> {
  const { variables: after, error } = await runNode(
    'text',
    { ...data, variable: 'it' },
    { variables },
  );
  return error?.code ?? after['it'];
}

it.each<[object, Json]>([
  [{ operation: 'upper', value: '{{ variables.name }}' }, 'ADA LOVELACE'],
  [{ operation: 'lower', value: 'ÄB' }, 'äb'],
  [{ operation: 'capitalize', value: '{{ variables.name }}' }, 'Ada lovelace'],
  [{ operation: 'capitalize', value: '' }, ''],
  [{ operation: 'trim', value: '\t a b \n' }, 'a b'],
  [{ operation: 'length', value: 'a👋🏽' }, 3],
  [{ operation: 'length', value: 1234 }, 4],
  [{ operation: 'replace', value: 'a.b.c', search: '.', replacement: '$&' }, 'a$&b$&c'],
  [{ operation: 'replace', value: '030 12 3', search: ' ' }, '030123'],
  [{ operation: 'split', value: 'a, b', separator: ', ' }, ['a', 'b']],
  [{ operation: 'split', value: 'a👋b', separator: '' }, ['a', '👋', 'b']],
  [{ operation: 'split', value: '', separator: ',' }, ['']],
  [{ operation: 'join', values: '{{ variables.list }}', separator: '-' }, 'a-1-c'],
  [{ operation: 'join', values: '{{ variables.missing }}', separator: '-' }, ''],
  [{ operation: 'concat', values: ['Hi ', '{{ variables.name }}', 1] }, 'Hi ada lovelace1'],
  [{ operation: 'slice', value: '👋abc', start: 1, end: 3 }, 'ab'],
  [{ operation: 'slice', value: 'abc', start: '-2' }, 'bc'],
  [{ operation: 'slice', value: 'abc', start: 9 }, ''],
  [{ operation: 'slice', value: 'abc', start: 0, end: '{{ 1 | plus: 1 }}' }, 'ab'],
])('%j is %j', async (data, expected) => {
  expect(await result(data)).toEqual(expected);
});

it.each<[object, string]>([
  [{ operation: 'upper', value: '{{ variables.missing }}' }, 'text.not_a_text'],
  [{ operation: 'upper', value: '{{ variables.list }}' }, 'text.not_a_text'],
  [{ operation: 'concat', values: '{{ variables.odd }}' }, 'text.not_a_text'],
  [{ operation: 'concat', values: '{{ variables.name }}' }, 'text.not_a_list'],
  [{ operation: 'slice', value: 'abc', start: 1.5 }, 'text.not_a_position'],
  [{ operation: 'slice', value: 'abc', start: '{{ variables.name }}' }, 'text.not_a_position'],
  [{ operation: 'replace', value: 'abc', search: '{{ variables.empty }}' }, 'text.empty_search'],
  [
    { operation: 'concat', values: ['{{ variables.long }}', '{{ variables.long }}'] },
    'text.too_long',
  ],
  [
    { operation: 'replace', value: '{{ variables.long }}', search: 'x', replacement: '12' },
    'text.too_long',
  ],
  [{ operation: 'join', values: [1, 2, 3], separator: '{{ variables.long }}' }, 'text.too_long'],
])('%j fails with %s', async (data, code) => {
  expect(await result(data)).toBe(code);
});

it('refuses to make a text of a size that nobody could hold, at once', async () => {
  const data = {
    operation: 'replace',
    value: '{{ variables.long }}',
    search: 'x',
    replacement: '{{ variables.long }}',
  };
  expect(await result(data)).toBe('text.too_long');
});

it.each([
  [{ operation: 'upper', variable: 'x' }, 'value'],
  [{ operation: 'split', value: 'a', variable: 'x' }, 'separator'],
  [{ operation: 'join', values: ['a'], variable: 'x' }, 'separator'],
  [{ operation: 'concat', values: ['a'], separator: ',', variable: 'x' }, 'separator'],
  [{ operation: 'concat', values: 'a', variable: 'x' }, 'values'],
  [{ operation: 'replace', value: 'a', variable: 'x' }, 'search'],
  [{ operation: 'rot13', value: 'a', variable: 'x' }, 'operation'],
  [{ operation: 'upper', value: 'a', variable: 'a.b' }, 'variable'],
])('refuses %j', (data, field) => {
  expect(problemsOf('text', data).join()).toContain(field);
});
