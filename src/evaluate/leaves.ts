/** Judges the conditions that need no question to a database. */
import type {
  FieldCondition,
  ScoreCondition,
  TagCondition,
  TimeCondition,
} from '../journey/condition';
import type { Verdict } from '../journey/facts';
import type { Instant, Json } from '../journey/json';
import { sameValues, show } from '../journey/coercion';
import type { OperatorContext } from '../journey/operator-tests';
import { isNegated, judge, type OperatorName, operandOf } from '../journey/operators';
import { isTemplate, renderValue, TemplateError } from './liquid';
import { matchesPattern } from './regex';
import { readField, type Scope, templateView } from './scope';
import { chooseZone, instantOf, isoText, windowAt } from './zone';

/** A field, tag, score or time condition. */
export type Leaf = FieldCondition | TagCondition | ScoreCondition | TimeCondition;

/** The answer of a leaf. Never throws for data. */
export function judgeLeaf(condition: Leaf, scope: Scope): Verdict {
  if (condition.type === 'time') return judgeTime(condition, scope);
  const operand = renderOperand(condition.value, scope);
  if (operand.problem !== undefined)
    return { value: isNegated(condition.operator), reason: operand.problem };
  if (condition.type === 'tag') return judgeTag(condition.operator, operand.value, scope);
  const [subject, actual] =
    condition.type === 'score'
      ? ['score', scope.contact.score]
      : [condition.field, readField(condition.field, scope)];
  return judge(condition.operator, subject, actual, operand.value, operatorContext(scope));
}

interface RenderedOperand {
  readonly value?: Json | undefined;
  readonly problem?: string;
}

function renderOperand(value: Json | undefined, scope: Scope): RenderedOperand {
  if (value === undefined || !hasTemplate(value)) return { value };
  try {
    return {
      value: renderValue(value, { view: templateView(scope), at: scope.at, zone: scope.zone }),
    };
  } catch (error) {
    if (error instanceof TemplateError)
      return { problem: `the value cannot be rendered: ${error.message}` };
    throw error;
  }
}

function hasTemplate(value: Json): boolean {
  if (typeof value === 'string') return isTemplate(value);
  return Array.isArray(value) && value.some(hasTemplate);
}

function operatorContext(scope: Scope): OperatorContext {
  return {
    at: scope.at,
    instantOf: (value) => instantOf(value, scope.zone),
    matches: matchesPattern,
  };
}

/** Operators that ask whether she has the tag; the others compare her list of tags as a whole. */
const HAS_TAG: ReadonlySet<OperatorName> = new Set(['equals', 'contains', 'includes', 'in']);
const LACKS_TAG: ReadonlySet<OperatorName> = new Set([
  'not_equals',
  'not_contains',
  'not_includes',
  'not_in',
]);

function judgeTag(operator: OperatorName, operand: Json | undefined, scope: Scope): Verdict {
  const { tags } = scope.contact;
  const lacking = LACKS_TAG.has(operator);
  if (lacking || HAS_TAG.has(operator)) {
    const wanted: readonly Json[] = Array.isArray(operand) ? operand : [operand ?? null];
    const found = wanted.find((tag) => tags.some((own) => sameValues(own, tag)));
    const reason =
      found === undefined
        ? `has no tag ${wanted.map(show).join(' or ')}`
        : `has the tag ${show(found)}`;
    return { value: (found !== undefined) !== lacking, reason };
  }
  if (operator === 'exists' || operator === 'not_exists')
    return judgeAnyTag(operator, operand, tags);
  if (operandOf(operator) === 'none')
    return judge(operator, 'tags', tags, undefined, operatorContext(scope));
  return judgeEachTag(operator, operand, scope);
}

/** `exists` asks whether she has any tag at all. */
function judgeAnyTag(
  operator: 'exists' | 'not_exists',
  operand: Json | undefined,
  tags: readonly string[],
): Verdict {
  const wanted = (operator === 'exists') !== (operand === false);
  const some = tags.length > 0;
  return { value: some === wanted, reason: some ? `has ${tags.length} tags` : 'has no tags' };
}

/** Text operators hold when one of the tags fits: a tag that starts with "plan-". */
function judgeEachTag(operator: OperatorName, operand: Json | undefined, scope: Scope): Verdict {
  const context = operatorContext(scope);
  for (const tag of scope.contact.tags) {
    const verdict = judge(operator, 'tag', tag, operand, context);
    if (verdict.value) return verdict;
  }
  return { value: false, reason: `no tag fits ${operator} ${show(operand)}` };
}

function judgeTime({ window }: TimeCondition, scope: Scope): Verdict {
  const { contact, workspace } = scope;
  const given =
    window.timeZone === 'contact' || window.timeZone === 'workspace' ? null : window.timeZone;
  const own = window.timeZone === 'workspace' ? null : contact.timeZone;
  const { zone, note } = chooseZone([given, own, workspace?.timeZone]);
  const { open, changesAt } = windowAt(window, zone, scope.at);
  const words = `${isoText(scope.at)} is ${open ? 'inside' : 'outside'} ${window.from} to ${window.to} in ${zone}`;
  const reason = note === undefined ? words : `${words} (${note})`;
  return withChange({ value: open, reason }, changesAt);
}

/** A verdict with the instant at which time alone may change it, if there is one. */
export function withChange(
  verdict: { value: boolean; reason: string },
  changesAt: Instant | undefined,
): Verdict {
  return changesAt === undefined ? verdict : { ...verdict, changesAt };
}
