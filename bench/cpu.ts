/**
 * CPU time of whole processes, read from /proc, because children and servers of other languages do not
 * tell it themselves. Threads and children that ended between two readings are missing; the servers
 * measured here keep theirs.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  readonly pid: number;
  /** Whether the work is done by children of the process, as in PostgreSQL. */
  readonly forks?: boolean;
}

/** CPU milliseconds since each process began. Throws on systems without /proc. */
export function readCpu<K extends string>(processes: Record<K, Measured>): Record<K, number> {
  const entries = Object.entries<Measured>(processes).map(([name, { pid, forks }]) => {
    const pids = forks ? [pid, ...childrenOf(pid)] : [pid];
    return [name, pids.reduce((sum, one) => sum + processCpu(one), 0)];
  });
  return Object.fromEntries(entries) as Record<K, number>;
}

/** What was spent between two readings. */
export function spent<K extends string>(
  before: Record<K, number>,
  after: Record<K, number>,
): Record<K, number> {
  const entries = Object.entries<number>(after).map(([name, value]) => [
    name,
    value - before[name as K],
  ]);
  return Object.fromEntries(entries) as Record<K, number>;
}

/** Refuses systems where nothing could be measured. */
export function assertMeasurable(): void {
  if (processCpu(process.pid) > 0) return;
  throw new Error(
    'The benchmark reads CPU times from /proc/<pid>/task/*/schedstat, which this system lacks: run it on Linux.',
  );
}

/** CPU milliseconds that all processes of the machine have spent since it began. */
function readMachineCpu(): number {
  const [user, nice, system, , , irq, softirq, steal] = read('/proc/stat')
    .split('\n', 1)
    .flatMap((line) => line.trim().split(/\s+/).slice(1).map(Number));
  const ticks = [user, nice, system, irq, softirq, steal];
  return ticks.reduce<number>((sum, each) => sum + (each ?? 0), 0) * TICK_MS;
}

/**
 * How many cores other programs of the machine kept busy during some work; `own` reads what the measured ones have
 * spent. What they take is missing here: times grow, and CPU times grow too, as shared caches and cores do.
 */
export async function beside<T>(
  own: () => number,
  work: () => Promise<T>,
): Promise<{ result: T; otherCores: number }> {
  const read = () => readMachineCpu() - own();
  const [before, startedAt] = [read(), Date.now()];
  const result = await work();
  return { result, otherCores: Math.max(0, (read() - before) / (Date.now() - startedAt)) };
}

const NANOSECONDS = 1e6;
/** The unit of /proc/stat, the same on every Linux that Node runs on. */
const TICK_MS = 10;

function processCpu(pid: number): number {
  let total = 0;
  for (const task of list(`/proc/${pid}/task`)) {
    total += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ', 1)[0]) || 0;
  }
  return total / NANOSECONDS;
}

/** The processes that a process has begun itself. */
export function childrenOf(parent: number): number[] {
  const pids = list('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => parentOf(pid) === parent);
}

/** The name before it may hold anything, so fields are counted from its closing parenthesis. */
function parentOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
