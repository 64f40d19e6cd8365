import { cpus, loadavg } from 'node:os';
import { round } from '../statistics';

/** What the command line says to every part. */
export interface PartOptions {
  /** Seconds instead of minutes; good for no figures. */
  readonly quick: boolean;
  /** How many wait. */
  readonly people: number;
  /** How often what is compared takes turns. */
  readonly rounds: number;
  /** Steps behind the questions. */
  readonly steps: number;
  /** Which part of their people are still inside. */
  readonly open: number;
  say(line: string): void;
}

/** Where and beside what something was measured. */
export interface Note {
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  readonly quick: boolean;
  /** Of the minute before. */
  readonly loadBefore: number;
  /** Cores that other programs kept busy meanwhile. */
  readonly otherCores: number;
}

/** To be called before anything is started; what it returns, when it is over. */
export function noteTaker(quick: boolean): (otherCores: number) => Note {
  const loadBefore = round(loadavg()[0] ?? 0, 1);
  return (otherCores) => ({
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    node: process.version,
    quick,
    loadBefore,
    otherCores: round(otherCores),
  });
}
