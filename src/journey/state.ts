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
import type { ClockPolicy, LatePolicy } from './commands';
import type { Instant, JsonObject } from './json';
import { ENGINE_VERSION } from './engine-version';
import type { EndedVisit, ReachedGoal } from './visit';

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
  /** From when the spans of the visit count: its start, unless a pause moved it. */
  anchor: Instant;
  /** What it sleeps for; null before it sleeps, or when only somebody can wake it. */
  until: Instant | null;
  /** How the visit ends whatever the node would do. */
  forced?: ForcedEnd;
  /** Whether it goes without messages until its next wait. */
  quiet?: boolean;
  memory: JsonObject;
  lastSend: LastSend | null;
  /** The forks it stands in, the innermost last. */
  forks: readonly Branch[];
  /** Events that satisfied a wait of this path, newest last. */
  consumed: readonly string[];
}

export interface ForcedEnd {
  readonly port: string;
  readonly status: EndedVisit['status'];
  readonly reason: string;
}

/** Why an enrollment stands still, and what becomes of it afterwards. */
export interface Pause {
  /** Its own, or that of the whole workflow, which holds people at their next boundary. */
  readonly by: 'operator' | 'workflow';
  readonly since: Instant;
  readonly clock: ClockPolicy;
  readonly late: LatePolicy;
}

/** A place in a fork: which fork, and which of its branches. */
export interface Branch {
  readonly fork: string;
  readonly branch: number;
}

/** A fork that is not joined yet. */
export interface Fork {
  /** `<node>:<visit>` of the node that forked. */
  readonly id: string;
  readonly branches: number;
  /** Branches that arrived at the join. */
  arrived: readonly number[];
  /** The path that waits at the join for the others. */
  holder: string | null;
}

export interface NodeVisits {
  /** How often a path was put before the node. Numbers are never given twice, so one may be left out. */
  readonly count: number;
  /** The latest visit that began; null when paths were only put before the node and taken away again. */
  readonly latest: { readonly visit: number; readonly startedAt: Instant } | null;
}

export interface EnrollmentState {
  readonly engineVersion: number;
  readonly enrollmentId: string;
  readonly startedAt: Instant;
  readonly cursors: readonly Cursor[];
  readonly visits: readonly (readonly [node: string, visits: NodeVisits])[];
  readonly forks: readonly Fork[];
  /** How many paths there have been, for the id of the next. */
  readonly paths: number;
  /** Visits that ended and are not recorded yet. */
  readonly unrecorded: readonly EndedVisit[];
  readonly goals: readonly ReachedGoal[];
  /** Goals by condition alone that were seen false. */
  readonly armed: readonly string[];
  readonly pause: Pause | null;
  /** A node that replaces all paths. */
  readonly jump: string | null;
  /** Commands that were judged, for the order of the next. */
  readonly steered: number;
}

/** Events remembered per path; far more than waits between two looks at the past can consume. */
const CONSUMED_KEPT = 200;

/** The state of somebody who has just entered. */
export function initialState(
  enrollmentId: string,
  entry: string,
  at: Instant,
  engineVersion = ENGINE_VERSION,
): EnrollmentState {
  return {
    engineVersion,
    enrollmentId,
    startedAt: at,
    cursors: [cursorAt('0', entry, 1, at)],
    visits: [[entry, { count: 1, latest: null }]],
    forks: [],
    paths: 1,
    unrecorded: [],
    goals: [],
    armed: [],
    pause: null,
    jump: null,
    steered: 0,
  };
}

/** A path about to enter a node, with nothing behind it. */
export function cursorAt(id: string, node: string, visit: number, at: Instant): Cursor {
  return {
    id,
    node,
    visit,
    entered: false,
    startedAt: at,
    anchor: at,
    until: null,
    memory: {},
    lastSend: null,
    forks: [],
    consumed: [],
  };
}

/** The path about to enter a node for another visit, which is counted in `visits`. */
export function beginAnew(
  { forced: _forced, ...cursor }: Cursor,
  node: string,
  visits: Map<string, NodeVisits>,
  at: Instant,
): Cursor {
  const before = visits.get(node);
  const visit = (before?.count ?? 0) + 1;
  visits.set(node, { count: visit, latest: before?.latest ?? null });
  const fresh = { entered: false, startedAt: at, anchor: at, until: null, memory: {} };
  return { ...cursor, ...fresh, node, visit };
}

/** Lets a path go on from what others have been through: the later send, and every event that a wait has met. */
export function inherit(heir: Cursor, { lastSend, consumed }: Cursor): void {
  heir.consumed = [...new Set([...heir.consumed, ...consumed])].slice(-CONSUMED_KEPT);
  if (lastSend !== null && lastSend.at >= (heir.lastSend?.at ?? 0)) heir.lastSend = lastSend;
}

export function consume(cursor: Cursor, eventId: string): void {
  cursor.consumed = [...cursor.consumed, eventId].slice(-CONSUMED_KEPT);
}

/** `<enrollment>:<node>:<visit>`, the key of every effect of a visit. */
export function effectKey(enrollmentId: string, node: string, visit: number): string {
  return `${enrollmentId}:${node}:${visit}`;
}
