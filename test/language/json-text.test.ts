import fc from 'fast-check';
import { repeatsKey } from '../../src/language/json-keys';
import { parseDefinitionText } from '../../src/language/parse-definition';

const problems = (text: string) =>
  parseDefinitionText(text).errors.map(({ code, path, line, column }) => [
    code.replace('definition.', ''),
    path,
    line,
    column,
  ]);

describe('a name given twice in JSON', () => {
  test.each([
    ['{"a": 1, "a": 2}', true],
    ['{"a": 1, "\\u0061": 2}', true],
    ['{"a": {"b": 1}, "c": [{"b": 1}, {"b": 2}]}', false],
    ['{"a": {"b": 1, "c": {"b": 1}}}', false],
    ['[{"x": [{"y" : 1, "z": "y", "y"\n: 2}]}]', true],
    ['{"a": "b", "b": "a"}', false],
    ['{"a": "{\\"a\\": 1, \\"a\\": 2}\\\\"}', false],
    ['{"__proto__": 1, "__proto__": 2}', true],
    ['"a"', false],
  ])('%s: %s', (text, repeats) => {
    expect(repeatsKey(text)).toBe(repeats);
  });

  test('is found in no text that the host writes', () => {
    fc.assert(fc.property(fc.json(), (text) => !repeatsKey(text)));
  });

  test('is refused where it stands', () => {
    const text = '{\n  "name": "x",\n  "trigger": {"type": "manual", "type": "event"}\n}';
    expect(problems(text)).toEqual([['duplicate_key', '', 3, 33]]);
  });
});

test('what is wrong in JSON of many values has its line, too', () => {
  const events = Array.from({ length: 900 }, () => ({ after: '1h', type: 'cart.paid' }));
  const tests = [{ name: 'one', events, expect: { status: 'completed' } }];
  const steps = [{ id: 'a', type: 'exot' }];
  const input = { name: 'x', tests, trigger: { type: 'manual' }, steps };
  const text = JSON.stringify(input, null, 1);
  const line = text.split('\n').findIndex((each) => each.includes('exot')) + 1;
  expect(problems(text)).toEqual([['unknown_node_type', 'steps[0].type', line, 12]]);
});

describe('the key', () => {
  const missing = (written: object) =>
    parseDefinitionText(
      JSON.stringify({
        ...written,
        trigger: { type: 'manual' },
        steps: [{ id: 'a', type: 'exit' }],
      }),
    ).errors.map(({ code, path, message }) => [code.replace('definition.', ''), path, message]);

  test.each(['放弃购物车', '🎉', '  '])('that cannot be made from %j must be given', (name) => {
    const message =
      'No key can be made from this name. Give a "key" of lower-case letters, digits and "-", at most 64.';
    expect(missing({ name })).toEqual([['missing_field', 'key', message]]);
    expect(missing({ name, key: 'cart' })).toEqual([]);
  });

  test.each([{}, { name: 7 }, { name: '' }, { name: null }])(
    'of %j is not complained of beside the name',
    (written) => {
      expect(missing(written).map(([, path]) => path)).toEqual(['name']);
    },
  );

  test('that is wrong is complained of in any case', () => {
    expect(missing({ key: 'Über' }).map(([, path]) => path)).toEqual(['name', 'key']);
  });
});
