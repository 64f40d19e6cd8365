import type { Database } from '../src/db/client';
import type { Evaluators } from '../src/journey/facts';
import type { Graph } from '../src/journey/graph';
import type { GraphRef } from '../src/journey/graph-ref';
import type { Logger } from '../src/log';

/** What the activities on our own facts are made of. */
export interface FactDeps {
  readonly db: Database;
  readonly evaluators: Evaluators;
  /** The published graph, from a cache. */
  loadGraph(ref: GraphRef): Promise<Graph>;
  /** Hears of unexpected failures, whose texts nobody else may see. */
  readonly log?: Logger;
}
