import type { EnrollmentFacts } from '../src/db/facts';
import type { Evaluators } from '../src/journey/facts';
import { lookForGoals, stops } from '../src/journey/goals';
import type { Graph } from '../src/journey/graph';
import type { WatchState } from '../src/journey/runtime';

/** Why nothing must leave for a contact who is no more. */
export const ERASED = 'contact_erased';

/** What goals and exits are looked for with. */
export interface Watched {
  readonly graph: Graph;
  readonly watch: WatchState;
  readonly evaluators: Evaluators;
}

/** Why nothing must leave for an enrollment any more, judged by what is committed now; null when it may. */
export async function stoppedBy(
  { graph, watch, evaluators }: Watched,
  { enrollment, facts, lookUp }: EnrollmentFacts,
): Promise<string | null> {
  if (enrollment.endedAt !== null) return 'enrollment_ended';
  const found = await lookForGoals(graph, watch, facts, evaluators, lookUp);
  if (!stops(graph, found)) return null;
  return found.exit === null ? 'goal_reached' : 'exited';
}
