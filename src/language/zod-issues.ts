/** From what zod found to coded issues in the caller's words. */
import type { z } from 'zod';
import type { Issue, SharedIssueName } from '../errors';
import type { IssueDomain } from './json-guard';
import { misplacedField } from './misplaced-field';
import { type Path, pathText, valueAt, writtenPath } from './path';
import { didYouMean, suggestion } from './suggest';
import { isZodsOwn, messageOf } from './zod-words';

type ZodIssue = z.core.$ZodIssue;

const MAX_ISSUES = 100;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  undefined: 'nothing',
  date: 'a date',
};

export interface ZodIssueContext {
  readonly domain: IssueDomain;
  readonly schema: z.ZodType;
  /** What was parsed, for the words of the messages. */
  readonly input: unknown;
  /** Where the parsed value lies in what the caller wrote. */
  readonly prefix?: Path;
  /** Further names that may be written at a path of the parsed value, for suggestions. */
  readonly alsoKnown?: (path: Path) => Iterable<string>;
  /** What the caller called the field at a path of the parsed value. */
  readonly calledBy?: (path: Path) => string;
}

/** Every problem of a failed parse, each with its code, its path and, for a near miss, a suggestion. */
export function issuesOf(error: z.ZodError, context: ZodIssueContext): Issue[] {
  const issues: Issue[] = [];
  for (const issue of error.issues) {
    if (issues.length >= MAX_ISSUES) break;
    issues.push(...translate(issue, [], context));
  }
  return issues.slice(0, MAX_ISSUES);
}

function translate(issue: ZodIssue, base: Path, context: ZodIssueContext): Issue[] {
  const path: Path = [...base, ...(issue.path as Path)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MAX_ISSUES).map((key) => unknownField(key, path, context));
    case 'invalid_type':
      if (!isZodsOwn(issue)) return [inSchemasWords(issue, path, context)];
      return [wrongType(path, nameOf(issue.expected), context)];
    case 'invalid_value':
      return [wrongChoice(path, issue.values.map(String), context)];
    case 'invalid_union':
      if (!isZodsOwn(issue)) return [inSchemasWords(issue, path, context)];
      return unionIssues(issue, path, context);
    default:
      return [inSchemasWords(issue, path, context)];
  }
}

function inSchemasWords(issue: ZodIssue, path: Path, context: ZodIssueContext): Issue {
  const name = isAbsent(path, context) ? 'missing_field' : 'wrong_value';
  return make(name, path, sentence(messageOf(issue, written(path, context))), context);
}

function unknownField(key: string, path: Path, context: ZodIssueContext): Issue {
  const { message, ...found } = misplacedField(key, path, context);
  return { ...make('unknown_field', [...path, key], message, context), ...found };
}

function wrongType(path: Path, expected: string, context: ZodIssueContext): Issue {
  const value = written(path, context);
  if (value === undefined) {
    return make('missing_field', path, `This field is required: ${expected}.`, context);
  }
  return make('wrong_type', path, `Expected ${expected}, got ${describe(value)}.`, context);
}

function wrongChoice(path: Path, choices: readonly string[], context: ZodIssueContext): Issue {
  const value = written(path, context);
  const list = choices.map((choice) => `"${choice}"`).join(', ');
  const wanted = choices.length === 1 ? list : `one of ${list}`;
  if (value === undefined)
    return make('missing_field', path, `This field is required: ${wanted}.`, context);
  const found = typeof value === 'string' ? suggestion(value, choices) : {};
  const message = `Expected ${wanted}, got ${describe(value)}.${didYouMean(found)}`;
  return { ...make('wrong_value', path, message, context), ...found };
}

/** Of a union's alternatives, the one whose kind fits the value and that complains least. */
function unionIssues(
  issue: Extract<ZodIssue, { code: 'invalid_union' }>,
  path: Path,
  context: ZodIssueContext,
): Issue[] {
  const options = 'options' in issue ? (issue.options as readonly unknown[]) : undefined;
  // A variant whose type may be left out counts nothing among the choices.
  const choices = options?.filter((option) => option !== undefined).map(String);
  if (choices !== undefined) return [wrongChoice(path, choices, context)];
  const fitting = issue.errors.filter((branch) => !branch.some(isAboutTheWhole));
  const [best] = [...fitting].sort((a, b) => a.length - b.length);
  if (best) return best.flatMap((inner) => translate(inner, path, context));
  const values = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []));
  if (values.length > 0 && typeof written(path, context) === 'string')
    return [wrongChoice(path, values, context)];
  const kinds = issue.errors
    .flatMap((branch) => branch.map(expectedKind))
    .filter((kind) => kind !== null);
  const expected = [...new Set(kinds)].join(' or ') || 'another value';
  return [wrongType(path, expected, context)];
}

function isAboutTheWhole(issue: ZodIssue): boolean {
  return (
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')
  );
}

function expectedKind(issue: ZodIssue): string | null {
  if (issue.path.length > 0) return null;
  if (issue.code === 'invalid_type') return nameOf(issue.expected);
  return issue.code === 'invalid_value'
    ? issue.values.map((value) => `"${String(value)}"`).join(' or ')
    : null;
}

function make(name: SharedIssueName, path: Path, message: string, context: ZodIssueContext): Issue {
  const full = [...(context.prefix ?? []), ...writtenPath(context.input, path)];
  return { code: `${context.domain}.${name}`, path: pathText(full), message };
}

function isAbsent(path: Path, context: ZodIssueContext): boolean {
  return written(path, context) === undefined;
}

function written(path: Path, context: ZodIssueContext): unknown {
  return valueAt(context.input, writtenPath(context.input, path));
}

function nameOf(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 60)}"`;
  if (Array.isArray(value)) return 'a list';
  if (value === null || typeof value !== 'object') return String(value);
  return 'an object';
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
