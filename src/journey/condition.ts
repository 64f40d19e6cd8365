/**
 * What a condition may say: its schemas and its canonical form.
 *
 * Owns: shape, limits, spellings that mean the same (`==`, `and`, a bare list). Does not own: the answer
 * (src/evaluate), the meaning of an operator (operators.ts).
 *
 * 1. Parse output is canonical: what means the same is the same value.
 * 2. A list is a group whose operator is AND, wherever a group is expected.
 * 3. Nesting is bounded before anything recurses, so hostile input cannot exhaust the stack.
 */
import { z } from 'zod';
import { duration } from './duration';
import type { Json } from './json';
import { json } from './json-value';
import { checkMembership, checkOperand } from './operand';
import { type OperatorName, OPERATOR_NAMES, OPERATOR_SYMBOLS } from './operators';
import { timeWindow, type TimeWindow } from './window';

export const MAX_CONDITIONS_PER_GROUP = 10;
const MAX_DEPTH = 40;

export type EventSince = 'enrolled' | 'ever' | { readonly node: string };

export interface FieldCondition {
  readonly type?: 'field' | undefined;
  readonly field: string;
  readonly operator: OperatorName;
  readonly value?: Json | undefined;
}

export interface TagCondition {
  readonly type: 'tag';
  readonly operator: OperatorName;
  readonly value?: Json | undefined;
}

export interface ScoreCondition {
  readonly type: 'score';
  readonly operator: OperatorName;
  readonly value?: Json | undefined;
}

export interface SegmentCondition {
  readonly type: 'segment';
  readonly operator: OperatorName;
  readonly value?: Json | undefined;
}

export interface EventCondition {
  readonly type: 'event';
  readonly event: string;
  readonly operator: 'occurred' | 'not_occurred';
  readonly count: number;
  /** Milliseconds. */
  readonly within?: number | undefined;
  readonly since: EventSince;
  readonly filter?: ConditionGroup | undefined;
}

export interface TimeCondition {
  readonly type: 'time';
  readonly window: TimeWindow;
}

export interface StepCondition {
  readonly type: 'step';
  readonly node: string;
  readonly port?: string | undefined;
}

export type Condition =
  | FieldCondition
  | TagCondition
  | ScoreCondition
  | SegmentCondition
  | EventCondition
  | TimeCondition
  | StepCondition;

export interface ConditionGroup {
  readonly type?: 'group' | undefined;
  readonly operator: 'AND' | 'OR' | 'NOT';
  readonly conditions: readonly (ConditionGroup | Condition)[];
}

/** Tells a nested group from a condition. */
export function isGroup(entry: ConditionGroup | Condition): entry is ConditionGroup {
  return 'conditions' in entry;
}

const GROUP_OPERATORS = ['AND', 'OR', 'NOT'] as const;

const operator = z.enum(OPERATOR_NAMES).describe('How the value on the left is compared.');
const operand = json
  .optional()
  .describe(
    'What it is compared with: a literal or a Liquid text; absent for `exists` and `is_empty`.',
  );

const compared = { operator, value: operand };

const field = z
  .strictObject({
    type: z.literal('field').optional().describe('May be left out.'),
    field: z
      .string()
      .min(1)
      .max(200)
      .describe(
        '`contact.…`, `variables.…`, `event.…`, `enrollment.…`, `workspace.…`, or a bare contact field or attribute. In a filter of events a bare name is a property of the event first.',
      ),
    ...compared,
  })
  .superRefine(checkOperand)
  .transform(({ type: _type, ...rest }) => rest);

const tag = z
  .strictObject({ type: z.literal('tag').describe("Compares the contact's tags."), ...compared })
  .superRefine(checkMembership);

const score = z
  .strictObject({ type: z.literal('score').describe("Compares the contact's score."), ...compared })
  .superRefine(checkOperand);

const segment = z
  .strictObject({
    type: z.literal('segment').describe('Asks for membership in a segment or list.'),
    ...compared,
  })
  .superRefine(checkMembership);

const event = z.strictObject({
  type: z.literal('event').describe('Asks whether an event happened.'),
  event: z.string().min(1).max(100).describe('The event, such as `email.opened`.'),
  operator: z
    .enum(['occurred', 'not_occurred'])
    .default('occurred')
    .describe('Whether it must have happened, or must not have.'),
  count: z.int().min(1).max(1_000).default(1).describe('How often at least.'),
  within: duration
    .pipe(z.number().positive('A look back takes a positive duration.'))
    .optional()
    .describe('Only events of this last stretch of time.'),
  since: z
    .union([
      z.enum(['enrolled', 'ever']),
      z.strictObject({
        node: z.string().min(1).max(64).describe('The node whose latest visit is meant.'),
      }),
    ])
    .default('enrolled')
    .describe(
      'From when events count: the enrollment (without the event that started it), ever, or the visit of a node.',
    ),
  get filter() {
    return group.optional().describe('Which of these events count; all when absent.');
  },
});

const time = z.strictObject({
  type: z.literal('time').describe('Asks for the time of day.'),
  window: timeWindow.describe('True while this window is open.'),
});

const step = z.strictObject({
  type: z.literal('step').describe('Asks how a step ended.'),
  node: z.string().min(1).max(64).describe('The node; true once it was visited.'),
  port: z.string().min(1).max(64).optional().describe('The port its latest visit must have taken.'),
});

const groupObject = z
  .strictObject({
    type: z.literal('group').optional().describe('May be left out.'),
    operator: z
      .enum(GROUP_OPERATORS)
      .describe('AND: all of them. OR: at least one. NOT: none of them.'),
    get conditions() {
      return z
        .array(entry)
        .max(
          MAX_CONDITIONS_PER_GROUP,
          `A group takes ${MAX_CONDITIONS_PER_GROUP} conditions at most; nest groups for more.`,
        )
        .describe('Conditions and nested groups.');
    },
  })
  .transform(({ type: _type, ...rest }) => rest);

const entry: z.ZodType<ConditionGroup | Condition> = z.lazy(() =>
  z.preprocess(
    canonicalSpelling,
    z.discriminatedUnion('type', [
      z.discriminatedUnion('operator', [groupObject, field]),
      tag,
      score,
      segment,
      event,
      time,
      step,
    ]),
  ),
);

const group: z.ZodType<ConditionGroup> = z.lazy(() => z.preprocess(canonicalSpelling, groupObject));

/**
 * A group of conditions: `{ operator, conditions }`, or a bare list, which means AND.
 * At most 10 entries per group; groups may be nested.
 */
export const conditionGroup = z
  .preprocess((raw, context) => {
    if (!deeperThan(raw, MAX_DEPTH)) return raw;
    context.issues.push({
      code: 'custom',
      message: 'Conditions are nested too deeply. Flatten the groups.',
      input: raw,
    });
    return z.NEVER;
  }, group)
  .describe(
    'Conditions: `{ operator: AND | OR | NOT, conditions: […] }`, or a bare list, which means AND.',
  );

/** Whether JSON nests deeper than `limit`; looks no deeper than that. */
function deeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return limit === 0 || Object.values(value).some((inner) => deeperThan(inner, limit - 1));
}

/** Brings spellings that mean the same to one; leaves everything else to the schemas. */
function canonicalSpelling(raw: unknown): unknown {
  if (Array.isArray(raw)) return { operator: 'AND', conditions: raw };
  if (typeof raw !== 'object' || raw === null) return raw;
  const given: Record<string, unknown> = { ...raw };
  const type = typeof given.type === 'string' ? given.type.toLowerCase() : given.type;
  if (type !== undefined) given.type = type === 'composite' ? 'group' : type;
  const { operator: spelt } = given;
  if (typeof spelt !== 'string') return given;
  if ('conditions' in given) given.operator = spelt.toUpperCase();
  else
    given.operator = Object.hasOwn(OPERATOR_SYMBOLS, spelt)
      ? OPERATOR_SYMBOLS[spelt]
      : spelt.toLowerCase();
  return given;
}
