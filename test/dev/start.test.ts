/** The whole of `npm start`, with real processes: start, refusal, kills, recovery, stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import type { RunFile } from '../../src/dev/demo-context';
import { processIdentity } from '../../src/dev/processes';
import { closedFolder, removeFolders } from './folders';

const ROOT = resolve(__dirname, '../..');
const MAIL = { from: 'shop@example.com', to: 'ada@example.com', subject: 'Hi', text: 'Hi' };
const copies: ChildProcess[] = [];

interface Copy {
  child: ChildProcess;
  output(): string;
  ended: Promise<number | null>;
}

function start(home: string, env: Record<string, string> = {}): Copy {
  // As the script does it, without its installation: a test must not change what other tests run on.
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/dev/start.ts', '--no-demo'], {
    cwd: ROOT,
    env: { ...process.env, THROUGHLINE_HOME: home, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  copies.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  return { child, output: () => output, ended };
}

async function until(condition: () => boolean, what: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`It did not happen within a minute:\n${what()}`);
    await sleep(50);
  }
}

const runPath = (home: string) => join(home, 'run.json');
const readRun = (home: string) => JSON.parse(readFileSync(runPath(home), 'utf8')) as RunFile;
const isUp = (copy: Copy) => until(() => copy.output().includes('Throughline is up'), copy.output);

function startedIn(home: string): { name: string; pid: number }[] {
  const lock = JSON.parse(readFileSync(join(home, 'lock.json'), 'utf8')) as {
    started: { name: string; pid: number }[];
  };
  return lock.started;
}

afterEach(async () => {
  for (const child of copies.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
  }
  removeFolders();
});

test('a copy comes up, refuses a second one, restarts a killed worker, and stops cleanly', async () => {
  const home = closedFolder();
  const copy = start(home);
  await isUp(copy);
  const run = readRun(home);
  expect((await fetch(`${run.api}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${run.inbox}/dev/inbox.json`)).json()).toEqual([]);
  // Nothing of a copy is reached from elsewhere, nor under another address of this machine.
  const { port } = new URL(run.api);
  await expect(fetch(`http://127.0.0.2:${port}/healthz`)).rejects.toThrow('fetch failed');

  const second = start(home);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain('already runs in');

  process.kill(run.pids.worker ?? 0, 'SIGKILL');
  await until(() => copy.output().includes('The worker is back'), copy.output);
  expect(readRun(home).pids.worker).not.toBe(run.pids.worker);

  const headers = { authorization: `Bearer ${run.apiKey}` };
  expect((await fetch(`${run.api}/api/v1/workflows`, { headers })).status).toBe(200);

  const started = startedIn(home);
  expect(started.map(({ name }) => name).sort()).toEqual(['api', 'postgres', 'temporal', 'worker']);
  copy.child.kill('SIGINT');
  // The same key press may arrive again by another way.
  copy.child.kill('SIGINT');
  expect(await copy.ended).toBe(0);
  expect(started.filter(({ pid }) => processIdentity(pid) !== null)).toEqual([]);
  expect([existsSync(runPath(home)), existsSync(join(home, 'lock.json'))]).toEqual([false, false]);
}, 120_000);

test('after a kill of the copy itself the next start ends what was left, and keeps the data and the key', async () => {
  const home = closedFolder();
  const killed = start(home);
  await isUp(killed);
  const before = readRun(home);
  const left = startedIn(home);
  const transport = createTransport(before.smtpUrl);
  await transport.sendMail({ ...MAIL, messageId: '<kept@throughline>' });
  transport.close();
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(left.filter(({ pid }) => processIdentity(pid) === null)).toEqual([]);

  const copy = start(home);
  await isUp(copy);
  expect(copy.output()).toContain('Ending what an interrupted run left behind');
  expect(left.filter(({ pid }) => processIdentity(pid) !== null)).toEqual([]);
  const { apiKey, inbox } = readRun(home);
  expect(apiKey).toBe(before.apiKey);
  // A mail that the catcher forgot would count as never sent, and be sent again.
  expect((await fetch(`${inbox}/dev/messages/kept@throughline`)).status).toBe(200);
}, 120_000);

test('a port that was asked for and is taken ends the start before anything is made', async () => {
  const home = closedFolder();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const copy = start(home, { PORT: String(port) });
  expect(await copy.ended).toBe(1);
  other.close();
  expect(copy.output()).toContain(`PORT=${port} is taken by another program.`);
  expect([copy.output().includes('PostgreSQL'), existsSync(join(home, 'postgres'))]).toEqual([
    false,
    false,
  ]);
}, 60_000);

test('an interrupted start leaves nothing running', async () => {
  const home = closedFolder();
  const copy = start(home);
  await until(() => copy.output().includes('PostgreSQL: starting'), copy.output);
  const started = startedIn(home);
  copy.child.kill('SIGTERM');
  expect(await copy.ended).toBe(130);
  expect(started.filter(({ pid }) => processIdentity(pid) !== null)).toEqual([]);
  expect(existsSync(join(home, 'lock.json'))).toBe(false);
}, 60_000);

test('a database that cannot be reached fails the start, and nothing stays behind', async () => {
  const home = closedFolder();
  const copy = start(home, { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:9/none' });
  expect(await copy.ended).toBe(1);
  expect(copy.output()).not.toContain('secret');
  expect(existsSync(join(home, 'lock.json'))).toBe(false);
}, 60_000);

test('a bad value in the environment is said before anything starts', async () => {
  const home = join(closedFolder(), 'never');
  const copy = start(home, { PORT: 'eighty', TEMPORAL_ADDRESS: 'nowhere' });
  expect(await copy.ended).toBe(1);
  expect(copy.output()).toMatch(/PORT="eighty"[\s\S]*TEMPORAL_ADDRESS="nowhere"/);
  expect(existsSync(home)).toBe(false);
}, 60_000);
