import type { Json } from '../../../src/journey/json';
import { problemsOf, runNode } from '../../support/node';
import { ada } from '../../support/simulator';

const variables = { list: [3, '4', 5], text: 'ten', n: '12.5', none: [] };
const contact = { ...ada, score: 42 };

async function result(data: object): Promise<Json | undefined> {
  const { variables: after, error } = await runNode(
    'math',
    { ...data, variable: 'it' },
    { contact, variables },
  );
  return error?.code ?? after['it'];
}

it.each<[string, Json, Json, Json]>([
  ['add', 0.1, 0.2, 0.3],
  ['add', '{{ contact.score }}', '{{ variables.n }}', 54.5],
  ['subtract', 1, 0.9, 0.1],
  ['multiply', 1.1, 3, 3.3],
  ['multiply', -1, 0, 0],
  ['divide', 10, 4, 2.5],
  ['divide', 1, 3, 0.333333333333333],
  ['modulo', 7, 5, 2],
  ['modulo', -1, 7, 6],
  ['modulo', 1, -7, -6],
  ['modulo', -7, 7, 0],
  ['power', 2, 10, 1024],
  ['power', 9, 0.5, 3],
  ['power', 0, 0, 1],
  ['divide', 1, 0, 'math.division_by_zero'],
  ['modulo', 1, '0', 'math.division_by_zero'],
  ['power', 0, -1, 'math.division_by_zero'],
  ['power', -8, 0.5, 'math.no_result'],
  ['power', 10, 400, 'math.no_result'],
  ['multiply', 1e300, 1e300, 'math.no_result'],
  ['add', '{{ variables.text }}', 1, 'math.not_a_number'],
  ['add', 1, '{{ variables.missing }}', 'math.not_a_number'],
  ['add', 1, '{{ variables.list }}', 'math.not_a_number'],
  ['add', 1, '{{ true }}', 'math.not_a_number'],
])('%s %j and %j is %j', async (operation, value, operand, expected) => {
  expect(await result({ operation, value, operand })).toBe(expected);
});

it.each<[string, Json, number | undefined, number]>([
  ['round', 2.5, undefined, 3],
  ['round', -2.5, undefined, -3],
  ['round', 1.005, 2, 1.01],
  ['round', -0.4, undefined, 0],
  ['round', 1e-7, 2, 0],
  ['round', 1e21, 2, 1e21],
  ['floor', '19.99', undefined, 19],
  ['floor', -1.234, 2, -1.24],
  ['ceil', 1.201, 2, 1.21],
  ['ceil', -1.9, undefined, -1],
  ['abs', -3.25, undefined, 3.25],
  ['abs', -3.25, 1, 3.3],
])('%s %j to %j decimals is %d', async (operation, value, decimals, expected) => {
  expect(await result({ operation, value, ...(decimals === undefined ? {} : { decimals }) })).toBe(
    expected,
  );
});

it.each<[string, Json, Json]>([
  ['min', [3, 1, 2], 1],
  ['max', '{{ variables.list }}', 5],
  ['sum', '{{ variables.list }}', 12],
  ['sum', [], 0],
  ['average', ['{{ contact.score }}', 43], 42.5],
  ['max', [], 'math.no_values'],
  ['average', '{{ variables.missing }}', 'math.no_values'],
  ['max', '{{ variables.text }}', 'math.not_a_number'],
  ['max', [1, '{{ variables.text }}'], 'math.not_a_number'],
])('%s of %j is %j', async (operation, values, expected) => {
  expect(await result({ operation, values })).toBe(expected);
});

it('rounds any result to the decimals asked for', async () => {
  expect(await result({ operation: 'divide', value: 2, operand: 3, decimals: 2 })).toBe(0.67);
  expect(await result({ operation: 'average', values: [1, 2, 2], decimals: 1 })).toBe(1.7);
});

it('takes the error port with a code, a sentence and nothing written', async () => {
  const data = { operation: 'divide', value: 7, operand: '{{ variables.zero }}', variable: 'it' };
  const { steps, variables: after } = await runNode('math', data, { variables: { zero: 0 } });
  expect(steps).toMatchObject([
    { port: 'error', code: 'math.division_by_zero', reason: '7 cannot be divided by 0.' },
  ]);
  expect(after).toEqual({ zero: 0 });
});

it('names the operand that is no number', async () => {
  const data = { operation: 'sum', values: [1, '{{ variables.text }}'], variable: 'it' };
  const { steps } = await runNode('math', data, { variables });
  expect(steps[0]?.reason).toBe('"values[1]" is "ten"; a number is needed.');
});

it.each([
  [{ operation: 'add', value: 1, variable: 'x' }, 'operand'],
  [{ operation: 'round', value: 1, operand: 2, variable: 'x' }, 'operand'],
  [{ operation: 'add', value: 'ten', operand: 1, variable: 'x' }, 'value'],
  [{ operation: 'root', value: 1, variable: 'x' }, 'operation'],
  [{ operation: 'abs', value: 1 }, 'variable'],
  [{ operation: 'abs', value: 1, decimals: 11, variable: 'x' }, 'decimals'],
  [{ operation: 'max', values: 'all', variable: 'x' }, 'values'],
])('refuses %j', (data, field) => {
  expect(problemsOf('math', data).join()).toContain(field);
});
