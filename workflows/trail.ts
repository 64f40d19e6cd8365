import type { TakenDecision } from '../src/journey/runtime';

/** The end of a visit, as far as operators see it: ids and codes. */
export type TrailStep = TakenDecision;

/** What a fresh history is told of the ones before. */
export interface SavedTrail {
  readonly steps: readonly TrailStep[];
  /** How many there were before these. */
  readonly earlier: number;
}

const STEPS_KEPT = 20;

/** The latest steps of an enrollment; older ones are only counted. */
export class Trail {
  #saved: SavedTrail;

  constructor(saved: SavedTrail = { steps: [], earlier: 0 }) {
    this.#saved = saved;
  }

  note(ended: readonly TrailStep[]): void {
    const more = ended.map(({ node, visit, port, reason }) => ({ node, visit, port, reason }));
    const all = [...this.#saved.steps, ...more];
    const gone = Math.max(0, all.length - STEPS_KEPT);
    this.#saved = { steps: all.slice(gone), earlier: this.#saved.earlier + gone };
  }

  save(): SavedTrail {
    return this.#saved;
  }
}
