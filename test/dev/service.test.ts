import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from '../../src/dev/processes';
import { type Service, startService } from '../../src/dev/service';
import { closedFolder, removeFolders } from './folders';

const READY_THEN_WAIT = `console.log('"event":"ready"'); setInterval(() => {}, 1000);`;
let service: Service | null = null;

async function start(script: string, lines: string[] = [], pids: number[] = []): Promise<Service> {
  const folder = closedFolder();
  writeFileSync(join(folder, 'entry.ts'), script);
  service = await startService({
    name: 'worker',
    entry: join(folder, 'entry.ts'),
    root: resolve(__dirname, '../..'),
    env: {},
    logFile: join(folder, 'logs', 'worker.log'),
    isReady: (logged) => logged().includes('"event":"ready"'),
    onStart: (pid) => pids.push(pid),
    onEnd: () => undefined,
    line: (text) => lines.push(text),
  });
  return service;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('It did not happen within 20 seconds.');
    await sleep(20);
  }
}

afterEach(async () => {
  await service?.stop();
  service = null;
  removeFolders();
});

test('a killed program is started again, and says so', async () => {
  const lines: string[] = [];
  const pids: number[] = [];
  const { pid } = await start(READY_THEN_WAIT, lines, pids);
  const first = pid();
  process.kill(first ?? 0, 'SIGKILL');
  await until(() => lines.length === 2);
  expect(lines[0]).toContain('was ended by SIGKILL; starting it again');
  expect(lines[1]).toBe(`The worker is back (process ${pid()}).`);
  expect(pids).toEqual([first, pid()]);
});

test('a stopped program stays stopped, and had the time to end by itself', async () => {
  const graceful = `process.once('SIGTERM', () => setTimeout(() => process.exit(0), 300)); ${READY_THEN_WAIT}`;
  const lines: string[] = [];
  const running = await start(graceful, lines);
  const pid = running.pid() ?? 0;
  await running.stop();
  expect(processIdentity(pid)).toBeNull();
  expect(running.pid()).toBeNull();
  expect(lines).toEqual([]);
});

test('a program that ends before it is ready fails the start with the end of its log', async () => {
  await expect(
    start(`console.error('DATABASE_URL is not set.'); process.exit(3);`),
  ).rejects.toThrow(/The worker did not start[\s\S]*DATABASE_URL is not set/);
});

test('programs run in UTC', async () => {
  await start(`if (process.env.TZ !== 'UTC') process.exit(1); ${READY_THEN_WAIT}`);
  expect(service?.pid()).not.toBeNull();
});
