import { findAwaited } from '../src/journey/event-match';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { loadFacts } from '../src/db/facts';

/** Looks for the event that a waiting node awaits. */
export function createFindEvent({
  db,
  evaluators,
  loadGraph,
}: FactDeps): FactActivities['findEvent'] {
  return async ({ workspaceId, enrollmentId, graph: ref, at, ...search }) => {
    const graph = await loadGraph(ref);
    return db.inWorkspace(workspaceId, async (tx) => {
      const loaded = await loadFacts(tx, enrollmentId, graph, { at, writes: false });
      if (loaded === null) return null;
      const { facts, lookUp } = loaded;
      return findAwaited(graph.node(search.node), search, facts, evaluators, lookUp);
    });
  };
}
