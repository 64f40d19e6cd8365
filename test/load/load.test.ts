/** The short run: some people at once and then one by one, on servers and processes of its own. */
import { toldByRun } from '../support/told-by-run';

/** A machine that is busy with other tests takes longer than a minute. */
const PATIENCE_MS = 8 * 60_000;

test(
  'of many people everybody is where she should be, and everything wanted has happened once',
  async () => {
    const args = ['--people', '30', '--minutes', '0.2', '--workspaces', '3', '--seed', '7'];
    const told = await toldByRun('test/load/run.ts', args, PATIENCE_MS - 30_000);
    expect(told).toMatch(/^# Load run: PASS\n/);
  },
  PATIENCE_MS,
);
