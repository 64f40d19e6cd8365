/** Whom a command is for, and what comes of it. */
import type { Refusal } from './commands';
import type { Graph } from './graph';
import type { Instant } from './json';
import type { EnrollmentState } from './state';

export interface Situation {
  readonly state: EnrollmentState;
  readonly graph: Graph;
  readonly at: Instant;
}

export type Steered =
  | { readonly state: EnrollmentState }
  /** The enrollment is over. */
  | { readonly ends: { readonly status: 'cancelled' | 'exited'; readonly reason: string } }
  | { readonly refused: Refusal; readonly detail?: string };
