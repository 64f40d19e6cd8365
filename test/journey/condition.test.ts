import { z } from 'zod';
import { conditionGroup } from '../../src/journey/condition';
import type { Json } from '../../src/journey/json';
import { OPERATOR_NAMES } from '../../src/journey/operators';
import { readable } from '../../src/language/readable';

const problems = (input: unknown) => {
  const parsed = conditionGroup.safeParse(input);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test('a bare list means AND, and other spellings become the canonical ones', () => {
  const parsed = conditionGroup.parse([
    { type: 'TAG', operator: '==', value: 'vip' },
    {
      operator: 'or',
      conditions: [{ field: 'contact.plan', operator: 'Starts_With', value: 'pro' }],
    },
    { type: 'event', event: 'email.opened', within: '2 days' },
    {
      type: 'composite',
      operator: 'not',
      conditions: [{ type: 'field', field: 'a', operator: '>=', value: 3 }],
    },
    [{ type: 'time', window: { from: '09:00', to: '17:00', days: ['Monday'] } }],
  ]);
  expect(parsed).toEqual({
    operator: 'AND',
    conditions: [
      { type: 'tag', operator: 'equals', value: 'vip' },
      {
        operator: 'OR',
        conditions: [{ field: 'contact.plan', operator: 'starts_with', value: 'pro' }],
      },
      {
        type: 'event',
        event: 'email.opened',
        operator: 'occurred',
        count: 1,
        within: 172_800_000,
        since: 'enrolled',
      },
      { operator: 'NOT', conditions: [{ field: 'a', operator: 'greater_or_equal', value: 3 }] },
      {
        operator: 'AND',
        conditions: [
          {
            type: 'time',
            window: { from: '09:00', to: '17:00', days: ['monday'], timeZone: 'contact' },
          },
        ],
      },
    ],
  });
  const written = readable(parsed as unknown as Json, conditionGroup);
  expect(conditionGroup.parse(written)).toEqual(parsed);
});

test('a group takes ten entries, an eleventh is refused', () => {
  const entries = (count: number) =>
    Array.from({ length: count }, () => ({ field: 'a', operator: 'exists' }));
  expect(problems(entries(10))).toEqual([]);
  expect(problems({ operator: 'OR', conditions: [entries(11)] })).toEqual([
    'conditions.0.conditions: A group takes 10 conditions at most; nest groups for more.',
  ]);
});

test.each([
  [[{ field: 'a', operator: 'in', value: 'x' }], 'conditions.0.value: in takes a list.'],
  [
    [{ field: 'a', operator: 'between_dates', value: ['2026-01-01'] }],
    'conditions.0.value: between_dates takes a list of two dates, [from, to].',
  ],
  [
    [{ field: 'a', operator: 'newer_than', value: '3 months' }],
    'conditions.0.value: newer_than takes a duration such as "30d".',
  ],
  [[{ field: 'a', operator: 'equals' }], 'conditions.0.value: equals needs a value.'],
  [
    [{ field: 'a', operator: 'is_empty', value: 1 }],
    'conditions.0.value: is_empty takes no value.',
  ],
  [
    [{ field: 'a', operator: 'exists', value: 'yes' }],
    'conditions.0.value: exists takes true, false or no value.',
  ],
  [
    [{ field: 'a', operator: 'matches_regex', value: 'x'.repeat(501) }],
    'conditions.0.value: matches_regex takes a pattern of 500 characters at most.',
  ],
  [
    [{ field: 'a', operator: 'before_date', value: 5 }],
    'conditions.0.value: before_date takes a date such as "2026-03-27" or "2026-03-27T09:00:00Z".',
  ],
  [
    [{ type: 'event', event: 'x', within: '-1h' }],
    'conditions.0.within: A look back takes a positive duration.',
  ],
  [
    [{ type: 'time', window: { from: '24:00', to: '09:00' } }],
    'conditions.0.window.from: A time of day is written as "09:00", from "00:00" to "23:59".',
  ],
])('%j is refused where it is wrong', (input, problem) => {
  expect(problems(input)).toEqual([problem]);
});

test('unknown kinds, operators and fields are refused', () => {
  expect(problems([{ type: 'tagg', operator: 'equals', value: 1 }])[0]).toMatch(
    /^conditions\.0\.type: /,
  );
  expect(problems([{ field: 'a', operator: 'equal', value: 1 }])[0]).toMatch(
    /^conditions\.0\.operator: /,
  );
  expect(problems([{ field: 'a', operator: 'equals', value: 1, valeu: 2 }])[0]).toMatch(
    /^conditions\.0: .*valeu/,
  );
  expect(problems('vip')).not.toEqual([]);
});

test('a Liquid text is accepted for any operand, since only rendering tells its type', () => {
  expect(problems([{ field: 'a', operator: 'in', value: '{{ variables.plans }}' }])).toEqual([]);
});

test('hostile nesting is refused instead of exhausting the stack', () => {
  let nested: unknown = [];
  for (let depth = 0; depth < 50_000; depth += 1) nested = [nested];
  expect(problems(nested)).toEqual([': Conditions are nested too deeply. Flatten the groups.']);
});

test('the JSON Schema names every operator and describes every field', () => {
  const schema = z.toJSONSchema(conditionGroup, { io: 'input' });
  const text = JSON.stringify(schema);
  for (const name of OPERATOR_NAMES) expect(text).toContain(`"${name}"`);
  expect(undescribed(schema)).toEqual([]);
});

function undescribed(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const missing =
      key === 'properties'
        ? Object.entries(value as Record<string, { description?: string }>).flatMap(
            ([name, property]) => (property.description ? [] : [`${path}.${name}`]),
          )
        : [];
    return [...missing, ...undescribed(value, `${path}.${key}`)];
  });
}
