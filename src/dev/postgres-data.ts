import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  asAccount,
  canEnter,
  isRoot,
  type ServerAccount,
  serverAccount,
  sharedFolder,
} from './postgres-account';
import type { PostgresBinaries } from './postgres-binaries';
import { notedPlace, placeElsewhere } from './postgres-elsewhere';

const run = promisify(execFile);
const PASSWORD_FILE = 'throughline.password';

/** Where a cluster lies and whom it belongs to. */
export interface DataPlace {
  folder: string;
  account: ServerAccount;
}

/**
 * Decides where the cluster of `dataDir` lies: there, unless PostgreSQL must run as another user who cannot get there.
 * Then `dataDir` holds a note that names the real place, so that removing `dataDir` still means starting afresh.
 */
export async function placeData(dataDir: string): Promise<DataPlace> {
  if (await isComplete(dataDir)) return { folder: dataDir, account: await ownerOf(dataDir) };
  const account = await serverAccount();
  // Only the last folder is closed: a mode given to a recursive mkdir would close the parents that it makes as well.
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (!account) return { folder: dataDir, account };
  const elsewhere = await notedPlace(dataDir);
  if (elsewhere) return { folder: elsewhere, account };
  if (await giveTo(account, dataDir)) return { folder: dataDir, account };
  return { folder: await placeElsewhere(dataDir, await sharedFolder(account)), account };
}

/** Root keeps the owner that a cluster has, since an ordinary user may have made it. */
async function ownerOf(dataDir: string): Promise<ServerAccount> {
  const { uid, gid } = await stat(dataDir);
  if (isRoot()) return { uid, gid };
  if (uid === process.getuid?.() || process.platform === 'win32') return null;
  throw new Error(
    `${dataDir} belongs to another user. Start as that user, or set THROUGHLINE_HOME to another folder.`,
  );
}

async function giveTo(account: NonNullable<ServerAccount>, folder: string): Promise<boolean> {
  try {
    await chown(folder, account.uid, account.gid);
    return await canEnter(account, folder);
  } catch {
    // Some mounted folders do not know owners.
    return false;
  }
}

/**
 * Makes sure that a complete cluster lies at the place, and returns the superuser's password. A cluster is made under
 * another name and renamed when complete, so one without its last file is the rest of an interrupted attempt.
 */
export async function ensureCluster(
  { folder, account }: DataPlace,
  binaries: PostgresBinaries,
  { durable, log }: { durable: boolean; log: (line: string) => void },
): Promise<string> {
  await removePartial(folder);
  if (!(await isComplete(folder))) {
    await moveAside(folder, log);
    await initCluster(folder, account, binaries, durable);
  }
  return (await readFile(join(folder, PASSWORD_FILE), 'utf8')).trim();
}

async function isComplete(folder: string): Promise<boolean> {
  const parts = [PASSWORD_FILE, 'PG_VERSION', join('global', 'pg_control')];
  const found = await Promise.all(parts.map((part) => stat(join(folder, part)).catch(() => null)));
  return found.every((part) => part !== null && part.size > 0);
}

async function removePartial(folder: string): Promise<void> {
  const siblings = await readdir(dirname(folder)).catch(() => []);
  const partial = siblings.filter((name) => name.startsWith(`${basename(folder)}.init-`));
  await Promise.all(
    partial.map((name) => rm(join(dirname(folder), name), { recursive: true, force: true })),
  );
}

async function moveAside(folder: string, log: (line: string) => void): Promise<void> {
  const entries = await readdir(folder).catch(() => null);
  if (entries === null) return;
  if (entries.length === 0) return rmdir(folder);
  const kept = `${folder}.incomplete-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  await rename(folder, kept);
  log(`PostgreSQL: ${folder} held an incomplete database; moved to ${kept}, making a new one`);
}

async function initCluster(
  folder: string,
  account: ServerAccount,
  binaries: PostgresBinaries,
  durable: boolean,
) {
  const partial = `${folder}.init-${process.pid}`;
  const password = randomBytes(24).toString('base64url');
  await mkdir(partial, { recursive: true, mode: 0o700 });
  const secret = join(partial, '..', `${basename(partial)}.secret`);
  await writeFile(secret, password, { mode: 0o600 });
  if (account)
    await Promise.all([partial, secret].map((path) => chown(path, account.uid, account.gid)));
  try {
    await run(binaries.initdb, initArguments(partial, secret, durable), asAccount(account));
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`PostgreSQL could not make a database in ${folder}: ${stderr || message}`);
  } finally {
    await rm(secret, { force: true });
  }
  await writeFile(join(partial, PASSWORD_FILE), password, { mode: 0o600 });
  await rename(partial, folder);
}

function initArguments(folder: string, passwordFile: string, durable: boolean): string[] {
  return [
    `--pgdata=${folder}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    // Many rounds protect weak passwords; ours is random, and every connection would pay for them.
    '--set=scram_iterations=1',
    '--encoding=UTF8',
    // The built-in provider sorts and folds case alike on every machine.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ];
}
