/** A long run as a program of its own, as it is started by hand, and what it reports. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './fixture';

/** Its report; what it printed where it has written none. */
export async function toldByRun(
  program: string,
  args: readonly string[],
  patienceMs: number,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-run-'));
  const report = join(folder, 'report.md');
  const run = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', program, ...args, '--report', report],
    { cwd: ROOT, timeout: patienceMs, maxBuffer: 16 * 1_024 * 1_024 },
  ).catch((error: { stdout: string; stderr: string }) => error);
  const told = await readFile(report, 'utf8').catch(() => `${run.stdout}${run.stderr}`);
  await rm(folder, { recursive: true, force: true });
  return told;
}
