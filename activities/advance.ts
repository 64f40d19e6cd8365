/**
 * One transaction between two nodes that take time: records the end of the last visit, looks for a
 * goal, takes the decisions ahead, enters the node behind them. Repeated, it answers the same.
 */
import { goalReachedBy } from '../src/journey/event-match';
import { walkDecisions } from '../src/journey/walk';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { CLOSED, loadFacts } from './enrollment-facts';
import { createStepBook, recordEnd } from './step-book';

export function createAdvance({ db, evaluators, loadGraph }: FactDeps): FactActivities['advance'] {
  return async ({ workspaceId, enrollmentId, graph: ref, ended, from, visits, at }) => {
    const graph = await loadGraph(ref);
    return db.inWorkspace(workspaceId, async (tx) => {
      const loaded = await loadFacts(tx, enrollmentId, at, { writes: true });
      if (loaded === null || loaded.enrollment.endedAt !== null) return { taken: [], goal: CLOSED };
      const { enrollment, facts, lookUp } = loaded;
      if (ended !== null) await recordEnd(tx, enrollmentId, ended);
      const goal = await goalReachedBy(graph, facts, evaluators, lookUp);
      if (goal !== null || from === null) return { taken: [], goal };
      const book = createStepBook(tx, enrollment, facts);
      const taken = await walkDecisions(graph, { from, visits }, evaluators, book);
      return { taken, goal: null };
    });
  };
}
