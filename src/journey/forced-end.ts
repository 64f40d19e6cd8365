/** Visits that end otherwise than their node would have them end. */
import type { RunOutcome } from './outcome';
import type { EndedVisit } from './runtime';
import type { ForcedEnd } from './state';

/** How a path leaves a node. */
export type Left = RunOutcome & {
  readonly failed: boolean;
  readonly status?: EndedVisit['status'];
};

/** How a message ends that comes too late for somebody who was paused. */
export const LATE: ForcedEnd = {
  port: 'not_sent',
  status: 'completed',
  reason: 'send.blocked.late',
};

/** The end of a visit that an operator decided, as if the node had. */
export const asOutcome = ({ port, status, reason }: ForcedEnd): Left => ({
  port,
  status,
  reason: { code: reason },
  failed: false,
});
