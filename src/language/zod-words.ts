/** Sentences of ours for what zod would say in its own words. Schemas that bring a message keep it. */
import { z } from 'zod';

type ZodIssue = z.core.$ZodIssue;
type TooSmall = Extract<ZodIssue, { code: 'too_small' }>;
type TooBig = Extract<ZodIssue, { code: 'too_big' }>;

/** Nouns of what a format asks for; a pattern says nothing to whoever reads it. */
const FORMATS: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  uuid: 'a UUID',
  guid: 'a UUID',
  url: 'a URL such as https://example.com/path',
  datetime: 'an instant with its zone, such as "2026-03-27T08:00:00Z"',
  date: 'a date such as "2026-03-27"',
  time: 'a time such as "09:00:00"',
};

/** What is counted in a value, in the singular and in the plural. */
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  map: ['field', 'fields'],
  object: ['field', 'fields'],
  record: ['field', 'fields'],
};

/** The message of an issue about `value`: the schema's where it brought one, else ours. */
export function messageOf(issue: ZodIssue, value: unknown): string {
  return isZodsOwn(issue) ? ours(issue, value) : issue.message;
}

/** Whether the schema brought no message for this. */
export function isZodsOwn(issue: ZodIssue): boolean {
  const { path: _path, message, ...raw } = issue;
  const told = z.config().localeError?.({ ...raw, input: undefined } as never);
  const own = typeof told === 'string' ? told : told?.message;
  // What was received is not known any more.
  return withoutReceived(message) === withoutReceived(own);
}

function withoutReceived(message: string | undefined): string | undefined {
  return message?.split(', received ')[0];
}

function ours(issue: ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'too_small':
      return tooSmall(issue, value);
    case 'too_big':
      return tooBig(issue, value);
    case 'invalid_format':
      return `Expected ${FORMATS[issue.format] ?? 'a text of another form'}.`;
    case 'not_multiple_of':
      return `Expected a multiple of ${issue.divisor}.`;
    case 'invalid_key': {
      const [inner] = issue.issues;
      return `This name is not allowed. ${inner ? messageOf(inner, issue.path.at(-1)) : ''}`.trim();
    }
    default:
      return 'This value is not allowed here.';
  }
}

function tooSmall({ origin, minimum, inclusive = true }: TooSmall, value: unknown): string {
  const units = UNITS[origin];
  if (units === undefined)
    return `Expected a number ${inclusive ? 'of at least' : 'above'} ${minimum}${got(value)}.`;
  const least = Number(minimum) + (inclusive ? 0 : 1);
  if (least === 1 && origin === 'string') return 'This cannot be empty.';
  return `Expected at least ${counted(least, units)}${gotCount(value, units)}.`;
}

function tooBig({ origin, maximum, inclusive = true }: TooBig, value: unknown): string {
  const units = UNITS[origin];
  if (units === undefined)
    return `Expected a number ${inclusive ? 'of at most' : 'below'} ${maximum}${got(value)}.`;
  const most = Number(maximum) - (inclusive ? 0 : 1);
  return `Expected at most ${counted(most, units)}${gotCount(value, units)}.`;
}

function counted(count: number, [one, many]: readonly [string, string]): string {
  return `${count === 1 ? 'one' : count} ${count === 1 ? one : many}`;
}

function got(value: unknown): string {
  return typeof value === 'number' ? `, got ${value}` : '';
}

function gotCount(value: unknown, units: readonly [string, string]): string {
  const count = typeof value === 'string' || Array.isArray(value) ? value.length : null;
  if (count === null) return '';
  return count === 0 ? ', got none' : `, got ${counted(count, units)}`;
}
