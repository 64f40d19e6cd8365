import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The user that PostgreSQL runs as; null means "as we are". PostgreSQL refuses to run as root. */
export type ServerAccount = { uid: number; gid: number } | null;

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Chooses whom PostgreSQL runs as: ourselves, or as root an unprivileged account of this machine.
 * @throws when root finds no such account; `initdb` needs one with a name.
 */
export async function serverAccount(): Promise<ServerAccount> {
  if (!isRoot()) return null;
  for (const name of ['postgres', 'nobody']) {
    const account = await accountNamed(name);
    if (account) return account;
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". ' +
      'Create one (useradd --system postgres), start as an ordinary user, or set DATABASE_URL to a server of yours.',
  );
}

async function accountNamed(name: string): Promise<ServerAccount> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

/** Options for a child process that runs as the account, in a folder and environment that cannot disturb it. */
export function asAccount(account: ServerAccount) {
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  // The folder we were started in may be closed to the account: a child that asks for its own folder would fail.
  const options = { cwd: process.platform === 'win32' ? process.cwd() : '/', env };
  return account ? { ...options, ...account } : options;
}

/** Whether the account can enter the folder: every parent counts, and so do rules that file modes do not show. */
export async function canEnter(account: ServerAccount, folder: string): Promise<boolean> {
  if (!account) return true;
  try {
    await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], asAccount(account));
    return true;
  } catch {
    return false;
  }
}

/**
 * A folder of root's that the account can enter, for what cannot lie below a closed one.
 * @throws when neither the system's folder for program data nor the temporary one will do.
 */
export async function sharedFolder(account: ServerAccount): Promise<string> {
  for (const folder of ['/var/lib/throughline', join(tmpdir(), 'throughline-root')]) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      const { uid, mode } = await stat(folder);
      // In the temporary folder somebody else may have made it first, to put programs of theirs into it.
      const ours = uid === process.getuid?.() && (mode & 0o022) === 0;
      if (ours && (await canEnter(account, folder))) return folder;
    } catch {
      // Not writable: the next one.
    }
  }
  throw new Error(
    'PostgreSQL runs as another user, who can enter neither this folder nor /var/lib/throughline. ' +
      'Open one of them (chmod o+x on it and its parents), or set DATABASE_URL to a server of yours.',
  );
}
