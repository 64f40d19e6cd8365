/** A running copy of the project for guides, as `npm start -- --no-demo` makes one. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RunFile } from '../../src/dev/demo-context';
import { ROOT } from '../support/fixture';

export interface Copy {
  /** Where everything is, once everything answers. */
  readonly up: Promise<RunFile>;
  stop(): Promise<void>;
}

/** Without the installation of `npm start`: other tests run on the same packages. */
export function startCopy(home: string): Copy {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/dev/start.ts', '--no-demo'], {
    cwd: ROOT,
    env: { ...process.env, THROUGHLINE_HOME: home, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  let output = '';
  const answers = new Promise<void>((up, failed) => {
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Throughline is up')) up();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => failed(new Error(`It ended with code ${code}:\n${output}`)));
  });
  return {
    up: answers.then(
      () => JSON.parse(readFileSync(path.join(home, 'run.json'), 'utf8')) as RunFile,
    ),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
