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
import { createStepBook, EndedMeanwhile, recordEnd } from './step-book';

export function createAdvance({ db, evaluators, loadGraph }: FactDeps): FactActivities['advance'] {
  return async ({ workspaceId, enrollmentId, graph: ref, retries = 0, ...request }) => {
    const { ended, from, visits, at, watch } = request;
    const graph = await loadGraph(ref);
    const work = db.inWorkspace(workspaceId, async (tx) => {
      const loaded = await loadFacts(tx, enrollmentId, graph, { at, writes: true });
      // An execution from before a retry has nothing to do any more.
      if (loaded?.enrollment.endedAt !== null || loaded.enrollment.retries !== retries)
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
    return work.catch((error: unknown) => {
      if (error instanceof EndedMeanwhile) return { taken: [], watch: CLOSED };
      throw error;
    });
  };
}
