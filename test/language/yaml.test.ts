import { parseDefinition, parseDefinitionText } from '../../src/language/parse-definition';
import { parseYaml } from '../../src/language/yaml';

function read(text: string): unknown {
  const { value, issues } = parseYaml(text);
  expect(issues).toBeNull();
  return value;
}

function problems(
  text: string,
): [code: string, line: number | undefined, column: number | undefined][] {
  return (parseYaml(text).issues ?? []).map(({ code, line, column }) => [
    code.replace('definition.', ''),
    line,
    column,
  ]);
}

describe('a text', () => {
  test.each<[string, unknown]>([
    ['a: no', { a: 'no' }],
    ['a: Yes', { a: 'Yes' }],
    ['a: on', { a: 'on' }],
    ['a: 22:30', { a: '22:30' }],
    ['a: 09:00', { a: '09:00' }],
    ['a: 2026-12-24', { a: '2026-12-24' }],
    ['a: 2026-12-24T09:00:00Z', { a: '2026-12-24T09:00:00Z' }],
    ["a: '2026-12-24'", { a: '2026-12-24' }],
    ['a: true', { a: true }],
    ['a: null', { a: null }],
    ['a:', { a: null }],
    ['a: 12', { a: 12 }],
    ['a: 0o17', { a: 15 }],
    ['a: 017', { a: 17 }],
    ['a: 1.5e3', { a: 1500 }],
    ['a: 1_000', { a: '1_000' }],
    ['a: 1h30m', { a: '1h30m' }],
    ['a: {{ b }}', undefined],
    ["a: '{{ b }}'", { a: '{{ b }}' }],
    ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
    ['a: >-\n  x\n  y\n', { a: 'x y' }],
    ['{true: 1, no: 2, 3: 4}', { true: 1, no: 2, 3: 4 }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['<<: 1', { '<<': 1 }],
    ['%YAML 1.1\n---\na: no\nb: 22:30\nc: 017', { a: 'no', b: '22:30', c: 17 }],
    ['# only a remark\na: 1 # and another', { a: 1 }],
    ['\uFEFFa: 1', { a: 1 }],
    ['a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
    ['{"a": [1, "\\u00e9\\ud83d\\uded2\\/"],\n\t"b": null}', { a: [1, 'é🛒/'], b: null }],
    ['__proto__: 1', JSON.parse('{"__proto__": 1}')],
  ])('%j', (text, value) => {
    if (value === undefined) expect(parseYaml(text).issues).not.toBeNull();
    else expect(read(text)).toEqual(value);
  });

  test.each<[string, string, number, number]>([
    ['a: 1\nb: [1, 2\nc: 3', 'unparsable', 3, 1],
    ['a: "x', 'unparsable', 1, 6],
    ['a: 1\n b: 2', 'unparsable', 1, 4],
    ['a:\n\tb: 1', 'unparsable', 2, 1],
    ['a: 1\na: 2', 'duplicate_key', 2, 1],
    ['a: {b: 1, "b": 2}', 'duplicate_key', 1, 11],
    ['{"a": 1, "a": 2}', 'duplicate_key', 1, 10],
    ['a: 1\n---\nb: 2', 'unparsable', 2, 1],
    ['a: *x', 'unparsable', 1, 4],
    ['a: !!binary x', 'unparsable', 1, 4],
    ['a: !thing x', 'unparsable', 1, 4],
    ['? [a]\n: 1', 'unparsable', 1, 3],
    ['a: .inf', 'wrong_value', 1, 4],
    ['a: .nan', 'wrong_value', 1, 4],
    ['{"a": 1,, "b": 2}', 'unparsable', 1, 9],
  ])('%j is refused as %s at %i:%i', (text, code, line, column) => {
    expect(problems(text)[0]).toEqual([code, line, column]);
  });

  test('that is empty is no definition', () => {
    for (const text of ['', '  \n', '# nothing', 'x', '- a', '3']) {
      expect(parseDefinition(text).errors.map(({ code }) => code)).toEqual([
        'definition.wrong_type',
      ]);
    }
  });
});

describe('a hostile text is refused', () => {
  const bomb = (levels: number) =>
    Array.from({ length: levels }, (_, index) =>
      index === 0
        ? 'a0: &a0 [x, x]'
        : `a${index}: &a${index} [${Array(9)
            .fill(`*a${index - 1}`)
            .join(', ')}]`,
    ).join('\n');

  test.each<[string, string, string]>([
    ['depth in flow', '['.repeat(200_000), 'too_deep'],
    ['depth in maps', '{a: '.repeat(100_000), 'too_deep'],
    ['depth in blocks', '- '.repeat(100_000), 'too_deep'],
    ['depth by questions', '? '.repeat(100_000), 'too_deep'],
    ['depth in JSON', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'too_deep'],
    ['length', `a: ${'x'.repeat(1_000_001)}`, 'too_large'],
    ['lines', '\n'.repeat(900_000), 'too_large'],
    ['edges', `edges:\n${'  - { source: a, target: b }\n'.repeat(10_000)}`, 'too_large'],
    ['an alias bomb', bomb(30), 'too_large'],
    ['many aliases', `a: &x 1\nb: [${'*x, '.repeat(1_000)}]`, 'too_large'],
    ['an alias of itself', 'a: &x [*x, *x]', 'too_deep'],
  ])('%s', (_name, text, code) => {
    expect(problems(text).map(([found]) => found)).toEqual([code]);
  });

  test('also as an object', () => {
    const edges = Array.from({ length: 1_001 }, () => ({ source: 'a', target: 'b' }));
    expect(parseDefinition({ name: 'x', nodes: [], edges }).errors.map(({ path }) => path)).toEqual(
      ['edges'],
    );
    expect(parseDefinition({ name: 'x', steps: [{ next: Number.NaN }] }).errors).toMatchObject([
      { code: 'definition.wrong_value', path: 'steps[0].next' },
    ]);
  });

  test('and keys that reach a prototype are found where they stand', () => {
    expect(parseDefinition('name: x\nnodes:\n  - constructor: 1\n').errors).toMatchObject([
      { code: 'definition.forbidden_key', path: 'nodes[0].constructor', line: 3 },
    ]);
  });
});

describe('line and column', () => {
  const lines = (text: string) =>
    parseDefinitionText(text).errors.map(({ path, line, column }) => [path, line, column]);

  test('are those of what the issue speaks of', () => {
    const text = [
      'name: Try',
      'trigger: { type: evnt }',
      'steps:',
      '  - id: pause',
      '    type: delay',
      '    config: { durration: 5 }',
      '  - id: ask',
      '    type: if_else',
      '    config:',
      '      condition:',
      '        - field: score',
      '          operator: more_than',
      '          value: 3',
      '    branches:',
      '      "true": nowhere',
      '',
      'settings:',
      '  visitLimit:',
      '    - 3',
    ].join('\n');
    expect(lines(text)).toEqual([
      ['trigger.type', 2, 18],
      ['steps[0].config.duration', 6, 5],
      ['steps[0].config.durration', 6, 15],
      ['steps[1].config.condition[0].operator', 12, 21],
      ['steps[1].branches.true', 15, 15],
      ['settings.visitLimit', 18, 3],
    ]);
  });

  test('are there for JSON texts, too', () => {
    const text = JSON.stringify(
      {
        name: 'x',
        trigger: { type: 'manual' },
        nodes: [{ id: 'a', type: 'wiat', data: {} }],
        edges: [],
      },
      null,
      2,
    );
    expect(parseDefinition(text).errors).toMatchObject([
      {
        code: 'definition.unknown_node_type',
        path: 'nodes[0].type',
        line: 9,
        column: 15,
        suggestion: 'wait',
      },
    ]);
  });

  test('are there for warnings', () => {
    const text = 'name: x\nid: y\ntrigger: { type: manual }\nsteps: [{ id: a, type: exit }]\n';
    expect(parseDefinition(text).warnings).toMatchObject([{ path: 'id', line: 2, column: 1 }]);
  });

  test('follow an alias to what it stands for', () => {
    const text = [
      'name: x',
      'trigger: { type: manual }',
      'steps:',
      '  - { id: a, type: wait, config: &c { for: soon } }',
      '  - { id: b, type: wait, config: *c }',
    ].join('\n');
    expect(lines(text)).toEqual([
      ['steps[0].config.for', 4, 44],
      ['steps[1].config.for', 4, 44],
    ]);
  });

  test('of what is missing everywhere are those of the beginning', () => {
    expect(lines('description: x\n')).toEqual(
      expect.arrayContaining([
        ['name', 1, 1],
        ['trigger', 1, 1],
        ['nodes', 1, 1],
        ['edges', 1, 1],
      ]),
    );
  });
});

describe('the hint about quotation marks', () => {
  const hints = (text: string) =>
    parseYaml(text).issues?.map(({ message }) => message.includes('needs quotation marks'));

  test.each([
    'a: b: c',
    'steps:\n  - subject: Hello: you\n    text: x',
    'subject: {{ first_name }}',
    'subject: {{ first_name }}, hi',
    '- {{ a }} b',
    '{ a: b: c }',
    '{ a: b #c }',
    'a: "b" c',
    "a: 'it's'",
    "a: 'tis the season",
    'a: "b\nc: d',
    'a: @ada',
    '"a": b: c',
  ])('is given for %j', (text) => {
    expect(hints(text)).toEqual([true]);
  });

  test.each([
    'a:\n\tb: 1',
    'a:\n\tb: x: y',
    'steps:\n  - id: a\n  \ttype: wait',
    'a: 1\n  b: 2',
    'a:\n   b: 1\n  c: 2',
    'a:\n  - x\n - y',
    'steps:\n  - id: a\n     type: wait',
    'steps:\n- id: a\n type: wait',
    'steps:\n  - id: a\n  type: b',
    'a: 1\nb\nc: 2',
    'a:1\nb: 2',
    'a: ]',
    '{"a": 1 "b": 2}',
    '{\n  "a" 1}',
  ])('is not given for %j', (text) => {
    expect(hints(text)).toEqual([false]);
  });
});
