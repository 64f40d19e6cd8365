/** From rounds to figures: medians, ratios, and the shape of `bench/results.json`. */
import { cpus } from 'node:os';
import type { Footprint } from './histories';
import { STEPS } from './journeys';
import type { Latencies } from './passages';
import type { Cpu, Round } from './rounds';
import { median, quantile, round } from './statistics';

export const VARIANTS = ['empty', 'handWritten', 'interpreted', 'largeGraph'] as const;
export type Variant = (typeof VARIANTS)[number];

interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly samples: number;
}

export interface VariantResult {
  readonly cpuMsPerEnrollment: Cpu & { readonly total: number };
  readonly cpuMsPerNodeExecution: number | null;
  readonly footprint: Footprint;
  readonly stepLatencyMs: Quantiles | null;
  readonly timerToStepMs: Quantiles | null;
  readonly eventToBranchMs: Quantiles | null;
  readonly enrollments: number;
}

export interface Results {
  readonly ratios: {
    readonly interpretedToHandWritten: number;
    readonly largeGraphToSmall: number;
  };
  readonly eventReactionMs: Quantiles & {
    /** Enrollments a second while it was measured: half of the most. */
    readonly perSecond: number;
    /** Cores that other programs kept busy meanwhile. */
    readonly otherCores: number;
  };
  readonly cpuMsPerNodeExecution: number;
  readonly nodeExecutionsPerMinute: number;
  readonly variants: Readonly<Record<Variant, VariantResult>>;
  readonly spread: {
    readonly interpretedToHandWritten: readonly [number, number];
    readonly largeGraphToSmall: readonly [number, number];
  };
  readonly note: { readonly cores: number; readonly node: string; readonly cpu: string } & Samples;
}

export interface Samples {
  readonly rounds: number;
  readonly enrollmentsPerRound: number;
  readonly quick: boolean;
  /** Cores that other programs kept busy during the rounds. */
  readonly otherCores: number;
}

export interface LoadMeasured {
  /** Steps written per second when the machine does what it can. */
  readonly highestPerSecond: number;
  readonly steady: Latencies;
  /** Enrollments a second while `steady` was measured. */
  readonly perSecond: number;
  readonly otherCores: number;
}

export interface Measurements {
  readonly rounds: Readonly<Record<Variant, readonly Round[]>>;
  readonly footprints: Readonly<Record<Variant, readonly Footprint[]>>;
  readonly load: LoadMeasured;
  readonly samples: Samples;
}

/** Worker, Temporal and PostgreSQL; the relay's process also does the bench's own work. */
export function total({ worker, temporal, postgres }: Cpu): number {
  return worker + temporal + postgres;
}

export function resultsOf(measured: Measurements): Results {
  const { rounds, footprints, load, samples } = measured;
  const { steady, highestPerSecond } = load;
  const results = VARIANTS.map((name) => [name, variantResult(rounds[name], footprints[name])]);
  const variants = Object.fromEntries(results) as Record<Variant, VariantResult>;
  const toHandWritten = ratios(rounds.interpreted, rounds.handWritten);
  const toSmall = ratios(rounds.largeGraph, rounds.interpreted);
  return {
    ratios: {
      interpretedToHandWritten: round(median(toHandWritten), 3),
      largeGraphToSmall: round(median(toSmall), 3),
    },
    eventReactionMs: {
      ...quantiles(steady.event),
      perSecond: round(load.perSecond),
      otherCores: round(load.otherCores),
    },
    cpuMsPerNodeExecution: variants.interpreted.cpuMsPerNodeExecution ?? Number.NaN,
    nodeExecutionsPerMinute: Math.round(highestPerSecond * 60),
    variants,
    spread: { interpretedToHandWritten: range(toHandWritten), largeGraphToSmall: range(toSmall) },
    note: {
      cores: cpus().length,
      node: process.version,
      cpu: cpus()[0]?.model ?? '',
      ...samples,
      otherCores: round(samples.otherCores),
    },
  };
}

function variantResult(rounds: readonly Round[], footprints: readonly Footprint[]): VariantResult {
  const middle = (of: (cpu: Cpu) => number) => round(median(rounds.map(({ cpu }) => of(cpu))));
  const cpu = {
    worker: middle((it) => it.worker),
    temporal: middle((it) => it.temporal),
    postgres: middle((it) => it.postgres),
    relay: middle((it) => it.relay),
    total: middle(total),
  };
  const timer = rounds.flatMap(({ latencies }) => latencies.timer);
  const event = rounds.flatMap(({ latencies }) => latencies.event);
  const journey = timer.length > 0;
  return {
    cpuMsPerEnrollment: cpu,
    cpuMsPerNodeExecution: journey ? round(cpu.total / STEPS) : null,
    footprint: typical(footprints),
    stepLatencyMs: journey ? quantiles([...timer, ...event]) : null,
    timerToStepMs: journey ? quantiles(timer) : null,
    eventToBranchMs: journey ? quantiles(event) : null,
    enrollments: rounds.reduce((sum, { executions }) => sum + executions.length, 0),
  };
}

/** The execution with the middle number of actions; they differ when two things meet in one task. */
function typical(footprints: readonly Footprint[]): Footprint {
  const sorted = [...footprints].sort((a, b) => a.actions.total - b.actions.total);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('No history was read.');
  return middle;
}

/** Round by round, since rounds beside each other share their noise. */
function ratios(these: readonly Round[], those: readonly Round[]): number[] {
  return these.map(({ cpu }, index) => {
    const other = those[index];
    return other === undefined ? Number.NaN : total(cpu) / total(other.cpu);
  });
}

function range(values: readonly number[]): readonly [number, number] {
  return [round(Math.min(...values), 3), round(Math.max(...values), 3)];
}

function quantiles(samples: readonly number[]): Quantiles {
  return {
    p50: round(quantile(samples, 0.5), 1),
    p99: round(quantile(samples, 0.99), 1),
    samples: samples.length,
  };
}
