import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Folder of this user for downloaded and built programs; several copies share it. */
export function cacheDir(env: Record<string, string | undefined> = process.env): string {
  const configured = env.XDG_CACHE_HOME;
  // The XDG rules say that a relative path is to be ignored.
  const base = configured && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(base, 'throughline');
}
