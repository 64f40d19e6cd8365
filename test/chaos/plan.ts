/** What a run is: how long, how much, which faults; all of it follows from the arguments. */
import { parseArgs } from 'node:util';
import { positive } from '../support/long-run';

export interface Plan {
  readonly seed: number;
  /** How long people enter and faults happen. */
  readonly loadMs: number;
  /** How long everybody may take to finish after that. */
  readonly settleMs: number;
  /** How long people enter in the control, in which the guards are off. */
  readonly controlMs: number;
  readonly controlSettleMs: number;
  readonly controlPerSecond: number;
  readonly perSecond: number;
  /** Nobody enters while more are under way. */
  readonly mostOpen: number;
  readonly workflows: number;
  /** The longest time between two faults beyond what the first one takes. */
  readonly calmMs: number;
  /** Whether times are judged, which a machine that does other things at once cannot keep. */
  readonly judgesTimes: boolean;
  /** How long what is known may take to be seen by everybody under way. */
  readonly seenWithinMs: number;
  /** Executions whose histories are read in the end. */
  readonly mostHistories: number;
  readonly reportFile: string | null;
  /** Whether the folder with logs and data stays. */
  readonly keeps: boolean;
}

export const WORKSPACES = 20;
export const WORKERS = 3;
export const APIS = 2;
/** Events after which a journey begins a fresh history. */
export const HISTORY_LIMIT = 40;

const MINUTE = 60_000;
/** A run that fits into a test run, starts and stops included. */
const SHORT_MINUTES = 2;
/** The share of a short run in which people enter. */
export const SHORT_SHARE = 0.375;

/** @throws when an argument is not understood. */
export function planOf(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string' },
      rate: { type: 'string' },
      report: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  });
  const minutes = positive('minutes', values.minutes);
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : positive('seed', values.seed);
  const rate = values.rate === undefined ? undefined : positive('rate', values.rate);
  const more = { reportFile: values.report ?? null, keeps: values.keep };
  return {
    ...(minutes <= SHORT_MINUTES ? short(minutes) : long(minutes)),
    ...more,
    seed,
    ...(rate === undefined ? {} : { perSecond: rate }),
  };
}

type Size = Omit<Plan, 'seed' | 'reportFile' | 'keeps'>;

function short(minutes: number): Size {
  return {
    loadMs: SHORT_SHARE * minutes * MINUTE,
    settleMs: 180_000,
    controlMs: 8_000,
    controlSettleMs: 30_000,
    controlPerSecond: 2,
    perSecond: 0.7,
    mostOpen: 25,
    workflows: 1,
    calmMs: 1_500,
    judgesTimes: false,
    seenWithinMs: 30_000,
    mostHistories: 400,
  };
}

function long(minutes: number): Size {
  return {
    loadMs: minutes * MINUTE,
    settleMs: 5 * MINUTE,
    controlMs: Math.min(minutes / 4, 5) * MINUTE,
    controlSettleMs: MINUTE,
    controlPerSecond: 1.3,
    perSecond: 1.3,
    mostOpen: 100,
    workflows: 5,
    calmMs: 8_000,
    judgesTimes: true,
    seenWithinMs: 6_000,
    mostHistories: 20_000,
  };
}
