import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'throughline-reporter-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the reporter of npm test', () => {
  it('ends with the counts of single tests', () => {
    const run = runJest({
      'a.test.js': "test('one', () => {}); test('two', () => {});",
      'b.test.js': "test('three', () => {});",
    });
    expect(run.lastLine).toBe('3 passed, 0 failed');
    expect(run.status).toBe(0);
  });

  it('counts failed tests and shows why they failed', () => {
    const run = runJest({
      'a.test.js': "test('good', () => {}); test('bad', () => { expect(1).toBe(2); });",
    });
    expect(run.lastLine).toBe('1 passed, 1 failed');
    expect(run.output).toContain('expect(received).toBe(expected)');
    expect(run.status).not.toBe(0);
  });

  it('names skipped and planned tests only when there are some', () => {
    const run = runJest({
      'a.test.js': "test('good', () => {}); test.skip('later', () => {}); test.todo('some day');",
    });
    expect(run.lastLine).toBe('1 passed, 0 failed, 2 skipped');
  });

  it('counts a file that does not compile as a failure', () => {
    const run = runJest({ 'a.test.js': "test('good', () => {});", 'b.test.js': 'const = ;' });
    expect(run.lastLine).toBe('1 passed, 1 failed');
    expect(run.output).toContain('b.test.js (did not run');
  });

  it('counts a file without a test as a failure', () => {
    expect(runJest({ 'a.test.js': '' }).lastLine).toBe('0 passed, 1 failed');
  });

  it('counts a failure after the tests of a file, when all of them passed', () => {
    const run = runJest({
      'a.test.js': "afterAll(() => { throw new Error('left open'); }); test('good', () => {});",
    });
    expect(run.lastLine).toBe('1 passed, 1 failed');
    expect(run.output).toContain('left open');
  });

  it('writes its line after everything that global teardown writes', () => {
    const run = runJest(
      {
        'a.test.js': "test('good', () => {});",
        'teardown.js': "module.exports = async () => { process.stdout.write('torn down\\n'); };",
      },
      { globalTeardown: './teardown.js' },
    );
    expect(run.output).toContain('torn down');
    expect(run.lastLine).toBe('1 passed, 0 failed');
  });

  it('counts a global setup that throws as a failure, and shows why', () => {
    const run = runJest(
      {
        'a.test.js': "test('good', () => {});",
        'setup.js': "module.exports = async () => { throw new Error('no server'); };",
      },
      { globalSetup: './setup.js' },
    );
    expect(run.output).toContain('no server');
    expect(run.lastLine).toBe('0 passed, 1 failed');
    expect(run.status).toBe(1);
  });

  it('counts a global setup that does not compile as a failure', () => {
    const run = runJest(
      { 'a.test.js': "test('good', () => {});", 'setup.js': 'const = ;' },
      { globalSetup: './setup.js' },
    );
    expect(run.lastLine).toBe('0 passed, 1 failed');
    expect(run.status).toBe(1);
  });

  it('counts a run that fails without a failed test as a failure', () => {
    const run = runJest(
      {
        'a.test.js': "test('good', () => {});",
        'teardown.js': 'module.exports = async () => { process.exit(3); };',
      },
      { globalTeardown: './teardown.js' },
    );
    expect(run.lastLine).toBe('1 passed, 1 failed');
    expect(run.status).toBe(3);
  });

  it('shows what a failed file wrote to the console', () => {
    const run = runJest({
      'a.test.js': "test('bad', () => { console.log('a clue'); throw new Error('no'); });",
    });
    expect(run.output).toContain('a clue');
  });
});

function runJest(files: Record<string, string>, config: Record<string, unknown> = {}) {
  const settings = {
    rootDir: folder,
    testMatch: ['<rootDir>/*.test.js'],
    transform: {},
    reporters: [path.join(ROOT, 'test/support/reporter.js')],
    ...config,
  };
  writeFileSync(path.join(folder, 'jest.config.json'), JSON.stringify(settings));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const jest = path.join(ROOT, 'scripts/jest.mjs');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [jest, '--config', path.join(folder, 'jest.config.json'), '--watchman=false'],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0', CI: 'true' } },
  );
  return { status, output: stdout + stderr, lastLine: stdout.trimEnd().split('\n').at(-1) };
}
