/** Judges the conditions that need no question to a database. */
import type {
  FieldCondition,
  ScoreCondition,
  SegmentCondition,
  TagCondition,
  TimeCondition,
} from '../journey/condition';
import type { Verdict } from '../journey/facts';
import type { Instant, Json } from '../journey/json';
import { sameValues, show } from '../journey/coercion';
import type { OperatorContext } from '../journey/operator-tests';
import { isNegated, judge, type OperatorName, operandOf } from '../journey/operators';
import { isTemplate, renderValue } from './liquid';
import { matchesPattern } from './regex';
import { readField, type Scope, templateView } from './scope';
import { TemplateError } from './template-error';
import type { TimeWindow } from '../journey/window';
import { type ChosenZone, chooseZone, instantOf, isoText, windowAt } from './zone';

/** A condition that the contact and the clock answer. */
export type Leaf =
  | FieldCondition
  | TagCondition
  | ScoreCondition
  | SegmentCondition
  | TimeCondition;

/** The answer of a leaf. Never throws for data. */
export function judgeLeaf(condition: Leaf, scope: Scope): Verdict {
  if (condition.type === 'time') return judgeTime(condition, scope);
  const operand = renderOperand(condition.value, scope);
  if (operand.problem !== undefined)
    return { value: isNegated(condition.operator), reason: operand.problem };
  if (condition.type === 'tag')
    return judgeMembership(condition.operator, operand.value, scope, scope.contact.tags, 'tag');
  if (condition.type === 'segment') {
    const { lists, segments } = scope.contact;
    const both = [...segments, ...lists];
    return judgeMembership(condition.operator, operand.value, scope, both, 'segment');
  }
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

/** Operators that ask whether she has it; the others compare what she has as a whole. */
const HAS: ReadonlySet<OperatorName> = new Set(['equals', 'contains', 'includes', 'in']);
const LACKS: ReadonlySet<OperatorName> = new Set([
  'not_equals',
  'not_contains',
  'not_includes',
  'not_in',
]);

/** Tags, and what else she is in or has by name. */
function judgeMembership(
  operator: OperatorName,
  operand: Json | undefined,
  scope: Scope,
  own: readonly string[],
  noun: string,
): Verdict {
  const lacking = LACKS.has(operator);
  if (lacking || HAS.has(operator)) {
    const wanted: readonly Json[] = Array.isArray(operand) ? operand : [operand ?? null];
    const found = wanted.find((name) => own.some((each) => sameValues(each, name)));
    const reason =
      found === undefined
        ? `has no ${noun} ${wanted.map(show).join(' or ')}`
        : `has the ${noun} ${show(found)}`;
    return { value: (found !== undefined) !== lacking, reason };
  }
  if (operator === 'exists' || operator === 'not_exists')
    return judgeAny(operator, operand, own, noun);
  if (operandOf(operator) === 'none')
    return judge(operator, `${noun}s`, own, undefined, operatorContext(scope));
  return judgeEach(operator, operand, scope, own, noun);
}

/** `exists` asks whether she has any at all. */
function judgeAny(
  operator: 'exists' | 'not_exists',
  operand: Json | undefined,
  own: readonly string[],
  noun: string,
): Verdict {
  const wanted = (operator === 'exists') !== (operand === false);
  const some = own.length > 0;
  return {
    value: some === wanted,
    reason: some ? `has ${own.length} ${noun}s` : `has no ${noun}s`,
  };
}

/** Text operators hold when one of them fits: a tag that starts with "plan-". */
function judgeEach(
  operator: OperatorName,
  operand: Json | undefined,
  scope: Scope,
  own: readonly string[],
  noun: string,
): Verdict {
  const context = operatorContext(scope);
  for (const each of own) {
    const verdict = judge(operator, noun, each, operand, context);
    if (verdict.value) return verdict;
  }
  return { value: false, reason: `no ${noun} fits ${operator} ${show(operand)}` };
}

/** The zone of a window: the one it names, else hers, the journey's or the workspace's. */
export function zoneOfWindow(
  { timeZone }: TimeWindow,
  scope: Pick<Scope, 'contact' | 'timeZone'> & { readonly workspace: { timeZone: string } | null },
): ChosenZone {
  const { contact, workspace } = scope;
  if (timeZone === 'workspace') return chooseZone([workspace?.timeZone]);
  const given = timeZone === 'contact' ? null : timeZone;
  return chooseZone([given, contact.timeZone, scope.timeZone, workspace?.timeZone]);
}

function judgeTime({ window }: TimeCondition, scope: Scope): Verdict {
  const { zone, note } = zoneOfWindow(window, scope);
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
