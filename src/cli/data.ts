/** Contacts, scripts and the like: read from a file or from the command line itself, against their schema. */
import type { z } from 'zod';
import type { Issue } from '../errors';
import { guardJson } from '../language/json-guard';
import { parsePathText } from '../language/path';
import { parseYaml } from '../language/yaml';
import { issuesOf } from '../language/zod-issues';
import { readSource, type Source } from './sources';

export type Data<T> =
  | { readonly value: T; readonly issues: null }
  | { readonly value: null; readonly issues: readonly Issue[]; readonly source: Source };

/** Reads what an option was given: JSON as it stands, else the YAML or JSON file of that name. */
export async function readData<T>(
  given: string,
  option: string,
  schema: z.ZodType<T>,
): Promise<Data<T>> {
  if (/^\s*[[{]/.test(given)) return parseJson({ name: option, text: given }, schema);
  return parseData(await readSource(given), schema);
}

/**
 * The value of a JSON text that somebody typed. YAML would read `{tags:[]}`, which lacks a blank, as one
 * odd key, and nobody would notice.
 */
export function parseJson<T>(source: Source, schema: z.ZodType<T>): Data<T> {
  if (isJson(source.text)) return parseData(source, schema);
  const message = 'This is not JSON, which has its names and texts in double quotes.';
  return { value: null, issues: [{ code: 'request.unparsable', path: '', message }], source };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The value of a YAML or JSON text, or what is wrong with it, with line and column. */
export function parseData<T>(source: Source, schema: z.ZodType<T>): Data<T> {
  const { value, positions, issues } = parseYaml(source.text);
  if (issues !== null) return { value: null, issues: issues.map(asRequest), source };
  const hostile = guardJson(value, 'request');
  const parsed = hostile.length === 0 ? schema.safeParse(value) : null;
  if (parsed?.success) return { value: parsed.data, issues: null };
  const found =
    parsed === null ? hostile : issuesOf(parsed.error, { domain: 'request', schema, input: value });
  const placed = found.map((issue) => ({
    ...issue,
    ...positions(
      parsePathText(issue.path),
      issue.code === 'request.unknown_field' ? 'name' : 'value',
    ),
  }));
  return { value: null, issues: placed, source };
}

/** What is read here is no definition, whatever the reader of YAML calls it. */
function asRequest(issue: Issue): Issue {
  return { ...issue, code: issue.code.replace(/^definition\./, 'request.') as Issue['code'] };
}
