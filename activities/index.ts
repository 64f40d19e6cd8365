import { createAdvance } from './advance';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { createFindEvent } from './find-event';
import { createFindGoal } from './find-goal';
import { guarded } from './failure';
import { createFinish } from './finish';

/** Reads and writes of our own database, run as local activities beside the workflow. */
export function createFactActivities(deps: FactDeps): FactActivities {
  return {
    advance: guarded('advance', createAdvance(deps), deps.log),
    findEvent: guarded('findEvent', createFindEvent(deps), deps.log),
    findGoal: guarded('findGoal', createFindGoal(deps), deps.log),
    finish: guarded('finish', createFinish(deps), deps.log),
  };
}
