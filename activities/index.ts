import { createAdvance } from './advance';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { createFindEvent } from './find-event';
import { createFindGoal } from './find-goal';
import { createFinish } from './finish';

/** Reads and writes of our own database, run as local activities beside the workflow. */
export function createFactActivities(deps: FactDeps): FactActivities {
  return {
    advance: createAdvance(deps),
    findEvent: createFindEvent(deps),
    findGoal: createFindGoal(deps),
    finish: createFinish(deps),
  };
}
