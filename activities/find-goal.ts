import { goalReachedBy } from '../src/journey/event-match';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { loadFacts } from './enrollment-facts';

/** Looks for a goal that the contact has reached since the enrollment began. */
export function createFindGoal({
  db,
  evaluators,
  loadGraph,
}: FactDeps): FactActivities['findGoal'] {
  return async ({ workspaceId, enrollmentId, graph: ref, at }) => {
    const graph = await loadGraph(ref);
    return db.inWorkspace(workspaceId, async (tx) => {
      const { facts, lookUp } = await loadFacts(tx, enrollmentId, at);
      return goalReachedBy(graph, facts, evaluators, lookUp);
    });
  };
}
