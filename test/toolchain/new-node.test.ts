import { createFixture, type Fixture } from '../support/fixture';

const PROJECT = [
  '.gitignore',
  'package.json',
  'tsconfig.json',
  'jest.config.js',
  'biome.json',
  'docs',
  'scripts',
  'src',
  'test',
  'workflows',
  'activities',
  'bench/results.json',
  'bench/figures.json',
];
/** The tests of nodes need no server, and only the rooms of the fixture are checked. */
const OWN = {
  'try.config.js': `const { globalSetup, globalTeardown, ...config } = require('./jest.config.js');
module.exports = config;`,
  'try.json': JSON.stringify({
    extends: './tsconfig.json',
    include: ['src/journey', 'test/journey'],
  }),
};

const KINDS = ['decision', 'flow', 'effect'] as const;

let fixture: Fixture;

beforeAll(() => {
  fixture = createFixture(PROJECT, OWN);
});

afterAll(() => fixture.remove());

function newNode(...args: string[]) {
  return fixture.run('tsx/dist/cli.mjs', 'scripts/new-node.ts', ...args);
}

describe('npm run new-node', () => {
  it('makes node types of every kind that compile, are formatted and satisfy the registry', () => {
    for (const kind of KINDS) {
      const made = newNode(`try_${kind}`, kind);
      expect([made.status, made.output]).toEqual([0, expect.stringContaining('index.ts')]);
    }
    const written = ['src/journey/nodes', 'test/journey/nodes'];
    expect(passes(fixture.run('@biomejs/biome/bin/biome', 'format', ...written))).toBe('passes');
    expect(passes(fixture.run('typescript/bin/tsc', '--noEmit', '-p', 'try.json'))).toBe('passes');
    const tests = ['test/journey/registry', 'test/journey/nodes/try-'];
    const run = fixture.run('jest/bin/jest.js', '--config', 'try.config.js', ...tests);
    expect(passes(run)).toBe('passes');
  });

  it('refuses a type that is taken', () => {
    expect(newNode('wait', 'flow')).toEqual({
      status: 1,
      output: expect.stringContaining('src/journey/nodes/wait.ts exists already'),
    });
  });

  it.each([[[]], [['SendSms', 'effect']], [['send_sms', 'thing']]])(
    'explains itself for %j',
    (args) => {
      expect(newNode(...args)).toEqual({ status: 1, output: expect.stringContaining('Usage:') });
    },
  );
});

/** "passes", or what was wrong. */
function passes({ status, output }: { status: number | null; output: string }): string {
  return status === 0 ? 'passes' : output;
}
