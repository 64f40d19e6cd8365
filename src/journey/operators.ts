/**
 * The comparison operators of conditions: one entry each, with label, operand and test.
 *
 * Owns the table and the words of an answer. Does not own coercion (coercion.ts), nor dates with zones
 * and regular expressions: those need a zone database and an engine that the workflow sandbox must not
 * load, so they come in through `OperatorContext`.
 *
 * 1. No test throws for data: what cannot be compared is false, with a reason.
 * 2. A missing or null value makes every positive operator false (`is_empty` asks for just that).
 * 3. A negated operator is the exact opposite of its positive one, so it has no test of its own.
 */
import { isList, isMissing, sameValues, show, textOf } from './coercion';
import type { Instant, Json } from './json';
import {
  aged,
  cannotCompare,
  dated,
  isEmptyValue,
  listIncludes,
  type OperatorContext,
  type OperatorTest,
  ordered,
  type Outcome,
  textContains,
  textual,
} from './operator-tests';

/** What an operator expects to the right of it. */
export type Operand =
  | 'none'
  | 'any'
  | 'text'
  | 'list'
  | 'flag'
  | 'date'
  | 'dates'
  | 'duration'
  | 'pattern';

interface PositiveOperator {
  /** In the words of a form. */
  readonly label: string;
  readonly operand: Operand;
  /** How an answer reads: "… is greater_than 50", "… is not greater_than 50". */
  readonly says: readonly [whenTrue: string, whenFalse: string];
  readonly test: OperatorTest;
}

interface NegatedOperator {
  readonly label: string;
  readonly negates: PositiveName;
}

const POSITIVE = {
  equals: {
    label: 'is',
    operand: 'any',
    says: ['is', 'is not'],
    test: (actual, operand) => ({ value: !isMissing(operand) && sameValues(actual, operand) }),
  },
  greater_than: {
    label: 'is greater than',
    operand: 'any',
    says: ['is greater_than', 'is not greater_than'],
    test: ordered((left, right) => left > right),
  },
  less_than: {
    label: 'is less than',
    operand: 'any',
    says: ['is less_than', 'is not less_than'],
    test: ordered((left, right) => left < right),
  },
  greater_or_equal: {
    label: 'is at least',
    operand: 'any',
    says: ['is greater_or_equal', 'is not greater_or_equal'],
    test: ordered((left, right) => left >= right),
  },
  less_or_equal: {
    label: 'is at most',
    operand: 'any',
    says: ['is less_or_equal', 'is not less_or_equal'],
    test: ordered((left, right) => left <= right),
  },
  contains: {
    label: 'contains',
    operand: 'any',
    says: ['contains', 'does not contain'],
    test: (actual, operand, context) =>
      (isList(actual) ? listIncludes : textContains)(actual, operand, context),
  },
  starts_with: {
    label: 'starts with',
    operand: 'text',
    says: ['starts with', 'does not start with'],
    test: textual((text, part) => text.startsWith(part)),
  },
  ends_with: {
    label: 'ends with',
    operand: 'text',
    says: ['ends with', 'does not end with'],
    test: textual((text, part) => text.endsWith(part)),
  },
  matches_regex: {
    label: 'matches the pattern',
    operand: 'pattern',
    says: ['matches', 'does not match'],
    test: (actual, operand, context) => {
      const text = textOf(actual);
      if (text === null || typeof operand !== 'string') return cannotCompare(actual, operand);
      const answer = context.matches(operand, text);
      return typeof answer === 'string' ? { value: false, because: answer } : { value: answer };
    },
  },
  in: {
    label: 'is one of',
    operand: 'list',
    says: ['is in', 'is not in'],
    test: (actual, operand) =>
      isList(operand)
        ? { value: operand.some((item) => sameValues(actual, item)) }
        : { value: false, because: `${show(operand)} is not a list` },
  },
  includes: {
    label: 'includes',
    operand: 'any',
    says: ['includes', 'does not include'],
    test: listIncludes,
  },
  exists: {
    label: 'is known',
    operand: 'flag',
    says: ['exists', 'does not exist'],
    test: () => ({ value: true }),
  },
  is_empty: {
    label: 'is empty',
    operand: 'none',
    says: ['is empty', 'is not empty'],
    test: (actual) => ({ value: isEmptyValue(actual) }),
  },
  before_date: {
    label: 'is before',
    operand: 'date',
    says: ['is before', 'is not before'],
    test: dated((date, bound = Number.NaN) => date < bound),
  },
  after_date: {
    label: 'is after',
    operand: 'date',
    says: ['is after', 'is not after'],
    test: dated((date, bound = Number.NaN) => date > bound),
  },
  between_dates: {
    label: 'is between',
    operand: 'dates',
    says: ['is between', 'is not between'],
    test: dated((date, from = Number.NaN, to = Number.NaN) => from <= date && date <= to),
  },
  newer_than: {
    label: 'is newer than',
    operand: 'duration',
    says: ['is newer than', 'is not newer than'],
    test: aged(
      (age, limit) => age < limit,
      (date, limit) => date + limit,
    ),
  },
  older_than: {
    label: 'is older than',
    operand: 'duration',
    says: ['is older than', 'is not older than'],
    test: aged(
      (age, limit) => age > limit,
      (date, limit) => date + limit + 1,
    ),
  },
} as const satisfies Record<string, PositiveOperator>;

type PositiveName = keyof typeof POSITIVE;

const NEGATED = {
  not_equals: { label: 'is not', negates: 'equals' },
  not_contains: { label: 'does not contain', negates: 'contains' },
  not_in: { label: 'is none of', negates: 'in' },
  not_includes: { label: 'does not include', negates: 'includes' },
  not_exists: { label: 'is unknown', negates: 'exists' },
  is_not_empty: { label: 'is not empty', negates: 'is_empty' },
} as const satisfies Record<string, NegatedOperator>;

/** The name of an operator, as a definition writes it. */
export type OperatorName = PositiveName | keyof typeof NEGATED;

/** Every operator, for schemas and forms. */
export const OPERATORS: Readonly<Record<OperatorName, PositiveOperator | NegatedOperator>> = {
  ...POSITIVE,
  ...NEGATED,
};

/** All names, in the order in which forms list them. */
export const OPERATOR_NAMES = Object.keys(OPERATORS) as [OperatorName, ...OperatorName[]];

/** The symbols that a definition may write instead of a name. */
export const OPERATOR_SYMBOLS: Readonly<Record<string, OperatorName>> = {
  '==': 'equals',
  '!=': 'not_equals',
  '>': 'greater_than',
  '>=': 'greater_or_equal',
  '<': 'less_than',
  '<=': 'less_or_equal',
};

/** What an operator expects to the right of it. */
export function operandOf(operator: OperatorName): Operand {
  return positive(operator).entry.operand;
}

/** Whether an operator is the opposite of another one, so that what cannot be compared satisfies it. */
export function isNegated(operator: OperatorName): boolean {
  return positive(operator).negated;
}

function positive(operator: OperatorName): {
  entry: PositiveOperator;
  name: PositiveName;
  negated: boolean;
} {
  const found = OPERATORS[operator];
  const name = 'negates' in found ? found.negates : (operator as PositiveName);
  return { entry: POSITIVE[name], name, negated: 'negates' in found };
}

function outcome(
  name: PositiveName,
  actual: Json | undefined,
  operand: Json | undefined,
  context: OperatorContext,
): Outcome {
  if (isMissing(actual))
    return name === 'is_empty' ? { value: true } : { value: false, because: 'is missing' };
  return POSITIVE[name].test(actual, operand ?? null, context);
}

/** The answer of one operator, with a reason that names the subject: "score 42 is not greater_than 50". */
export function judge(
  operator: OperatorName,
  subject: string,
  actual: Json | undefined,
  operand: Json | undefined,
  context: OperatorContext,
): { value: boolean; reason: string; changesAt?: Instant } {
  const { entry, name, negated: written } = positive(operator);
  const negated = written !== (name === 'exists' && operand === false);
  const { value, because, changesAt } = outcome(name, actual, operand, context);
  const answer = {
    value: value !== negated,
    reason: explain(subject, entry, { value, because }, actual, operand),
  };
  return changesAt === undefined ? answer : { ...answer, changesAt };
}

function explain(
  subject: string,
  entry: PositiveOperator,
  { value, because }: { value: boolean; because: string | undefined },
  actual: Json | undefined,
  operand: Json | undefined,
): string {
  const says = entry.says[value ? 0 : 1];
  if (entry.operand === 'flag') return `${subject} ${says}`;
  if (isMissing(actual)) return `${subject} is missing`;
  const compared = entry.operand === 'none' ? says : `${says} ${show(operand ?? null)}`;
  const plain = `${subject} ${show(actual)} ${compared}`;
  return because === undefined ? plain : `${plain} (${because})`;
}
