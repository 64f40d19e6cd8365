/** Closes an enrollment: what is open is cancelled, `enrollment.ended` goes out; first close wins. */
import { closeEnrollment } from '../src/db/enrollments';
import { cancelOpenSteps } from '../src/db/steps';
import { goalReachedBy } from '../src/journey/event-match';
import type { EndStatus } from '../src/journey/runtime';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { loadFacts } from './enrollment-facts';
import { recordEnd } from './step-book';

export function createFinish({ db, evaluators, loadGraph }: FactDeps): FactActivities['finish'] {
  return async ({ workspaceId, enrollmentId, graph: ref, at, ended, ...end }) => {
    const graph = await loadGraph(ref);
    return db.inWorkspace(workspaceId, async (tx) => {
      const { facts, lookUp } = await loadFacts(tx, enrollmentId, at);
      for (const visit of ended) await recordEnd(tx, enrollmentId, visit);
      await cancelOpenSteps(tx, enrollmentId, new Date(at));
      const meanwhile =
        end.status === 'completed' ? await goalReachedBy(graph, facts, evaluators, lookUp) : null;
      const { error, reason } = end;
      const row = await closeEnrollment(tx, enrollmentId, {
        status: meanwhile === null ? end.status : 'goal_reached',
        goalId: meanwhile?.goalId ?? end.goalId,
        reason,
        error: error === null ? null : { code: error.code, nodeId: error.node },
        at: new Date(at),
      });
      return { status: (row?.status ?? end.status) as EndStatus, goalId: row?.goalId ?? null };
    });
  };
}
