/** The tests that operators are made of. `OperatorContext` brings what this room must not have. */
import { isList, numberOf, sameValues, show, textOf } from './coercion';
import { duration } from './duration';
import type { Instant, Json } from './json';

/** What a test may ask of the world outside this room. */
export interface OperatorContext {
  /** The time the condition is judged at. */
  readonly at: Instant;
  /** The instant that a value names in the zone of the judged contact; null when it names none. */
  instantOf(value: Json): Instant | null;
  /** Unanchored, linear-time match. A text is the reason why it could not be decided. */
  matches(pattern: string, text: string): boolean | string;
}

/** The answer of one test; `because` replaces the plain comparison as its reason. */
export interface Outcome {
  readonly value: boolean;
  readonly because?: string;
  /** When time alone may change the answer. */
  readonly changesAt?: Instant;
}

/** Tests a value that is there against an operand; both may be of any type. */
export type OperatorTest = (actual: Json, operand: Json, context: OperatorContext) => Outcome;

export const cannotCompare = (actual: Json, operand: Json): Outcome => ({
  value: false,
  because: `${show(actual)} cannot be compared with ${show(operand)}`,
});

export function ordered(
  holds: (left: number | string, right: number | string) => boolean,
): OperatorTest {
  return (actual, operand) => {
    const [left, right] = [numberOf(actual), numberOf(operand)];
    if (left !== null && right !== null) return { value: holds(left, right) };
    if (typeof actual === 'string' && typeof operand === 'string')
      return { value: holds(actual, operand) };
    return cannotCompare(actual, operand);
  };
}

export function textual(holds: (text: string, part: string) => boolean): OperatorTest {
  return (actual, operand) => {
    const [text, part] = [textOf(actual), textOf(operand)];
    return text === null || part === null
      ? cannotCompare(actual, operand)
      : { value: holds(text, part) };
  };
}

export function dated(holds: (date: Instant, ...bounds: Instant[]) => boolean): OperatorTest {
  return (actual, operand, context) => {
    const bounds: Instant[] = [];
    const given = isList(operand) ? operand : [operand];
    for (const value of given) {
      const instant = context.instantOf(value);
      if (instant === null) return { value: false, because: `${show(value)} is not a date` };
      bounds.push(instant);
    }
    const date = context.instantOf(actual);
    if (date === null) return { value: false, because: `${show(actual)} is not a date` };
    return { value: holds(date, ...bounds) };
  };
}

/** A number, which only a Liquid text or an older version brings here, is milliseconds. */
function lengthOf(operand: Json): number | null {
  if (typeof operand === 'number') return operand;
  const parsed = duration.safeParse(operand);
  return parsed.success ? parsed.data : null;
}

/** `turns` is the first instant at which time alone makes the test answer otherwise. */
export function aged(
  holds: (age: number, limit: number) => boolean,
  turns: (date: Instant, limit: number) => Instant,
): OperatorTest {
  return (actual, operand, context) => {
    const limit = lengthOf(operand);
    if (limit === null) return { value: false, because: `${show(operand)} is not a duration` };
    const date = context.instantOf(actual);
    if (date === null) return { value: false, because: `${show(actual)} is not a date` };
    const changesAt = turns(date, limit);
    const value = holds(context.at - date, limit);
    return changesAt > context.at ? { value, changesAt } : { value };
  };
}

export const listIncludes: OperatorTest = (actual, operand) =>
  isList(actual)
    ? { value: actual.some((item) => sameValues(item, operand)) }
    : { value: false, because: `${show(actual)} is not a list` };

export const textContains = textual((text, part) => text.includes(part));

export const isEmptyValue = (value: Json): boolean =>
  value === null || value === '' || (isList(value) && value.length === 0);
