/** The command line as a program of its own, in a folder with files. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../support/fixture';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const folders: string[] = [];

/** A folder with these files; names may have folders in them. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'throughline-cli-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** Removes what `folderWith` made. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Runs `throughline` in the folder as somebody types it, and with this on its standard input. */
export async function throughline(
  folder: string,
  args: readonly string[],
  input: string | Uint8Array = '',
): Promise<Ran> {
  const program = path.join(ROOT, 'src/cli/main.ts');
  const child = spawn(process.execPath, ['--import', TSX, program, ...args], {
    cwd: folder,
    // A host far from UTC, so that its zone would show; and no API but what the folder or the arguments name.
    env: { ...process.env, ...NO_API, TZ: 'Pacific/Auckland' },
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, err };
}

const NO_API = { THROUGHLINE_HOME: '', THROUGHLINE_API_URL: '', THROUGHLINE_API_KEY: '' };

const TSX = `file://${path.join(ROOT, 'node_modules/tsx/dist/loader.mjs')}`;

/** The lines of a text, without the last line's end. */
export function lines(output: string): readonly string[] {
  return output.replace(/\n$/, '').split('\n');
}
