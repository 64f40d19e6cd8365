/**
 * How the answers of a group's entries become one answer.
 *
 * `changesAt` may be earlier than the real change, never later: whoever waits on it judges again.
 */
import { type Condition, type ConditionGroup, isGroup } from '../journey/condition';
import type { Verdict } from '../journey/facts';
import type { Instant } from '../journey/json';
import { judgeLeaf, withChange } from './leaves';
import type { Scope } from './scope';

/** Judges the entries of a group, stopping as soon as the answer is certain. */
export async function judgeGroup(
  group: ConditionGroup,
  judgeOne: (condition: Condition) => Promise<Verdict>,
): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const entry of group.conditions) {
    const verdict = isGroup(entry) ? await judgeGroup(entry, judgeOne) : await judgeOne(entry);
    verdicts.push(verdict);
    if (decides(group, verdict)) break;
  }
  return combine(group, verdicts);
}

/** The same for filters, whose conditions need no question to a database. */
export function judgeSync(group: ConditionGroup, scope: Scope): Verdict {
  const verdicts: Verdict[] = [];
  for (const entry of group.conditions) {
    const verdict = isGroup(entry) ? judgeSync(entry, scope) : judgeInFilter(entry, scope);
    verdicts.push(verdict);
    if (decides(group, verdict)) break;
  }
  return combine(group, verdicts);
}

function judgeInFilter(condition: Condition, scope: Scope): Verdict {
  if (condition.type === 'event' || condition.type === 'step') {
    return { value: false, reason: `a filter cannot ask for a ${condition.type}` };
  }
  return judgeLeaf(condition, scope);
}

/** One false entry settles AND; one true entry settles OR and NOT. */
const decides = ({ operator }: ConditionGroup, { value }: Verdict): boolean =>
  value === (operator !== 'AND');

function combine(group: ConditionGroup, verdicts: readonly Verdict[]): Verdict {
  const last = verdicts.at(-1);
  if (last === undefined) return ofEmpty(group);
  const decided = decides(group, last);
  const value = group.operator === 'OR' ? decided : !decided;
  const deciding = decided ? [last] : verdicts;
  const reason = together(deciding.map((verdict) => verdict.reason));
  return withChange({ value, reason }, earliest(deciding));
}

/** The longest explanation, but for its last words. */
const LONGEST = 1_000;

/** What led to an answer, so far as somebody would read it. */
function together(reasons: readonly string[]): string {
  let said = '';
  for (const [index, reason] of reasons.entries()) {
    const next = index === 0 ? reason : `${said}; ${reason}`;
    if (next.length > LONGEST && index > 0) return `${said}; and ${reasons.length - index} more`;
    said = next.length > LONGEST ? `${next.slice(0, LONGEST)}…` : next;
  }
  return said;
}

/** All of none hold, and none of none; at least one of none does not. */
const ofEmpty = ({ operator }: ConditionGroup): Verdict => ({
  value: operator !== 'OR',
  reason: 'there are no conditions',
});

function earliest(verdicts: readonly Verdict[]): Instant | undefined {
  const instants = verdicts.flatMap(({ changesAt }) => changesAt ?? []);
  return instants.length === 0 ? undefined : Math.min(...instants);
}
