/** What a run costs and how fast it is: memory and CPU of the processes, and the time from an event to its step. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Measured, readCpu, spent } from '../../bench/cpu';
import { readResident } from '../../bench/resident';
import { median, quantile } from '../../bench/statistics';
import type { Observed } from '../chaos/observed';
import type { Stack } from './stack';

export interface Sample {
  readonly at: number;
  /** Megabytes in memory, by the name of the process. */
  readonly memory: Readonly<Record<string, number>>;
}

/** A part of a run, from when to when. */
export interface Phase {
  readonly from: number;
  readonly to: number;
  /** CPU milliseconds spent meanwhile, by the name of the process. */
  readonly cpu: Readonly<Record<string, number>>;
}

const MB = 1_024 * 1_024;

/** Does the work, and says how long it took and what it cost. */
export async function measured<T>(
  { processes }: Pick<Stack, 'processes'>,
  work: () => Promise<T>,
): Promise<{ phase: Phase; result: T }> {
  const [from, before] = [Date.now(), readCpu(processes())];
  const result = await work();
  return { phase: { from, to: Date.now(), cpu: spent(before, readCpu(processes())) }, result };
}

/** Reads the memory again and again while the work is done. */
export async function sampled<T>(
  processes: () => Record<string, Measured>,
  everyMs: number,
  work: () => Promise<T>,
): Promise<{ samples: readonly Sample[]; result: T }> {
  const samples: Sample[] = [];
  const over = new AbortController();
  const reading = (async () => {
    while (!over.signal.aborted) {
      const memory = Object.entries(readResident(processes())).map(
        ([name, bytes]) => [name, bytes / MB] as const,
      );
      samples.push({ at: Date.now(), memory: Object.fromEntries(memory) });
      await sleep(everyMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  try {
    return { samples, result: await work() };
  } finally {
    over.abort();
    await reading;
  }
}

const HOUR = 3_600_000;
/** Memory goes up and down with each collection of garbage; what is left at the bottom of each stretch counts. */
const STRETCHES = 12;

/** Megabytes an hour by which the memory of a process grew: the median slope between the bottoms of stretches. */
export function slopeOf(samples: readonly Sample[], name: string): number {
  const size = Math.ceil(samples.length / STRETCHES);
  const bottoms: (readonly [number, number])[] = [];
  for (let from = 0; from < samples.length; from += size) {
    const points = samples
      .slice(from, from + size)
      .map(({ at, memory }) => [at, memory[name] ?? 0] as const);
    const bottom = points.toSorted(([, a], [, b]) => a - b)[0];
    if (bottom !== undefined) bottoms.push(bottom);
  }
  const slopes = bottoms.flatMap(([at, bytes], index) =>
    bottoms.slice(index + 1).map(([later, more]) => ((more - bytes) / (later - at)) * HOUR),
  );
  return slopes.length === 0 ? 0 : median(slopes);
}

export interface Reaction {
  readonly events: number;
  readonly p50: number;
  readonly p99: number;
}

const RECEIVED = 'wait.event_received';

/** From the receipt of an event to the end of the wait that it ended, where she was waiting already. */
export function reactionOf(
  observed: Observed,
  eventAt: (enrollmentId: string, nodeId: string) => Date | undefined,
  { from, to }: Pick<Phase, 'from' | 'to'>,
): Reaction {
  const times = observed.steps.flatMap(({ enrollmentId, nodeId, reason, writtenAt, closedAt }) => {
    if (closedAt === null || reason?.startsWith(RECEIVED) !== true) return [];
    const at = eventAt(enrollmentId, nodeId)?.getTime();
    if (at === undefined || at < from || at >= to || writtenAt.getTime() > at) return [];
    return [closedAt.getTime() - at];
  });
  return { events: times.length, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
