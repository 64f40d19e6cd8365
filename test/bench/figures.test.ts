/** The command that measures works: every part runs, small, and writes what docs/scaling.md tells. No times are judged. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import kept from '../../bench/figures.json';
import { ROOT } from '../support/fixture';

const folder = mkdtempSync(path.join(tmpdir(), 'throughline-figures-test-'));
const out = path.join(folder, 'figures.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function figures(...args: string[]) {
  const file = path.join(ROOT, 'bench/figures.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', file, '--quick', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const [, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await closed) as [number | null];
  return { code, complaint };
}

const written = () => JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>;

/** The names in a tree of figures. */
function shapeOf(value: unknown, depth: number): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, shapeOf(inner, depth - 1)]),
  );
}

describe('npm run bench:figures', () => {
  it.each(['dispatch', 'memory', 'queries', 'waiting'] as const)(
    'measures %s and keeps the figures of the other parts',
    async (name) => {
      writeFileSync(out, '{ "other": 1 }');
      const { code, complaint } = await figures(`--only=${name}`, `--out=${out}`);
      if (code !== 0) throw new Error(complaint);
      const { other, [name]: part, ...rest } = written();
      expect([other, rest]).toEqual([1, {}]);
      expect(part).toMatchObject({ note: { quick: true } });
      // Sizes have names of their own.
      const depth = name === 'dispatch' ? 1 : 2;
      expect(shapeOf(part, depth)).toMatchObject(shapeOf(kept[name], depth) as object);
    },
    120_000,
  );

  it('names its parts where it is asked for another', async () => {
    const { code, complaint } = await figures('--only=everything');
    expect(code).toBe(1);
    expect(complaint).toContain('--only is one of dispatch, memory, queries, waiting.');
  });
});
