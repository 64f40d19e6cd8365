import { CLOSED, lookForGoals } from '../src/journey/goals';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { loadFacts } from '../src/db/facts';

/** Looks for an exit, and for goals that the contact has reached since the enrollment began. */
export function createLook({ db, evaluators, loadGraph }: FactDeps): FactActivities['look'] {
  return async ({ workspaceId, enrollmentId, graph: ref, watch, at }) => {
    const graph = await loadGraph(ref);
    return db.inWorkspace(workspaceId, async (tx) => {
      const loaded = await loadFacts(tx, enrollmentId, graph, { at, writes: false });
      if (loaded === null || loaded.enrollment.endedAt !== null) return CLOSED;
      const { facts, lookUp } = loaded;
      return lookForGoals(graph, watch, facts, evaluators, lookUp);
    });
  };
}
