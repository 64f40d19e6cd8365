/** The short run: two minutes of everything that can break, on servers and processes of its own. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '../..');
/** A machine that is busy with other tests takes longer than the two minutes. */
const PATIENCE_MS = 8 * 60_000;

test(
  'of people on random journeys none is lost and nothing happens twice, whatever breaks',
  async () => {
    const args = ['--import', 'tsx', 'test/chaos/run.ts', '--minutes', '2', '--seed', '7'];
    const run = await promisify(execFile)(process.execPath, args, { cwd: ROOT }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    expect(`${run.stdout}${run.stderr}`).toContain('PASS: ');
  },
  PATIENCE_MS,
);
