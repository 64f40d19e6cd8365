/**
 * Everything an enrollment must remember between two histories, as JSON under 256 KB.
 *
 * Owns: the shape and its conversion to and from the interpreter's maps. Does not own: personal
 * data and variables (PostgreSQL has them), doorbells (whoever enters again looks the facts up).
 *
 * Invariants:
 * S1. Instants are absolute, so a re-entered wait computes the same deadline.
 * S2. Keys that users name (node ids) are array entries, never object keys.
 */
import type { Instant, JsonObject } from './json';
import type { EndedVisit } from './runtime';

/** Raised when the meaning of the state or of the walk changes; see CONTRIBUTING.md. */
export const ENGINE_VERSION = 1;

export interface LastSend {
  readonly deliveryKey: string;
  readonly at: Instant;
}

/** One path through the graph: where it stands and what it remembers. */
export interface Cursor {
  readonly id: string;
  node: string;
  visit: number;
  /** Whether the visit's row is written; until then the path still has to advance. */
  entered: boolean;
  startedAt: Instant;
  memory: JsonObject;
  lastSend: LastSend | null;
  /** Events that satisfied a wait of this path, newest last. */
  consumed: readonly string[];
  /** The visit that led here, while its end is not recorded. */
  ended: EndedVisit | null;
}

export interface NodeVisits {
  readonly count: number;
  readonly lastStartedAt: Instant;
}

export interface EnrollmentState {
  readonly engineVersion: number;
  readonly enrollmentId: string;
  readonly startedAt: Instant;
  readonly cursors: readonly Cursor[];
  readonly visits: readonly (readonly [node: string, visits: NodeVisits])[];
  /** Ends of paths that have no successor to record them. */
  readonly unrecorded: readonly EndedVisit[];
  readonly goals: readonly { readonly goalId: string; readonly at: Instant }[];
  readonly pause: { readonly since: Instant | null; readonly heldMs: number };
}

/** Events remembered per path; far more than waits between two looks at the past can consume. */
const CONSUMED_KEPT = 200;

export function initialState(enrollmentId: string, entry: string, at: Instant): EnrollmentState {
  return {
    engineVersion: ENGINE_VERSION,
    enrollmentId,
    startedAt: at,
    cursors: [
      {
        id: '0',
        node: entry,
        visit: 1,
        entered: false,
        startedAt: at,
        memory: {},
        lastSend: null,
        consumed: [],
        ended: null,
      },
    ],
    visits: [[entry, { count: 1, lastStartedAt: at }]],
    unrecorded: [],
    goals: [],
    pause: { since: null, heldMs: 0 },
  };
}

export function consume(cursor: Cursor, eventId: string): void {
  cursor.consumed = [...cursor.consumed, eventId].slice(-CONSUMED_KEPT);
}

/** `<enrollment>:<node>:<visit>`, the key of every effect of a visit. */
export function effectKey(enrollmentId: string, node: string, visit: number): string {
  return `${enrollmentId}:${node}:${visit}`;
}
