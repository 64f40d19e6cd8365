/** A copy of the product as `npm start` runs it, in a folder of its own that is removed afterwards. */
import { existsSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ThroughlineClient } from '../../src/client/index';
import { loadConfig } from '../../src/config';
import { lockHome } from '../../src/dev/home-lock';
import { createProgress } from '../../src/dev/progress';
import { createStack } from '../../src/dev/stack';
import { type Measured, readCpu } from '../cpu';
import { readResident } from '../resident';
import { stoppedAfter } from '../stopping';

const PARTS = ['worker', 'temporal', 'postgres', 'api'] as const;
export type Part = (typeof PARTS)[number];
export type PerPart = Readonly<Record<Part, number>>;

export interface Copy {
  readonly client: ThroughlineClient;
  readonly databaseUrl: string;
  /** CPU milliseconds that each part has spent. */
  cpu(): PerPart;
  /** Bytes in memory of each part. */
  resident(): PerPart;
  /** Bytes of the files in which the development server of Temporal keeps its executions. */
  temporalBytes(): number;
}

/** A thousand people in one request take a while on a machine that has much else to do. */
const CALL_TIMEOUT_MS = 300_000;

/** Runs the work beside a copy that was just started. */
export async function withCopy<T>(work: (copy: Copy) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'throughline-copy-'));
  // PostgreSQL may have to run under another account.
  await chmod(home, 0o755);
  const config = loadConfig({ THROUGHLINE_HOME: home, PORT: '0', THROUGHLINE_RATE_LIMIT: '0' });
  const lock = await lockHome(home);
  const stack = createStack(config, lock, createProgress({ write: () => undefined }));
  const stop = async () => {
    await stack.stop();
    await rm(home, { recursive: true, force: true });
  };
  return stoppedAfter(stop, async () => {
    const { api: address, apiKey, databaseUrl } = await stack.start();
    const pids = new Map(lock.running().map(({ name, pid }) => [name, pid]));
    const measured = Object.fromEntries(
      PARTS.map((name) => [name, { pid: pids.get(name) ?? 0, forks: name === 'postgres' }]),
    ) as Record<Part, Measured>;
    const files = ['', '-wal'].map((ending) => join(home, `temporal.db${ending}`));
    return work({
      client: await ThroughlineClient.connect({ address, apiKey, timeoutMs: CALL_TIMEOUT_MS }),
      databaseUrl,
      cpu: () => readCpu(measured),
      resident: () => readResident(measured),
      temporalBytes: () =>
        files.reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0),
    });
  });
}

/** The same with each part reckoned by itself. */
export function each(these: PerPart, reckon: (value: number, part: Part) => number): PerPart {
  const entries = PARTS.map((part) => [part, reckon(these[part], part)]);
  return Object.fromEntries(entries) as PerPart;
}

/** All parts together. */
export const sum = (parts: PerPart): number =>
  PARTS.reduce((total, part) => total + parts[part], 0);
