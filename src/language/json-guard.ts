/**
 * What no input may contain, whatever its schema: found before any schema looks, since a schema
 * would recurse into the depth, lose the `__proto__` key, or hand the NUL byte to PostgreSQL.
 */
import type { Issue, SharedIssueName } from '../errors';
import { type Path, pathText } from './path';

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
/** In a `u` pattern a surrogate pair is one character, so only half of one matches. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const MAX_DEPTH = 32;
/** A request may carry events by the thousand; how many values a definition has is its own rule. */
const MAX_VALUES = 100_000;
const MAX_ISSUES = 50;

/** Whether an input is a definition or a request; the first half of an issue's code. */
export type IssueDomain = 'definition' | 'request';

interface Scan {
  readonly domain: IssueDomain;
  readonly issues: Issue[];
  values: number;
}

/**
 * Every forbidden key, character and excess of depth or size in a JSON value.
 * A value with issues must not be parsed further.
 */
export function guardJson(value: unknown, domain: IssueDomain): Issue[] {
  const scan: Scan = { domain, issues: [], values: 0 };
  visit(value, [], scan);
  if (scan.values > MAX_VALUES) {
    report(scan, 'too_deep', [], `More than ${MAX_VALUES} values in one body. Send them in parts.`);
  }
  return scan.issues;
}

/** How many values a JSON value has, itself and those inside it; stops soon behind `most`. */
export function countValues(root: unknown, most: number): number {
  const stack: unknown[] = [root];
  let count = 0;
  while (stack.length > 0 && count <= most) {
    const value = stack.pop();
    count += 1;
    if (typeof value !== 'object' || value === null) continue;
    for (const inner of Object.values(value)) stack.push(inner);
  }
  return count;
}

function visit(value: unknown, path: Path, scan: Scan): void {
  scan.values += 1;
  if (scan.values > MAX_VALUES || scan.issues.length >= MAX_ISSUES) return;
  if (typeof value === 'string') return checkText(value, path, scan);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return report(scan, 'wrong_value', path, 'A number is finite here.');
  }
  if (typeof value !== 'object' || value === null) return;
  if (path.length >= MAX_DEPTH) {
    return report(scan, 'too_deep', path, `Values may be nested ${MAX_DEPTH} levels deep at most.`);
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => visit(item, [...path, index], scan));
    return;
  }
  for (const key of Object.keys(value))
    visitEntry(value as Record<string, unknown>, key, path, scan);
}

function visitEntry(holder: Record<string, unknown>, key: string, path: Path, scan: Scan): void {
  const entryPath = [...path, key];
  if (FORBIDDEN_KEYS.has(key)) {
    return report(
      scan,
      'forbidden_key',
      entryPath,
      `The key "${key}" is never accepted. Choose another name.`,
    );
  }
  checkText(key, entryPath, scan);
  visit(holder[key], entryPath, scan);
}

function checkText(text: string, path: Path, scan: Scan): void {
  if (text.includes('\0')) {
    report(
      scan,
      'forbidden_character',
      path,
      'A NUL character (U+0000) cannot be stored. Remove it.',
    );
  } else if (LONE_SURROGATE.test(text)) {
    report(
      scan,
      'forbidden_character',
      path,
      'Half of a surrogate pair cannot be stored. Send valid Unicode.',
    );
  }
}

function report(scan: Scan, name: SharedIssueName, path: Path, message: string): void {
  scan.issues.push({ code: `${scan.domain}.${name}`, path: pathText(path), message });
}
