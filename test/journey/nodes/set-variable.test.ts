import type { Json } from '../../../src/journey/json';
import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

const contact = { ...ada, score: 42, attributes: { interests: ['ski', 'bike'] } };

it.each<[Json, Json]>([
  ['plain', 'plain'],
  [7, 7],
  [true, true],
  [null, null],
  ['{{ contact.score }}', 42],
  ['{{ contact.interests }}', ['ski', 'bike']],
  ['{{ contact.score }} points', '42 points'],
  [
    { who: '{{ first_name }}', list: ['{{ contact.score | plus: 1 }}'] },
    { who: 'Ada', list: [43] },
  ],
  ['{{ contact.missing }}', null],
])('sets %j as %j', async (value, expected) => {
  const result = await runNode('set_variable', { name: 'it', value }, { contact });
  expect(result.variables).toEqual({ it: expected });
  expect(result.steps).toMatchObject([{ port: 'next', output: { value: expected } }]);
});

it('replaces what the variable held, under any name', async () => {
  const result = await runNode(
    'set_variable',
    { name: '__proto__', value: '{{ variables.n | plus: 1 }}' },
    { variables: { n: 1 } },
  );
  expect(Object.entries(result.variables)).toEqual([
    ['n', 1],
    ['__proto__', 2],
  ]);
});

it('fails with a template that cannot be rendered', async () => {
  const value = '{{ variables.half }}'.repeat(21);
  const variables = { half: 'x'.repeat(50_000) };
  const result = await runNode('set_variable', { name: 'it', value }, { variables });
  expect(result).toMatchObject({
    status: 'failed',
    error: { code: 'template.failed', node: 'it' },
  });
  expect(result.variables).toEqual(variables);
});

it('fails when the value is too large to keep', async () => {
  const result = await runNode(
    'set_variable',
    { name: 'it', value: '{{ variables.half }}{{ variables.half }}' },
    { variables: { half: 'x'.repeat(50_000) } },
  );
  expect(result.error?.code).toBe('variable.too_large');
  expect(result.error?.message).toContain('100002 characters');
});

it.each([
  [{ name: 'a' }, 'value'],
  [{ value: 1 }, 'name'],
  [{ name: '', value: 1 }, 'name'],
  [{ name: 'a b', value: 1 }, 'name'],
  [{ name: '1a', value: 1 }, 'name'],
  [{ name: 'x'.repeat(65), value: 1 }, 'name'],
])('refuses %j', (data, field) => {
  expect(problemsOf('set_variable', data).join()).toContain(field);
});
