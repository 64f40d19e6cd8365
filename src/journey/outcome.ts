/** How the visit of a node ends. */
import type { JsonObject } from './json';

/** Why a step ended as it did. `code` may enter a history; `detail` may be personal and stays in rows. */
export interface Reason {
  readonly code: string;
  readonly detail?: string;
}

/** How a visit ended: through a port, or null to end the path. */
export interface Outcome<P extends string = string> {
  readonly port: P | 'error' | null;
  readonly reason: Reason;
  readonly output?: JsonObject;
}

export interface RunOutcome<P extends string = string> extends Outcome<P> {
  /** Ends the whole enrollment as `exited`. */
  readonly exits?: boolean;
  /** Goes on by all of these ports at once instead of by `port`. */
  readonly forks?: readonly string[];
}
