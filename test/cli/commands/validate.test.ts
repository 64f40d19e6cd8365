import { CART, steps } from '../journeys';
import { folderWith, lines, removeFolders, throughline } from '../program';

afterAll(removeFolders);

const BAD = CART.replace('{ for: 1h }', '{ for: 1 fortnight }')
  .replace('type: webhook', 'type: webhok')
  .replace('goals:', 'gaols:');

const FORGOTTEN = steps([
  '{ id: a, type: wait, config: { for: 1h } }',
  '{ id: b, type: send_email, config: { subject: Hi, text: Hi } }',
]);

it('prints problems as compilers do, those of each file in the order of its text', async () => {
  const folder = folderWith({ 'bad.yaml': BAD, 'forgotten.yaml': FORGOTTEN });
  const { code, out, err } = await throughline(folder, ['validate', 'bad.yaml', 'forgotten.yaml']);
  expect(lines(out)).toEqual([
    'bad.yaml:5:45 error definition.wrong_value nodes[0].data.for: "1 fortnight" is not a duration. Write 30s, 15m, 1h30m, 2d, 1w, P1DT2H or "24 hours"; months and years are not supported.',
    expect.stringMatching(
      /^bad\.yaml:20:23 error definition\.unknown_node_type nodes\[6\]\.type: There is no node type "webhok"\. Did you mean "webhook"\?/,
    ),
    'bad.yaml:34:1 error definition.unknown_field gaols: There is no field "gaols" here. Did you mean "goals"?',
    expect.stringMatching(
      /^forgotten\.yaml:6:5 warning definition\.unconnected_port steps\[1\]: The port "not_sent" of "b" /,
    ),
    '',
    '3 errors, 1 warning in 2 files',
  ]);
  expect([code, err]).toEqual([1, '']);
});

it('takes every definition of a folder, passing over packages and hidden folders', async () => {
  const folder = folderWith({
    'journeys/b.yml': CART,
    'journeys/a.json': '{"name": "A"}',
    'journeys/deep/er/C.YAML': 'name: C',
    'journeys/readme.md': 'no definition',
    'journeys/node_modules/x/package.json': '{}',
    'journeys/.tool/settings.json': '{}',
  });
  const { code, out } = await throughline(folder, ['validate', 'journeys', '--json']);
  const report = JSON.parse(out) as { files: { file: string }[]; errors: number };
  expect(report.files.map(({ file }) => file)).toEqual([
    'journeys/a.json',
    'journeys/b.yml',
    'journeys/deep/er/C.YAML',
  ]);
  expect([code, report.errors > 0]).toEqual([1, true]);
});

it('prints one JSON document with the issues that the API answers', async () => {
  const folder = folderWith({ 'bad.yaml': BAD });
  const { out } = await throughline(folder, ['validate', '--json', 'bad.yaml']);
  expect(JSON.parse(out)).toMatchObject({
    errors: 3,
    warnings: 0,
    files: [
      {
        file: 'bad.yaml',
        errors: [
          { code: 'definition.wrong_value', path: 'nodes[0].data.for', line: 5, column: 45 },
          { suggestion: 'webhook' },
          { suggestion: 'goals' },
        ],
        warnings: [],
      },
    ],
  });
});

it('reads standard input, and calls a sound definition sound', async () => {
  const { code, out } = await throughline(folderWith({}), ['validate', '-'], CART);
  expect([code, out]).toEqual([0, '0 errors, 0 warnings in 1 file\n']);
});

it('shows control characters instead of obeying them', async () => {
  const folder = folderWith({ 'evil.yaml': CART.replace('goals:', '"\\e[2J\\u202egoals":') });
  const { out } = await throughline(folder, ['validate', 'evil.yaml']);
  expect(out).toContain('\\u001b[2J\\u202egoals');
  expect(out.includes('\u001b') || out.includes('\u202e')).toBe(false);
});

it.each([
  [['nowhere.yaml'], 'nowhere.yaml cannot be read. There is no such file or folder.'],
  [['empty'], 'empty holds no file that ends in .yaml, .yml, .json.'],
  [['-', '-', 'a.md/x'], 'a.md/x cannot be read. A part of its path is a file, not a folder.'],
  [[], 'Name a file, a folder, or - for standard input.'],
])('ends with code 2 and a sentence for %j', async (args, sentence) => {
  const folder = folderWith({ 'empty/readme.md': '', 'a.md': '' });
  const { code, out, err } = await throughline(folder, ['validate', ...args, '--json']);
  expect([code, err]).toEqual([2, `${sentence}\n`]);
  expect(JSON.parse(out)).toEqual({ error: sentence });
});
