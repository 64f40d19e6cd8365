/** The scripts around `npm start` and `npm test`: what must hold before anything is installed, and when npm ends. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../support/fixture';
import { eventually } from '../support/eventually';
import { closedFolder, removeFolders } from './folders';

afterEach(() => removeFolders());

const script = (name: string): string => pathToFileURL(join(ROOT, 'scripts', name)).href;

/** Waits to be told to stop, and notes how it was. */
const PROGRAM = `
const { appendFileSync } = require('node:fs');
const note = (text) => appendFileSync(process.argv[2], text + '\\n');
process.once('SIGTERM', () => { note('told to stop'); setTimeout(() => { note('stopped'); process.exit(0); }, 100); });
setTimeout(() => process.exit(1), 30_000);
note('up');`;

test('what npm start runs is told to stop when npm alone is ended', async () => {
  const folder = closedFolder();
  const notes = join(folder, 'notes');
  writeFileSync(join(folder, 'program.cjs'), PROGRAM);
  writeFileSync(join(folder, 'package.json'), '{ "scripts": { "start": "node start.mjs" } }');
  writeFileSync(
    join(folder, 'start.mjs'),
    `import { endWithParent } from '${script('parent.mjs')}';
       import { runNode } from '${script('run.mjs')}';
       endWithParent();
       await runNode(${JSON.stringify([join(folder, 'program.cjs'), notes])});`,
  );
  const npm = spawn('npm', ['start'], { cwd: folder, stdio: 'ignore' });
  await eventually('it is up', async () => existsSync(notes));
  npm.kill('SIGTERM');
  const said = await eventually('it has stopped', async () => {
    const text = readFileSync(notes, 'utf8');
    return text.includes('stopped') ? text : null;
  });
  expect(said).toBe('up\ntold to stop\nstopped\n');
}, 60_000);

describe('the installation', () => {
  /** Runs `prepare` in a project whose npm is the given shell script. */
  function prepare(npm: string) {
    const folder = closedFolder();
    mkdirSync(join(folder, 'scripts'));
    mkdirSync(join(folder, 'bin'));
    for (const name of ['install.mjs', 'child.mjs', 'elapsed.mjs'])
      writeFileSync(join(folder, 'scripts', name), readFileSync(join(ROOT, 'scripts', name)));
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
    const { npm_execpath: _npm, ...env } = process.env;
    const run = () =>
      spawnSync(
        process.execPath,
        ['--eval', "import('./scripts/install.mjs').then(({ prepare }) => prepare())"],
        {
          cwd: folder,
          encoding: 'utf8',
          env: { ...env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
        },
      );
    return { run, folder };
  }

  test('happens once, and again when the lock file or a patch has changed', () => {
    const { run, folder } = prepare('echo "npm $@"');
    const first = run();
    expect([first.status, first.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^Installing dependencies \(npm ci\)\nnpm ci --include=dev[^\n]*\nDependencies installed \(\d+\.\d s\)\n$/,
      ),
    ]);
    expect(run().stdout).toBe('');
    writeFileSync(join(folder, 'package-lock.json'), '{ "name": "changed" }');
    expect(run().stdout).toContain('npm ci --include=dev');
    mkdirSync(join(folder, 'patches'));
    writeFileSync(join(folder, 'patches', 'driver.patch'), '+ more');
    expect(run().stdout).toContain('npm ci --include=dev');
    expect(run().stdout).toBe('');
  });

  test('that fails ends with a message, and is tried again next time', () => {
    const { run } = prepare('echo "E404" >&2; exit 3');
    for (const { status, stderr } of [run(), run()]) {
      expect(status).toBe(1);
      expect(stderr).toBe('E404\nnpm ci failed: exit code 3. Its messages are above.\n');
    }
  });
});

test('off a terminal, what takes long says so every ten seconds', () => {
  const told = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `const real = globalThis.setInterval;
       globalThis.setInterval = (tell, every) => real(tell, every / 100);
       const { showElapsed } = await import('${script('elapsed.mjs')}');
       const done = showElapsed('Installing');
       setTimeout(() => done('Installed'), 350);`,
    ],
    { encoding: 'utf8' },
  ).stdout;
  expect(told).toMatch(/^Installing\n(Installing: 0 s …\n){2,4}Installed \(0\.\d s\)\n$/);
});
