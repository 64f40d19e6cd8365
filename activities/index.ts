import { createAdvance } from './advance';
import { createAsk } from './ask';
import type { FactActivities } from './contract';
import type { FactDeps } from './deps';
import { createFindEvent } from './find-event';
import { guarded } from './failure';
import { createFinish } from './finish';
import { createLook } from './look';
import { createSteer } from './steer';
import { timed } from './timed';

/** Reads and writes of our own database, run as local activities beside the workflow. */
export function createFactActivities(deps: FactDeps): FactActivities {
  return {
    advance: timed(guarded('advance', createAdvance(deps), deps.log)),
    ask: timed(guarded('ask', createAsk(deps), deps.log)),
    findEvent: timed(guarded('findEvent', createFindEvent(deps), deps.log)),
    look: timed(guarded('look', createLook(deps), deps.log)),
    steer: timed(guarded('steer', createSteer(deps), deps.log)),
    finish: timed(guarded('finish', createFinish(deps), deps.log)),
  };
}
