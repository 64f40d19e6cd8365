import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A new folder that only its owner may enter; removed by `removeFolders`. */
export function closedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-dev-'));
  made.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
