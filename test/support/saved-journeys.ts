/** Random journeys on which something went wrong once, kept whole: a seed is worth nothing after the next change of the generator. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomJourney } from './random-graph';

export interface SavedJourney {
  /** What went wrong. */
  readonly about: string;
  readonly journey: RandomJourney;
}

const FILE = join(__dirname, '../random-journeys.json');

/** The journeys that every run plays first. */
export function savedJourneys(): readonly SavedJourney[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as SavedJourney[];
}
