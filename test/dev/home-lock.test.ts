import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHome } from '../../src/dev/home-lock';
import { recordProcess } from '../../src/dev/processes';
import { closedFolder, removeFolders } from './folders';

interface LockFile {
  holder: { pid: number; identity: string };
  since: string;
  started: { name: string; pid: number; identity: string }[];
}

const readLock = (home: string) =>
  JSON.parse(readFileSync(join(home, 'lock.json'), 'utf8')) as LockFile;

function writeLock(
  home: string,
  holder: LockFile['holder'],
  started: LockFile['started'] = [],
): void {
  writeFileSync(
    join(home, 'lock.json'),
    JSON.stringify({ holder, since: '2026-01-01T00:00:00Z', started }),
  );
}

async function startSleeper() {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const record = recordProcess(child.pid ?? 0);
  if (!record) throw new Error('The process ended at once.');
  return { child, record };
}

afterEach(removeFolders);

test('the home is locked while it is held, and free afterwards', async () => {
  const home = join(closedFolder(), 'new');
  const lock = await lockHome(home);
  expect(readLock(home).holder.pid).toBe(process.pid);
  lock.release();
  expect(existsSync(join(home, 'lock.json'))).toBe(false);
});

test('a second holder is refused, with the process and the way out', async () => {
  const home = closedFolder();
  const { child, record } = await startSleeper();
  writeLock(home, record);
  await expect(lockHome(home)).rejects.toThrow(
    new RegExp(`already runs in .* \\(process ${record.pid}, .*THROUGHLINE_HOME`),
  );
  expect(readLock(home).holder).toEqual(record);
  child.kill('SIGKILL');
});

test('the lock of a dead holder is taken over, together with what it left running', async () => {
  const home = closedFolder();
  const dead = await startSleeper();
  const orphan = await startSleeper();
  dead.child.kill('SIGKILL');
  await once(dead.child, 'exit');
  const gone = { name: 'worker', ...dead.record };
  writeLock(home, dead.record, [gone, { name: 'temporal', ...orphan.record }]);
  const lock = await lockHome(home);
  expect(lock.running()).toEqual([{ name: 'temporal', ...orphan.record }]);
  expect(readLock(home).started).toEqual([{ name: 'temporal', ...orphan.record }]);
  orphan.child.kill('SIGKILL');
  await once(orphan.child, 'exit');
  expect(lock.running()).toEqual([]);
  lock.release();
});

test('a stranger that was given the pid of a dead holder does not keep the home locked', async () => {
  const home = closedFolder();
  const { child, record } = await startSleeper();
  writeLock(home, { pid: record.pid, identity: 'of another boot' });
  const lock = await lockHome(home);
  expect(readLock(home).holder.pid).toBe(process.pid);
  lock.release();
  child.kill('SIGKILL');
});

test('a lock file without content is taken over', async () => {
  const home = closedFolder();
  writeFileSync(join(home, 'lock.json'), '');
  const lock = await lockHome(home);
  expect(readLock(home).holder.pid).toBe(process.pid);
  lock.release();
});

test('a takeover that is under way elsewhere is waited for', async () => {
  const home = closedFolder();
  writeFileSync(join(home, 'lock.json'), '');
  mkdirSync(join(home, 'lock.json.takeover'));
  const { child, record } = await startSleeper();
  setTimeout(() => writeLock(home, record), 300);
  await expect(lockHome(home)).rejects.toThrow(`process ${record.pid}`);
  child.kill('SIGKILL');
});

test('nothing is written after the release', async () => {
  const home = closedFolder();
  const lock = await lockHome(home);
  lock.remember('worker', process.pid);
  expect(lock.running()).toHaveLength(1);
  lock.release();
  lock.forget(process.pid);
  expect(existsSync(join(home, 'lock.json'))).toBe(false);
});
