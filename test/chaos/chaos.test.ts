/** The short run: two minutes of everything that can break, on servers and processes of its own. */
import { toldByRun } from '../support/told-by-run';

/** A machine that is busy with other tests takes longer than the two minutes. */
const PATIENCE_MS = 12 * 60_000;

test(
  'of people on random journeys none is lost and nothing happens twice, whatever breaks',
  async () => {
    const args = ['--minutes', '2', '--seed', '7'];
    const told = await toldByRun('test/chaos/run.ts', args, PATIENCE_MS - 30_000);
    expect(told).toMatch(/^# Chaos run: PASS\n/);
  },
  PATIENCE_MS,
);
