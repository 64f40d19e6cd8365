/**
 * Closes an enrollment: what is open is cancelled, `enrollment.ended` goes out; first close wins. Whoever a goal that
 * became known meanwhile sends to a node stays open.
 */
import { closeEnrollment, type EnrollmentRow, getEnrollment } from '../src/db/enrollments';
import { cancelOpenSteps } from '../src/db/steps';
import { endedBy, lookForGoals, moves } from '../src/journey/goals';
import type { EndStatus, FinishRequest, FinishResult } from '../src/journey/runtime';
import type { FactActivities } from './contract';
import type { JsonObject } from '../src/journey/json';
import type { FactDeps } from './deps';
import { loadFacts } from '../src/db/facts';
import { recordEnd } from './step-book';

export function createFinish({ db, evaluators, loadGraph }: FactDeps): FactActivities['finish'] {
  return async ({ workspaceId, enrollmentId, graph: ref, retries = 0, ...request }) => {
    const { at, ended, watch, resume, mayMove = false, ...end } = request;
    const graph = await loadGraph(ref);
    return db.inWorkspace(workspaceId, async (tx) => {
      const loaded = await loadFacts(tx, enrollmentId, graph, { at, writes: true });
      if (loaded === null) return closed(await getEnrollment(tx, enrollmentId), end);
      const { enrollment, facts, lookUp } = loaded;
      if (enrollment.endedAt !== null) return closed(enrollment, end);
      // Its worker died before it could tell Temporal, and an operator was faster: it ended long ago.
      if (enrollment.retries !== retries) return { status: end.status, goalId: end.goalId };
      for (const visit of ended) await recordEnd(tx, enrollmentId, visit);
      const late =
        end.status === 'completed'
          ? await lookForGoals(graph, watch, facts, evaluators, lookUp)
          : null;
      if (mayMove && moves(graph, late))
        return { status: end.status, goalId: end.goalId, moved: late };
      await cancelOpenSteps(tx, enrollmentId, new Date(at));
      const { status, goalId, reason, error } = { ...end, ...endedBy(graph, late) };
      const row = await closeEnrollment(tx, enrollmentId, {
        status,
        goalId,
        reason,
        error: error === null ? null : { code: error.code, nodeId: error.node },
        resumeState: resume as unknown as JsonObject | null,
        at: new Date(at),
      });
      return closed(row, end);
    });
  };
}

/** How the row says that it ended, whoever closed it; what was asked for where there is no row any more. */
function closed(row: EnrollmentRow | null, asked: Pick<FinishRequest, 'status'>): FinishResult {
  return { status: (row?.status ?? asked.status) as EndStatus, goalId: row?.goalId ?? null };
}
