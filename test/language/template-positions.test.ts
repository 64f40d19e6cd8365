import { Document, Scalar } from 'yaml';
import { parseDefinition, parseDefinitionText } from '../../src/language/parse-definition';
import { warnedAlone } from '../../src/language/workspace-names';

const AROUND = [
  'name: x',
  'trigger: { type: manual }',
  'steps:',
  '  - id: a',
  '    type: send_email',
];
const LINES_BEFORE = AROUND.length + 2;

/** What is said about the templates of a mail whose `text` is written so, its position within these lines. */
function found(lines: readonly string[]) {
  const source = [...AROUND, '    config:', '      subject: x', ...lines].join('\n');
  const { errors, warnings, variables } = parseDefinitionText(source);
  return [...errors, ...warnings, ...warnedAlone(variables)]
    .filter(({ code }) => /bad_template|_name$/.test(code))
    .map(({ line = 0, column }) => [line - LINES_BEFORE, column]);
}

test.each<[string, string[], [line: number, column: number]]>([
  ['a plain scalar', ['      text: Hi {{ nobody }}'], [1, 19]],
  ['a plain scalar of two lines', ['      text: Hi', '        you {{ nobody }}'], [2, 16]],
  ['single quotes', ["      text: 'It''s {{ nobody }}'"], [1, 23]],
  ['double quotes', ['      text: "\\"\\u00e9\\t{{ nobody }}"'], [1, 27]],
  ['double quotes with a break in them', ['      text: "a\\n\\n{{ nobody }}"'], [1, 22]],
  [
    'double quotes over lines',
    ['      text: "a \\', '        b', '', '        {{ nobody }}"'],
    [4, 12],
  ],
  ['a literal block', ['      text: |', '        Hi', '', '          {{ nobody }}'], [4, 14]],
  [
    'a block with an indentation of its own',
    ['      text: |2-', '          {{ nobody }}'],
    [2, 14],
  ],
  ['a block with a remark', ['      text: |- # {{ x }}', '        {{ nobody }}'], [2, 12]],
  ['a folded block', ['      text: >', '        Hi', '        {{ nobody }}'], [3, 12]],
  [
    'a folded block with breaks',
    ['      text: >-', '        a', '', '         b', '        {{ nobody }}'],
    [5, 12],
  ],
  ['emoji before it', ['      text: "🛒 \\U0001F600 {{ nobody }}"'], [1, 31]],
  ['an alias', ['      html: &t |', '        {{ nobody }}', '      text: *t'], [2, 12]],
])('a name in %s is found where it stands', (_name, lines, place) => {
  expect(found(lines)[0]).toEqual(place);
});

test.each<[string, string[], [line: number, column: number]]>([
  ['is never closed', ['      text: |', '        Hi', '        you {{ name'], [3, 13]],
  ['has no end', ['      text: |', '        a', '        {% if true %}', '        b'], [3, 9]],
  [
    'names no filter',
    ['      text: >', '        a', '        {{ contact.id | nonsense }}'],
    [3, 9],
  ],
])('a template that %s is found at its fault', (_name, lines, place) => {
  expect(found(lines)).toEqual([place]);
});

test('the fault is told in lines of the template, too, for those who send JSON', () => {
  const data = { subject: 'x', text: 'Hi\nyou {{ name' };
  const nodes = [{ id: 'a', type: 'send_email', data }];
  const { errors } = parseDefinition({ name: 'x', trigger: { type: 'manual' }, nodes, edges: [] });
  expect(errors).toEqual([
    {
      code: 'definition.bad_template',
      path: 'nodes[0].data.text',
      message:
        'This template cannot be read: output "{{ name" not closed (line 2, column 5 of the template)',
    },
  ]);
});

const STYLES = [
  Scalar.PLAIN,
  Scalar.QUOTE_SINGLE,
  Scalar.QUOTE_DOUBLE,
  Scalar.BLOCK_LITERAL,
  Scalar.BLOCK_FOLDED,
] as const;

const PIECES = [
  'word',
  'it\'s "so"',
  '\n',
  '\n\n',
  '  ',
  '\t',
  'é🛒',
  ': ',
  ' #',
  '\\n',
  '',
  'x'.repeat(70),
];

/** The same texts in every run. */
function texts(count: number): readonly string[] {
  let state = 7;
  const pick = () => {
    state = (state * 48_271) % 2_147_483_647;
    return PIECES[state % PIECES.length] ?? '';
  };
  const some = () => Array.from({ length: 6 }, pick).join(' ');
  return Array.from({ length: count }, () => `${some()}{{ nobody }}${some()}`);
}

test.each(STYLES)('in the style %s a name is found whatever stands around it', (style) => {
  for (const text of texts(150)) {
    const scalar = new Scalar(text);
    scalar.type = style;
    const source = new Document({
      name: 'x',
      trigger: { type: 'manual' },
      steps: [{ id: 'a', type: 'send_email', config: { subject: 'x', text: scalar } }],
    }).toString({ lineWidth: 60 });
    const { variables } = parseDefinitionText(source);
    const [issue] = warnedAlone(variables);
    const line = source.split('\n')[(issue?.line ?? 0) - 1] ?? '';
    expect(line.slice((issue?.column ?? 0) - 1)).toMatch(/^nobody/);
  }
});
