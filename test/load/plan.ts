/** What a run is: how many people, in how many workspaces, for how long; all of it follows from the arguments. */
import { parseArgs } from 'node:util';
import { positive } from '../support/long-run';

export interface Plan {
  readonly seed: number;
  /** Who is let in before the storm. */
  readonly people: number;
  readonly workspaces: number;
  /** How long people enter and things happen to them; a scale phase that takes longer leaves the shortest soak. */
  readonly forMs: number;
  readonly leastSoakMs: number;
  /**
   * People who enter in a second of the soak, one for each workspace at least; null takes half of the pace that the
   * scale phase showed.
   */
  readonly perSecond: number | null;
  /** Journeys of each workspace whose outcome is known beforehand. */
  readonly errands: number;
  /** How often the loop of the longest of them goes round at most. */
  readonly mostRounds: number;
  /** Random ones. */
  readonly workflows: number;
  /** Events after which a journey begins a fresh history. */
  readonly historyLimit: number;
  /** Node's limit for the heap of a worker, from which its cache of enrollments follows. */
  readonly heapMb: number;
  /** Whether the run is long enough for a slope of memory to mean anything. */
  readonly judgesMemory: boolean;
  readonly sampleMs: number;
  /** How long nothing at all may happen before the run takes it for over. */
  readonly quietMs: number;
  /** Executions whose histories are read in the end. */
  readonly mostHistories: number;
  readonly reportFile: string | null;
  /** Whether the folder with logs and data stays. */
  readonly keeps: boolean;
}

export const WORKERS = 2;

const MINUTE = 60_000;
/** A run that fits into a test run. */
const SHORT_MINUTES = 1;
/** Below that, garbage that is not collected yet looks like a leak. */
const MEMORY_MINUTES = 30;
/** The share of the time that is soaked at least. */
const LEAST_SOAK = 0.2;

/** @throws when an argument is not understood. */
export function planOf(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      people: { type: 'string', default: '1000' },
      minutes: { type: 'string', default: '30' },
      workspaces: { type: 'string', default: '20' },
      seed: { type: 'string' },
      rate: { type: 'string' },
      report: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  });
  const minutes = positive('minutes', values.minutes);
  const isShort = minutes <= SHORT_MINUTES;
  return {
    seed: values.seed === undefined ? Date.now() % 1_000_000 : positive('seed', values.seed),
    people: whole('people', values.people),
    workspaces: whole('workspaces', values.workspaces),
    forMs: minutes * MINUTE,
    leastSoakMs: LEAST_SOAK * minutes * MINUTE,
    perSecond: values.rate === undefined ? null : positive('rate', values.rate),
    errands: isShort ? 2 : 4,
    mostRounds: isShort ? 3 : 8,
    workflows: isShort ? 1 : 2,
    historyLimit: isShort ? 60 : 100,
    heapMb: isShort ? 160 : 200,
    judgesMemory: minutes >= MEMORY_MINUTES,
    sampleMs: isShort ? 500 : 5_000,
    quietMs: isShort ? 30_000 : 90_000,
    mostHistories: isShort ? 500 : 50_000,
    reportFile: values.report ?? null,
    keeps: values.keep,
  };
}

function whole(name: string, text: string): number {
  const value = positive(name, text);
  if (Number.isInteger(value)) return value;
  throw new Error(`--${name}=${text} must be a whole number.`);
}
