import type { Definition } from '../../src/journey/definition';
import { exportDefinition } from '../../src/language/export-definition';
import { parseDefinition, parseDefinitionText } from '../../src/language/parse-definition';

const FORMS = ['graph', 'steps', 'actions'] as const;
const FORMATS = ['yaml', 'json'] as const;

const leaf = { field: 'email', operator: 'equals', value: 'a@example.com' };
const leaves = (count: number) => Array.from({ length: count }, () => leaf);

/** Groups in groups, ten wide. */
function nested(levels: number, entry: object): object {
  const inner = levels === 1 ? entry : nested(levels - 1, entry);
  return { operator: 'OR', conditions: Array.from({ length: 10 }, () => inner) };
}

const ask = (id: string, condition: unknown) => ({ id, type: 'condition', config: { condition } });
const journey = (steps: readonly object[], rest: object = {}) => ({
  name: 'Large',
  trigger: { type: 'manual' },
  steps,
  ...rest,
});
const leave = [{ id: 'leave', type: 'exit' }];
const problems = (input: unknown) =>
  parseDefinition(input).errors.map(
    ({ code, path }) => `${code.replace('definition.', '')} ${path}`,
  );

/** A test whose event carries this many properties. */
const carrying = (properties: object) => ({
  tests: [
    {
      name: 'Carries much',
      events: [{ after: '1h', type: 'app.used', properties }],
      expect: { status: 'completed' },
    },
  ],
});
const numbered = <T>(count: number, value: T) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`field_${index}`, value]));

/** As many properties as one test can carry. */
const MOST = mostProperties();

function mostProperties(): number {
  let [fits, spills] = [9_900, 10_000];
  while (spills - fits > 1) {
    const middle = Math.floor((fits + spills) / 2);
    const input = journey(leave, carrying(numbered(middle, 1)));
    if (problems(input).length === 0) fits = middle;
    else spills = middle;
  }
  return fits;
}

describe('values', () => {
  test('are counted alike in an object, in JSON and in YAML', () => {
    for (const [count, errors] of [
      [MOST, []],
      [MOST + 1, ['too_large ']],
      [12_500, ['too_large ']],
    ] as const) {
      const input = journey(leave, carrying(numbered(count, 1)));
      const json = JSON.stringify(input);
      // A remark makes it YAML.
      for (const each of [input, json, `${json} # YAML`]) expect(problems(each)).toEqual(errors);
    }
  });

  test('of one field count, too', () => {
    const set = numbered(20_000, 'x');
    expect(problems(journey([{ id: 'a', type: 'update_contact', config: { set } }]))).toEqual([
      'too_large ',
    ]);
  });

  test('that a default or a shorthand adds count, for an export has to be read again', () => {
    const conditions = Array.from({ length: 10 }, () => ({ type: 'event', event: 'cart.paid' }));
    const steps = Array.from({ length: 90 }, (_, index) => ask(`ask-${index}`, conditions));
    const rest = (count: number) => carrying(numbered(count, 1));
    expect(problems(journey(steps, rest(3_000)))).not.toContain('too_large ');
    expect(problems(journey(steps, rest(6_900)))).toEqual(['too_large ']);
  });

  test('nested in shorthands are as deep as what they stand for', () => {
    let condition: unknown = [leaf];
    for (let level = 0; level < 16; level += 1) condition = [condition];
    expect(problems(journey([ask('deep', condition)]))[0]).toMatch(/^too_deep steps\[0\]/);
  });
});

describe('conditions', () => {
  test('are 200 at most in one group with all that it nests', () => {
    const twice = [nested(2, leaf), nested(2, leaf)];
    expect(problems(journey([ask('a', twice)]))).toEqual([]);
    expect(problems(journey([ask('a', [...twice, leaf])]))).toEqual([
      'too_many_conditions steps[0].config.condition',
    ]);
    const settings = { exitWhen: nested(4, { ...leaf, valeu: 1 }) };
    expect(problems(journey(leave, { settings }))).toEqual(['too_large ']);
  });

  test('are 1,000 at most in all', () => {
    const steps = (count: number) =>
      Array.from({ length: count }, (_, index) => ask(`ask-${index}`, nested(2, leaf)));
    expect(problems(journey(steps(10)))).not.toContain('too_many_conditions ');
    expect(problems(journey(steps(11)))).toEqual(['too_many_conditions ']);
  });

  test('empty groups count as one each', () => {
    const empty = { operator: 'AND', conditions: [] };
    expect(problems(journey([ask('a', nested(3, empty))]))).toEqual([
      'too_many_conditions steps[0].config.condition',
    ]);
  });
});

describe('whatever can be imported can be exported and imported again', () => {
  const chain = (count: number, step: (id: string) => object) =>
    Array.from({ length: count }, (_, index) => ({
      ...step(`n${index}`),
      branches: { true: `n${index + 1}`, false: `n${index + 1}` },
    }));
  const many = [...chain(99, (id) => ask(id, leaves(10))), { id: 'n99', type: 'exit' }];
  let deep: unknown = leaves(10);
  for (let level = 0; level < 12; level += 1) deep = [deep];
  const lines = 'x\n'.repeat(100_000);
  const forks = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: `n${index}`,
      type: 'switch',
      config: {
        cases: Array.from({ length: 9 }, (_unused, way) => ({
          port: `way-${way}`,
          condition: [leaf],
        })),
      },
      branches: Object.fromEntries(
        [...Array.from({ length: 9 }, (_unused, way) => `way-${way}`), 'default'].map((port) => [
          port,
          `n${index + 1}`,
        ]),
      ),
    }));

  test.each<[string, () => object]>([
    ['many conditions', () => journey(many)],
    ['as many values as may be', () => journey(leave, carrying(numbered(MOST, 1)))],
    ['values in lists', () => journey(leave, carrying({ list: Array(9_900).fill(1) }))],
    ['values in objects', () => journey(leave, carrying(numbered(3_000, { a: { b: 'c' } })))],
    [
      'values nested deeply',
      () => journey([...chain(1, (id) => ask(id, deep)), { id: 'n1', type: 'exit' }]),
    ],
    ['texts of many lines', () => journey(leave, carrying({ lines }))],
    ['texts that are quoted', () => journey(leave, carrying({ quotes: '"\\'.repeat(200_000) }))],
    ['many edges', () => journey([...forks(70), { id: 'n70', type: 'exit' }])],
  ])('%s', (_name, input) => {
    const { definition, errors } = parseDefinitionText(JSON.stringify(input()));
    expect(errors).toEqual([]);
    for (const form of FORMS) {
      for (const format of FORMATS) {
        const text = exportDefinition(definition as Definition, { form, format });
        const again = parseDefinitionText(text);
        expect([form, format, again.errors]).toEqual([form, format, []]);
        expect(again.definition).toEqual(definition);
      }
    }
  });

  test('a definition of too many bytes is refused before it is stored', () => {
    expect(problems(journey(leave, carrying({ long: 'x'.repeat(950_000) })))).toEqual([
      'too_large ',
    ]);
  });
});
