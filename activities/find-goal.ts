import { goalReachedBy } from '../src/journey/event-match';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { CLOSED, loadFacts } from './enrollment-facts';

/** Looks for a goal that the contact has reached since the enrollment began, or for its end by other hands. */
export function createFindGoal({
  db,
  evaluators,
  loadGraph,
}: FactDeps): FactActivities['findGoal'] {
  return async ({ workspaceId, enrollmentId, graph: ref, at }) => {
    const graph = await loadGraph(ref);
    return db.inWorkspace(workspaceId, async (tx) => {
      const loaded = await loadFacts(tx, enrollmentId, at, { writes: false });
      if (loaded === null || loaded.enrollment.endedAt !== null) return CLOSED;
      const { facts, lookUp } = loaded;
      return goalReachedBy(graph, facts, evaluators, lookUp);
    });
  };
}
