/** Memory of whole processes, read from /proc, shared pages counted once among those who share them. */
import { readFileSync } from 'node:fs';
import { childrenOf, type Measured } from './cpu';

/** Bytes in memory of each process, with its children where they do the work. */
export function readResident<K extends string>(processes: Record<K, Measured>): Record<K, number> {
  const entries = Object.entries<Measured>(processes).map(([name, { pid, forks }]) => {
    const pids = forks ? [pid, ...childrenOf(pid)] : [pid];
    return [name, pids.reduce((sum, one) => sum + resident(one), 0)];
  });
  return Object.fromEntries(entries) as Record<K, number>;
}

const KB = 1_024;

/** 0 for a process that has just ended, or that this account may not look at. */
function resident(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * KB;
  } catch {
    return 0;
  }
}
