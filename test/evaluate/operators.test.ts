import fc from 'fast-check';
import { conditionGroup } from '../../src/journey/condition';
import { createEvaluators } from '../../src/evaluate/evaluators';
import type { Json } from '../../src/journey/json';
import { OPERATOR_NAMES, type OperatorName } from '../../src/journey/operators';
import { factsOf, judged } from './facts';

type Case = readonly [actual: Json | undefined, operand: Json | undefined, expected: boolean];

/** Actual value, operand, answer; `undefined` is a missing attribute, or no operand. */
const CASES: Readonly<Record<OperatorName, readonly Case[]>> = {
  equals: [
    ['pro', 'pro', true],
    ['pro', 'Pro', false],
    [5, '5', true],
    ['5.0', 5, true],
    ['5.0', '5', false],
    [true, 'true', true],
    ['false', false, true],
    [true, 1, false],
    [['a', 1], ['a', '1'], true],
    [['a'], ['a', 'b'], false],
    [['b', 'a'], ['a', 'b'], false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 2 }, false],
    [undefined, 'x', false],
    [null, null, false],
    ['', 0, false],
  ],
  not_equals: [
    ['pro', 'free', true],
    ['pro', 'pro', false],
    [undefined, 'x', true],
    [5, '5', false],
    [true, 1, true],
  ],
  greater_than: [
    [6, 5, true],
    [5, 5, false],
    ['10', 9, true],
    ['10', '9', true],
    ['b', 'a', true],
    ['x', 5, false],
    [undefined, 1, false],
    [[9], 1, false],
    [true, 0, false],
  ],
  less_than: [
    [4, 5, true],
    ['9', '10', true],
    ['a', 'b', true],
    [5, 5, false],
    [null, 5, false],
    [{}, 5, false],
  ],
  greater_or_equal: [
    [5, 5, true],
    ['5', 5.5, false],
    ['abc', 'abc', true],
    [undefined, 0, false],
  ],
  less_or_equal: [
    [5, '5', true],
    [6, 5, false],
    ['1e2', 100, true],
    [undefined, 0, false],
  ],
  contains: [
    ['cart paid', 'paid', true],
    ['Cart', 'cart', false],
    [['a', 'b'], 'b', true],
    [[1, 2], '2', true],
    [['ab'], 'a', false],
    [1234, 23, true],
    [undefined, 'a', false],
    [true, 'true', false],
  ],
  not_contains: [
    ['cart', 'paid', true],
    [['a'], 'a', false],
    [undefined, 'a', true],
  ],
  starts_with: [
    ['ada@x', 'ada', true],
    ['ada', 'Ada', false],
    [4915, '49', true],
    [['ada'], 'ada', false],
    [undefined, 'a', false],
  ],
  ends_with: [
    ['a@x.de', '.de', true],
    ['a@x.com', '.de', false],
    [undefined, 'a', false],
  ],
  matches_regex: [
    ['Order 42', '\\d+', true],
    ['ADA', '(?i)ada', true],
    ['ADA', 'ada', false],
    [42, '^4', true],
    ['a', '(', false],
    ['a', '(?=a)', false],
    [undefined, '.*', false],
    [['a'], 'a', false],
  ],
  in: [
    ['pro', ['free', 'pro'], true],
    [5, ['5'], true],
    ['x', [], false],
    [undefined, ['x'], false],
    [null, [null], false],
  ],
  not_in: [
    ['x', ['free', 'pro'], true],
    ['pro', ['pro'], false],
    [undefined, ['x'], true],
  ],
  includes: [
    [['a', 'b'], 'a', true],
    [['a'], 'b', false],
    ['abc', 'a', false],
    [[['a']], ['a'], true],
    [undefined, 'a', false],
  ],
  not_includes: [
    [['a'], 'b', true],
    [['a'], 'a', false],
    ['abc', 'a', true],
    [undefined, 'a', true],
  ],
  exists: [
    ['', undefined, true],
    [0, undefined, true],
    [false, true, true],
    [null, undefined, false],
    [undefined, undefined, false],
    [undefined, false, true],
    ['x', false, false],
  ],
  not_exists: [
    [undefined, undefined, true],
    [null, undefined, true],
    ['', undefined, false],
    ['x', false, true],
  ],
  is_empty: [
    ['', undefined, true],
    [[], undefined, true],
    [null, undefined, true],
    [undefined, undefined, true],
    [0, undefined, false],
    [false, undefined, false],
    [{}, undefined, false],
    [' ', undefined, false],
  ],
  is_not_empty: [
    ['x', undefined, true],
    [undefined, undefined, false],
    [[], undefined, false],
  ],
  before_date: [
    ['2026-03-26', '2026-03-27', true],
    ['2026-03-27', '2026-03-27', false],
    ['2026-03-27T00:00:00Z', '2026-03-27', false],
    ['2026-03-26T22:59:59Z', '2026-03-27', true],
    ['soon', '2026-03-27', false],
    ['2026-02-30', '2026-03-27', false],
    [undefined, '2026-03-27', false],
    [5, '2026-03-27', false],
  ],
  after_date: [
    ['2026-03-28', '2026-03-27', true],
    ['2026-03-27', '2026-03-27', false],
    ['2026-03-27T10:00', '2026-03-27T08:59:59Z', true],
    [undefined, '2026-03-27', false],
  ],
  between_dates: [
    ['2026-03-27', ['2026-03-27', '2026-03-28'], true],
    ['2026-03-28', ['2026-03-27', '2026-03-28'], true],
    ['2026-03-28T12:00', ['2026-03-27', '2026-03-28'], false],
    ['2026-03-27', ['2026-03-28', '2026-03-27'], false],
    ['x', ['2026-03-27', '2026-03-28'], false],
    [undefined, ['2026-03-27', '2026-03-28'], false],
  ],
  newer_than: [
    ['2026-03-27T11:00:00Z', '2h', true],
    ['2026-03-27T10:00:00Z', '2h', false],
    ['2026-03-28', '1d', true],
    ['never', '1d', false],
    [undefined, '1d', false],
  ],
  older_than: [
    ['2026-03-27T09:00:00Z', '2h', true],
    ['2026-03-27T10:00:00Z', '2h', false],
    ['2026-03-27T11:00:00Z', { amount: 2, unit: 'hours' }, false],
    [undefined, '1d', false],
  ],
};

const withValue = (value: Json | undefined) => (value === undefined ? {} : { value });
const asked = (operator: OperatorName, actual: Json | undefined, operand: Json | undefined) =>
  judged([{ field: 'contact.x', operator, ...withValue(operand) }], {
    contact: { attributes: actual === undefined ? {} : { x: actual } },
  });

test('the table knows every operator', () => {
  expect(Object.keys(CASES).sort()).toEqual([...OPERATOR_NAMES].sort());
});

describe.each(OPERATOR_NAMES)('%s', (operator) => {
  test.each(CASES[operator])('%j against %j is %j', async (actual, operand, expected) => {
    const verdict = await asked(operator, actual, operand);
    expect(verdict.value).toBe(expected);
    expect(verdict.reason).toMatch(/^contact\.x /);
  });
});

const OPPOSITES = [
  ['equals', 'not_equals'],
  ['contains', 'not_contains'],
  ['in', 'not_in'],
  ['includes', 'not_includes'],
  ['exists', 'not_exists'],
  ['is_empty', 'is_not_empty'],
] as const;

const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const alike = fc.constantFrom<Json>(null, '', '5', 5, 5.5, 'true', true, [], ['5', true], { a: 1 });
const anyValue = fc.oneof(json, alike);

test.each(OPPOSITES)('%s and %s are exact opposites for any value', async (positive, negative) => {
  const { condition } = createEvaluators();
  const wanted =
    positive === 'in' ? fc.array(anyValue) : positive === 'exists' ? fc.boolean() : anyValue;
  await fc.assert(
    fc.asyncProperty(fc.option(anyValue, { nil: undefined }), wanted, async (actual, operand) => {
      const facts = factsOf({ contact: { attributes: actual === undefined ? {} : { x: actual } } });
      const ask = (operator: OperatorName) =>
        condition(
          {
            operator: 'AND',
            conditions: [
              {
                field: 'contact.x',
                operator,
                ...(positive === 'is_empty' ? {} : { value: operand }),
              },
            ],
          },
          facts,
        );
      expect((await ask(negative)).value).toBe(!(await ask(positive)).value);
    }),
  );
});

test('no operator throws for any value and any operand', async () => {
  const { condition } = createEvaluators();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...OPERATOR_NAMES),
      anyValue,
      anyValue,
      async (operator, actual, value) => {
        const facts = factsOf({ contact: { attributes: { x: actual } } });
        const verdict = await condition(
          { operator: 'AND', conditions: [{ field: 'x', operator, value }] },
          facts,
        );
        expect(typeof verdict.value).toBe('boolean');
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  [{ type: 'score', operator: '>', value: 50 }, 'score 42 is not greater_than 50'],
  [{ type: 'score', operator: '<', value: 50 }, 'score 42 is less_than 50'],
  [{ field: 'contact.plan', operator: 'equals', value: 'pro' }, 'contact.plan "free" is not "pro"'],
  [{ field: 'missing', operator: 'not_equals', value: 'pro' }, 'missing is missing'],
  [
    { field: 'plan', operator: 'greater_than', value: 3 },
    'plan "free" is not greater_than 3 ("free" cannot be compared with 3)',
  ],
  [
    { field: 'plan', operator: 'older_than', value: '1d' },
    'plan "free" is not older than "1d" ("free" is not a date)',
  ],
  [{ field: 'email', operator: 'exists' }, 'email exists'],
  [{ type: 'tag', operator: 'includes', value: 'vip' }, 'has no tag "vip"'],
])('%j explains itself', async (condition, reason) => {
  expect(
    (await judged([condition], { contact: { score: 42, attributes: { plan: 'free' } } })).reason,
  ).toBe(reason);
});

test('a parsed operator reads back as it was written', () => {
  for (const operator of OPERATOR_NAMES) {
    const [, operand] = CASES[operator][0] ?? [];
    const group = conditionGroup.parse([
      { field: 'x', operator: operator.toUpperCase(), ...withValue(operand) },
    ]);
    expect(group.conditions[0]).toMatchObject({ operator });
  }
});
