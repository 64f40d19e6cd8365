/** The short run: two minutes of everything that can break, on servers and processes of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '../..');
/** A machine that is busy with other tests takes longer than the two minutes. */
const PATIENCE_MS = 12 * 60_000;

test(
  'of people on random journeys none is lost and nothing happens twice, whatever breaks',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-chaos-report-'));
    const report = join(folder, 'report.md');
    const plan = ['--minutes', '2', '--seed', '7', '--report', report];
    const args = ['--import', 'tsx', 'test/chaos/run.ts', ...plan];
    const options = { cwd: ROOT, timeout: PATIENCE_MS - 30_000, maxBuffer: 16 * 1_024 * 1_024 };
    const run = await promisify(execFile)(process.execPath, args, options).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    const told = await readFile(report, 'utf8').catch(() => `${run.stdout}${run.stderr}`);
    await rm(folder, { recursive: true, force: true });
    expect(told).toMatch(/^# Chaos run: PASS\n/);
  },
  PATIENCE_MS,
);
