import { createAdvance } from './advance';
import { createAsk } from './ask';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { createFindEvent } from './find-event';
import { guarded } from './failure';
import { createFinish } from './finish';
import { createLook } from './look';
import { createSteer } from './steer';

/** Reads and writes of our own database, run as local activities beside the workflow. */
export function createFactActivities(deps: FactDeps): FactActivities {
  return {
    advance: guarded('advance', createAdvance(deps), deps.log),
    ask: guarded('ask', createAsk(deps), deps.log),
    findEvent: guarded('findEvent', createFindEvent(deps), deps.log),
    look: guarded('look', createLook(deps), deps.log),
    steer: guarded('steer', createSteer(deps), deps.log),
    finish: guarded('finish', createFinish(deps), deps.log),
  };
}
