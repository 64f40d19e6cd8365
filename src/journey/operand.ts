/** What may stand to the right of an operator; checked where a definition is read. */
import { duration } from './duration';
import type { Json } from './json';
import { type OperatorName, operandOf } from './operators';

export const MAX_PATTERN_CHARACTERS = 500;

/** The operator and operand of a condition as parsed so far. */
interface Compared {
  readonly operator: OperatorName;
  readonly value?: Json | undefined;
}

interface Issues {
  addIssue(issue: { code: 'custom'; path: string[]; message: string }): void;
}

const isLiquid = (value: Json): boolean => typeof value === 'string' && /\{\{|\{%/.test(value);

/** What is wrong with a literal operand, or null. A Liquid text can only be known when it is rendered. */
function operandProblem(name: OperatorName, value: Json | undefined): string | null {
  const kind = operandOf(name);
  if (kind === 'none')
    return value === undefined || value === null ? null : `${name} takes no value.`;
  if (kind === 'flag')
    return value === undefined || typeof value === 'boolean'
      ? null
      : `${name} takes true, false or no value.`;
  if (value === undefined) return `${name} needs a value.`;
  if (isLiquid(value)) return null;
  if (kind === 'list') return Array.isArray(value) ? null : `${name} takes a list.`;
  if (kind === 'dates')
    return Array.isArray(value) && value.length === 2
      ? null
      : `${name} takes a list of two dates, [from, to].`;
  if (kind === 'date')
    return typeof value === 'string'
      ? null
      : `${name} takes a date such as "2026-03-27" or "2026-03-27T09:00:00Z".`;
  if (kind === 'duration')
    return duration.safeParse(value).success ? null : `${name} takes a duration such as "30d".`;
  if (kind === 'text')
    return typeof value === 'string' || typeof value === 'number' ? null : `${name} takes a text.`;
  if (kind === 'pattern') return patternProblem(name, value);
  return null;
}

function patternProblem(name: OperatorName, value: Json): string | null {
  if (typeof value !== 'string') return `${name} takes a pattern, as a text.`;
  if (value.length <= MAX_PATTERN_CHARACTERS) return null;
  return `${name} takes a pattern of ${MAX_PATTERN_CHARACTERS} characters at most.`;
}

/** Reports a literal operand that its operator cannot use. */
export function checkOperand({ operator, value }: Compared, context: Issues): void {
  const message = operandProblem(operator, value);
  if (message !== null) context.addIssue({ code: 'custom', path: ['value'], message });
}

/** The same for tags and segments: being in one of them needs no list. */
export function checkMembership(given: Compared, context: Issues): void {
  if (operandOf(given.operator) === 'list' && typeof given.value === 'string') return;
  checkOperand(given, context);
}
