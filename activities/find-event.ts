import { findAwaited } from '../src/journey/event-match';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { loadFacts } from './enrollment-facts';

/** Looks for the event that a waiting node awaits. */
export function createFindEvent({
  db,
  evaluators,
  loadGraph,
}: FactDeps): FactActivities['findEvent'] {
  return async ({ workspaceId, enrollmentId, graph: ref, at, ...search }) => {
    const graph = await loadGraph(ref);
    return db.inWorkspace(workspaceId, async (tx) => {
      const { facts, lookUp } = await loadFacts(tx, enrollmentId, at);
      return findAwaited(graph.node(search.node), search, facts, evaluators, lookUp);
    });
  };
}
