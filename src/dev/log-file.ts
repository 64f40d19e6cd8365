import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Runs `use` with a descriptor to which a child process can write its output; the child keeps its own copy, so that
 * it writes on when this process is killed. Appends; `fresh` first moves an earlier file to `<path>.1`.
 */
export function withLogFile<T>(
  path: string,
  { fresh }: { fresh: boolean },
  use: (descriptor: number) => T,
): T {
  mkdirSync(dirname(path), { recursive: true });
  if (fresh && existsSync(path)) renameSync(path, `${path}.1`);
  const descriptor = openSync(path, 'a', 0o600);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The last lines of a log, indented for an error message; says so when there are none. */
export function logTail(path: string, lines = 20): string {
  try {
    const text = readFileSync(path, 'utf8').trimEnd();
    if (text !== '')
      return text
        .split('\n')
        .slice(-lines)
        .map((line) => `    ${line}`)
        .join('\n');
  } catch {
    // A log that was never written is reported like an empty one.
  }
  return '    (nothing was logged)';
}
