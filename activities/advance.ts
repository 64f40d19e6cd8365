/**
 * One transaction between two nodes that take time: records the ends of visits, looks for exits and
 * goals, takes the decisions ahead, enters the node behind them. Repeated, it answers the same.
 */
import { CLOSED, lookForGoals, stops } from '../src/journey/goals';
import { walkDecisions } from '../src/journey/walk';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { loadFacts } from '../src/db/facts';
import { heldByWorkflow } from '../src/db/workflow-pause';
import { createStepBook, recordEnd } from './step-book';

export function createAdvance({ db, evaluators, loadGraph }: FactDeps): FactActivities['advance'] {
  return async ({ workspaceId, enrollmentId, graph: ref, ended, from, visits, at, watch }) => {
    const graph = await loadGraph(ref);
    return db.inWorkspace(workspaceId, async (tx) => {
      const loaded = await loadFacts(tx, enrollmentId, graph, { at, writes: true });
      if (loaded === null || loaded.enrollment.endedAt !== null)
        return { taken: [], watch: CLOSED };
      const { enrollment, workflowPaused, facts, lookUp } = loaded;
      for (const visit of ended) await recordEnd(tx, enrollmentId, visit);
      const answer = await lookForGoals(graph, watch, facts, evaluators, lookUp);
      if (stops(graph, answer)) return { taken: [], watch: answer };
      if (workflowPaused && (await heldByWorkflow(tx, enrollment)))
        return { taken: [], watch: answer, held: true };
      const book = createStepBook(tx, enrollment, facts, graph);
      const taken = await walkDecisions(graph, { from, visits }, evaluators, book);
      return { taken, watch: answer };
    });
  };
}
