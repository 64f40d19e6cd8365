/** One round of one variant: a flock of passages, and the CPU time that it took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../src/ids';
import { beside, readCpu, spent } from './cpu';
import {
  allEnded,
  enter,
  type Latencies,
  latencies,
  look,
  type Passage,
  ring,
  until,
} from './passages';
import { BY_HAND_QUEUE, type RunningStack } from './stack';
import type { World } from './world';

/** Whose CPU time is told apart. The relay's process also enrolls and stores the events. */
export type Cpu = Readonly<Record<'worker' | 'temporal' | 'postgres' | 'relay', number>>;

export interface Bench {
  readonly stack: RunningStack;
  readonly world: World;
}

export interface Flock {
  readonly size: number;
  /** Between two starts and between two events; slow enough that nobody queues. */
  readonly paceMs: number;
}

export interface Round {
  /** Milliseconds per enrollment, without what the processes spend when idle. */
  readonly cpu: Cpu;
  readonly latencies: Latencies;
  /** Workflow ids. */
  readonly executions: readonly string[];
}

/** The last workflow task is completed and the outbox emptied after the last row was written. */
const SETTLE_MS = 400;

export function cpuNow({ stack: { pids } }: Bench): Cpu {
  return readCpu({
    worker: { pid: pids.worker },
    temporal: { pid: pids.temporal },
    postgres: { pid: pids.postgres, forks: true },
    relay: { pid: process.pid },
  });
}

/** How many cores other programs of the machine kept busy during some work. */
export async function crowdedBy<T>(
  bench: Bench,
  work: () => Promise<T>,
): Promise<{ result: T; otherCores: number }> {
  const own = () => {
    const { catcher } = readCpu({ catcher: { pid: bench.stack.pids.catcher } });
    return Object.values(cpuNow(bench)).reduce((sum, each) => sum + each, catcher);
  };
  return beside(own, work);
}

/** What the processes spend per millisecond with nothing to do. */
export async function idleRate(bench: Bench, forMs: number): Promise<Cpu> {
  const [before, startedAt] = [cpuNow(bench), Date.now()];
  await sleep(forMs);
  return scaled(spent(before, cpuNow(bench)), 1 / (Date.now() - startedAt));
}

/** A round of a published journey. */
export async function journeyRound(
  bench: Bench,
  idle: Cpu,
  { workflowId, size, paceMs }: Flock & { workflowId: string },
): Promise<Round> {
  const { world } = bench;
  const contacts = await world.contacts(size);
  const passages: Passage[] = [];
  const cpu = await perEnrollment(bench, idle, size, async () => {
    await paced(contacts, paceMs, async (contact) => {
      passages.push(await enter(world, workflowId, contact));
    });
    await until('everybody listens', async () => {
      return (await look(world, passages)).listening.length === size;
    });
    await paced(passages, paceMs, (passage) => ring(world, passage));
    await allEnded(world, passages);
  });
  const executions = passages.map(({ temporalId }) => temporalId);
  return { cpu, latencies: await latencies(world, passages), executions };
}

/** A round of workflows that do nothing. */
export async function emptyRound(bench: Bench, idle: Cpu, { size, paceMs }: Flock): Promise<Round> {
  const { client } = bench.world;
  const executions = Array.from({ length: size }, () => `empty/${newId()}`);
  const cpu = await perEnrollment(bench, idle, size, async () => {
    await paced(executions, paceMs, async (workflowId) => {
      await client.workflow.start('empty', { workflowId, taskQueue: BY_HAND_QUEUE });
    });
    await client.workflow.getHandle(executions[size - 1] ?? '').result();
  });
  return { cpu, latencies: { timer: [], event: [], early: 0 }, executions };
}

/** What one of `size` enrollments took of each process while the work was done. */
export async function perEnrollment(
  bench: Bench,
  idle: Cpu,
  size: number,
  work: () => Promise<void>,
): Promise<Cpu> {
  const [before, startedAt] = [cpuNow(bench), Date.now()];
  await work();
  await sleep(SETTLE_MS);
  const [total, lasted] = [spent(before, cpuNow(bench)), Date.now() - startedAt];
  return scaled(spent(scaled(idle, lasted), total), 1 / size);
}

async function paced<T>(
  items: readonly T[],
  paceMs: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const startedAt = Date.now();
  const acts: Promise<void>[] = [];
  for (const [index, item] of items.entries()) {
    await sleep(Math.max(0, startedAt + index * paceMs - Date.now()));
    acts.push(act(item));
  }
  await Promise.all(acts);
}

function scaled(cpu: Cpu, factor: number): Cpu {
  const { worker, temporal, postgres, relay } = cpu;
  return {
    worker: worker * factor,
    temporal: temporal * factor,
    postgres: postgres * factor,
    relay: relay * factor,
  };
}
