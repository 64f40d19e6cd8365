import { createFixture, type Fixture } from '../support/fixture';

const CONFIG = ['.oxlintrc.json', 'tsconfig.json', 'package.json'];

const sound: Record<string, string> = {
  'src/journey/clean.ts':
    'export function half(value: number): number {\n  return Math.floor(value / 2);\n}\n',
  'src/http/app.ts': 'export interface App {\n  readonly name: string;\n}\n',
  'activities/index.ts': 'export interface Acts {\n  readonly name: string;\n}\n',
  'test/sound.test.ts': "it('runs', () => {});\n",
  'src/client/index.ts': "import type { App } from '../http/app';\n\nexport type Client = App;\n",
  'workflows/enrollment.ts':
    "import type { Acts } from '../activities/index';\n\nexport const run = (acts: Acts): [Acts, number] => [acts, Date.now()];\n",
  'scripts/say.ts': "console.log('scripts speak');\n",
};

const LONG_FUNCTION = `export function long(): number {\n  let n = 0;\n${'  n += 1;\n'.repeat(61)}  return n;\n}\n`;
const LONG_FILE = Array.from({ length: 251 }, (_, n) => `export const v${n} = ${n};\n`).join('');

/** One wrong file each, with the rule that must name it. */
const wrong: readonly (readonly [what: string, file: string, text: string, rule: string])[] = [
  ...[
    'Date.now()',
    'new Date(0)',
    'Intl.DateTimeFormat()',
    'setTimeout(String, 1)',
    'setInterval(String, 1)',
    'process.pid',
    'globalThis.Date',
  ].map(
    (text, n) =>
      [
        text,
        `src/journey/clock-${n}.ts`,
        `export const it = ${text};\n`,
        'no-restricted-globals',
      ] as const,
  ),
  [
    'Math.random()',
    'src/journey/chance.ts',
    'export const chance = Math.random();\n',
    'no-restricted-properties',
  ],
  [
    'Math.random() in a workflow',
    'workflows/chance.ts',
    'export const chance = Math.random();\n',
    'no-restricted-properties',
  ],
  [
    'the code of an activity in a workflow',
    'workflows/wrong.ts',
    "import { Acts } from '../activities/index';\n\nexport const acts = Acts;\n",
    'no-restricted-imports',
  ],
  [
    'the code of http in the client',
    'src/client/wrong.ts',
    "import { App } from '../http/app';\n\nexport const app = App;\n",
    'no-restricted-imports',
  ],
  [
    'a promise that nobody awaits',
    'src/http/floating.ts',
    'export function go(work: Promise<number>): void {\n  work.then(String);\n}\n',
    'no-floating-promises',
  ],
  [
    'a promise where a value is expected',
    'src/http/misused.ts',
    'export function go(work: Promise<boolean>): number {\n  return work ? 1 : 2;\n}\n',
    'no-misused-promises',
  ],
  [
    'any',
    'src/http/hole.ts',
    'export const hole = (value: any): string => String(value);\n',
    'no-explicit-any',
  ],
  ['a default export', 'src/http/default.ts', 'export default 1;\n', 'no-default-export'],
  ['console', 'src/http/console.ts', "console.log('hello');\n", 'no-console'],
  [
    'a silenced compiler',
    'src/http/silent.ts',
    '// @ts-ignore\nexport const it = 1;\n',
    'ban-ts-comment',
  ],
  ['a long function', 'src/http/long-function.ts', LONG_FUNCTION, 'max-lines-per-function'],
  ['a long file', 'src/http/long-file.ts', LONG_FILE, 'max-lines'],
  [
    'a focused test',
    'test/focused.test.ts',
    "it.only('runs alone', () => {});\n",
    'no-focused-tests',
  ],
];

const FOLDERS = ['src', 'workflows', 'activities', 'scripts', 'test'];

const fixtures: Fixture[] = [];

function lint(files: Record<string, string>) {
  const fixture = createFixture(CONFIG, files);
  fixtures.push(fixture);
  return fixture.run(
    'oxlint/bin/oxlint',
    '--type-aware',
    '--deny-warnings',
    '--format',
    'unix',
    ...FOLDERS,
  );
}

afterAll(() => {
  for (const fixture of fixtures) fixture.remove();
});

describe('lint', () => {
  it('passes sound code', () => {
    const { status, output } = lint(sound);
    expect([status, output]).toEqual([0, expect.any(String)]);
  });

  describe('refuses', () => {
    let output: readonly string[];

    beforeAll(() => {
      const files = Object.fromEntries(wrong.map(([, file, text]) => [file, text]));
      output = lint({ ...sound, ...files }).output.split('\n');
    });

    it.each(wrong)('%s (%s)', (_what, file, _text, rule) => {
      const problems = output.filter((line) => line.startsWith(`${file}:`));
      expect(problems).toContainEqual(expect.stringContaining(`(${rule})`));
    });
  });
});
