/**
 * Forks that are not joined yet.
 *
 * Invariants:
 * F1. A path stands in a list of forks, the innermost last; a join closes the innermost.
 * F2. The first branch to arrive holds the join; those behind it end there and leave it what they
 *     remember.
 * F3. A branch that ended before the join is not waited for.
 */
import { type Branch, type Cursor, type Fork, inherit } from './state';

export class Forks {
  readonly #forks: Map<string, Fork>;

  /** `live` are the cursors of all paths that are not over. */
  constructor(
    forks: readonly Fork[],
    private readonly live: () => readonly Cursor[],
  ) {
    this.#forks = new Map(forks.map((fork) => [fork.id, { ...fork }]));
  }

  open(id: string, branches: number): void {
    this.#forks.set(id, { id, branches, arrived: [], holder: null });
  }

  /** A path arrives at a join: it holds it, or is merged into the path that does. */
  arrive(cursor: Cursor): 'holds' | 'merged' {
    const place = cursor.forks.at(-1);
    const fork = place && this.#forks.get(place.fork);
    if (!place || !fork) return 'holds';
    fork.arrived = [...fork.arrived, place.branch];
    const holder = this.live().find(({ id }) => id === fork.holder);
    if (holder === undefined) {
      fork.holder = cursor.id;
      return 'holds';
    }
    inherit(holder, cursor);
    return 'merged';
  }

  /** Whether the join that a path holds needs to wait no longer. */
  isJoined(cursor: Cursor, need: 'all' | number): boolean {
    const place = cursor.forks.at(-1);
    const fork = place && this.#forks.get(place.fork);
    if (!fork) return true;
    if (need !== 'all' && fork.arrived.length >= need) return true;
    const underWay = this.#branchesOf(fork.id).filter(
      ({ branch }) => !fork.arrived.includes(branch),
    );
    return underWay.length === 0;
  }

  /** Closes the innermost fork of a path; returns the ids of the paths that are still under way in it. */
  close(cursor: Cursor): readonly string[] {
    const place = cursor.forks.at(-1);
    if (place === undefined) return [];
    this.#forks.delete(place.fork);
    cursor.forks = cursor.forks.slice(0, -1);
    return this.live()
      .filter(({ forks }) => forks.some(({ fork }) => fork === place.fork))
      .map(({ id }) => id);
  }

  save(): readonly Fork[] {
    return [...this.#forks.values()].filter(({ id }) => this.#branchesOf(id).length > 0);
  }

  #branchesOf(fork: string): readonly Branch[] {
    return this.live().flatMap(({ forks }) => forks.filter((place) => place.fork === fork));
  }
}
