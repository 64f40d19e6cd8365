/**
 * Whether the settings and triggers of a workflow let a contact in, given when she was inside before.
 *
 * Owns: limits, delays, what it means that she is inside. Does not own: `entryWhen` (evaluators judge
 * it), taking turns, or writing anything (src/db/admission.ts).
 *
 * 1. An enrollment that was restarted counts towards `limit`, since its contact entered; it is no end,
 *    so neither `allowMultiple: false` nor `reEnrollmentDelay` speaks of it.
 * 2. `limit` and `reEnrollmentDelay` speak of the contact. With `parallel`, whether she may enter again
 *    is asked of each key alone, so which of two keys ends first makes no difference.
 * 3. The rate limit of a trigger speaks of the entries through that trigger. Several triggers that the
 *    same event pulls are several ways in: one that is open is enough (rate-limit.ts).
 */
import type { EnrollmentSettings } from './enrollment-settings';
import type { Instant } from './json';
import { type Entered, fullUntil, openWay, type Way } from './rate-limit';

/** Why somebody was not let in; part of the API. */
export type BlockedReason =
  | 'already_active'
  | 'already_entered'
  | 'limit_reached'
  | 'too_soon'
  | 'rate_limited'
  | 'entry_condition'
  | 'workflow_not_active'
  | 'caused_by_itself';

/** Causes in a row before a chain of enrollments and events that cause each other is cut. */
const DEPTH_AT_MOST = 16;

/** Whether something lies so deep in a chain of causes that it can only be causing itself. */
export function isCausedByItself(depth: number): boolean {
  return depth > DEPTH_AT_MOST;
}

/** Whether an event only explains a cut. It causes nothing, or each cut would be followed by another. */
export function explainsCut(depth: number): boolean {
  return depth > DEPTH_AT_MOST + 1;
}

/** An earlier enrollment of the contact in the workflow. */
export interface Passage extends Entered {
  readonly key: string | null;
  /** Null while she is inside. */
  readonly endedAt: Instant | null;
  /** Whether it ended because she entered anew. */
  readonly restarted: boolean;
}

/** The entry that is asked for. */
export interface Entry {
  readonly at: Instant;
  readonly key: string | null;
  /** The triggers that would let her in; none where nothing but the settings is asked. */
  readonly ways: readonly Way[];
}

export interface Refusal {
  readonly reason: BlockedReason;
  /** From when on this reason stands in the way no more, where time alone removes it. */
  readonly until?: Instant;
}

type Rules = Omit<EnrollmentSettings, 'entryWhen'>;

/** Why an entry is refused; null when they let her in. */
export function refusalOf(rules: Rules, earlier: readonly Passage[], entry: Entry): Refusal | null {
  const lane = rules.whenActive === 'parallel' ? earlier.filter(hasKey(entry.key)) : earlier;
  if (rules.whenActive !== 'restart' && lane.some(isInside)) return { reason: 'already_active' };
  if (!rules.allowMultiple && lane.some(isOver)) return { reason: 'already_entered' };
  return (
    overLimit(rules, earlier, entry) ??
    tooSoon(rules, earlier, entry) ??
    rateLimited(earlier, entry)
  );
}

/** The open enrollments that an entry takes the place of. */
export function replacedBy<P extends Passage>(rules: Rules, earlier: readonly P[]): readonly P[] {
  return rules.whenActive === 'restart' ? earlier.filter(isInside) : [];
}

const hasKey = (key: string | null) => (passage: Passage) => passage.key === key;
const isInside = ({ endedAt }: Passage) => endedAt === null;
const isOver = ({ endedAt, restarted }: Passage) => endedAt !== null && !restarted;

function overLimit(
  { limit, window }: Rules,
  earlier: readonly Passage[],
  { at }: Entry,
): Refusal | null {
  if (limit === undefined) return null;
  if (window === undefined) return earlier.length < limit ? null : { reason: 'limit_reached' };
  const until = fullUntil(earlier, { max: limit, within: window, at });
  return until === null ? null : { reason: 'limit_reached', until };
}

function tooSoon(
  { reEnrollmentDelay }: Rules,
  earlier: readonly Passage[],
  { at }: Entry,
): Refusal | null {
  const ends = earlier.filter(isOver).map(({ endedAt }) => endedAt ?? 0);
  if (reEnrollmentDelay === undefined || ends.length === 0) return null;
  const until = Math.max(...ends) + reEnrollmentDelay;
  return at < until ? { reason: 'too_soon', until } : null;
}

function rateLimited(earlier: readonly Passage[], { at, ways }: Entry): Refusal | null {
  const open = openWay(ways, earlier, at);
  return open !== null && 'until' in open ? { reason: 'rate_limited', until: open.until } : null;
}
