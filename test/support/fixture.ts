import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '../..');

export interface Fixture {
  /** Runs a file of node_modules with Node inside the folder; its whole output. */
  run(script: string, ...args: string[]): { status: number | null; output: string };
  remove(): void;
}

/** A folder with copies of some of the project's files, its packages, and files of its own. */
export function createFixture(copied: readonly string[], files: Record<string, string>): Fixture {
  const folder = mkdtempSync(path.join(tmpdir(), 'throughline-fixture-'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  for (const name of copied)
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return {
    run(script, ...args) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [path.join(ROOT, 'node_modules', script), ...args],
        {
          cwd: folder,
          encoding: 'utf8',
          timeout: 60_000,
          env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
        },
      );
      return { status, output: stdout + stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
