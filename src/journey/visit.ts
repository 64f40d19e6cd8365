/** What is noted of visits and goals on the way. */
import type { Instant, JsonObject } from './json';

/** One visit of one node; the key of its effects and of its row. */
export interface VisitKey {
  readonly node: string;
  readonly visit: number;
}

/** A visit that ended, to be recorded with the next advance. */
export interface EndedVisit extends VisitKey {
  readonly at: Instant;
  readonly status: 'completed' | 'failed' | 'skipped' | 'cancelled';
  readonly port: string | null;
  readonly reason: string;
  readonly output?: JsonObject;
}

export interface ReachedGoal {
  readonly goalId: string;
  readonly at: Instant;
}
