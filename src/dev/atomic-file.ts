import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces a JSON file in one step, so that no reader ever sees half of it. Only its owner may read it. */
export function writeJson(path: string, value: unknown): void {
  const partial = `${path}.${process.pid}.partial`;
  try {
    writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
