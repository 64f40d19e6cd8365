import type { z } from 'zod';
import { fail, type Issue } from '../errors';
import { guardJson } from '../language/json-guard';
import { issuesOf } from '../language/zod-issues';

/**
 * What a schema makes of an input. Fails with `request.invalid` and every problem: unknown fields,
 * wrong types, and what no input may contain.
 */
export function validate<T extends z.ZodType>(
  schema: T,
  input: unknown,
  what: string,
): z.output<T> {
  refuseIf(guardJson(input, 'request'), what);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(issuesOf(parsed.error, { domain: 'request', schema, input }), what);
}

/** Fails with `request.invalid` where there are issues. */
export function refuseIf(issues: readonly Issue[], what: string): void {
  if (issues.length > 0) throw invalid(issues, what);
}

function invalid(issues: readonly Issue[], what: string) {
  const [first] = issues;
  const rest = issues.length > 1 ? ` (and ${issues.length - 1} more, see "issues")` : '';
  const where = first?.path ? `${first.path}: ` : '';
  return fail(
    'request.invalid',
    `The ${what} is not valid. ${where}${first?.message ?? ''}${rest}`,
    { issues },
  );
}
