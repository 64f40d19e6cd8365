/** The outermost fields of a definition as somebody wrote it: those of our answers, and its key. */
import type { Issue } from '../errors';
import type { JsonObject } from '../journey/json';
import type { FoundIssue } from './findings';
import { slugOf } from './slug';

/** Fields of our own answers, so that what was read can be sent back. */
const IGNORED_FIELDS = [
  'id',
  'workspaceId',
  'status',
  'version',
  'revision',
  'warnings',
  'createdAt',
  'createdBy',
  'updatedAt',
  'updatedBy',
  'publishedAt',
  'archivedAt',
  'deletedAt',
];
/** Names the schema for editors; nothing to warn of. */
const SCHEMA_FIELD = '$schema';

/** What is kept of what was written, with a key made of its name where it has none. */
export function withoutIgnoredFields(input: JsonObject): { source: JsonObject; warnings: Issue[] } {
  const ignored = IGNORED_FIELDS.filter((field) => Object.hasOwn(input, field));
  const dropped = [...ignored, SCHEMA_FIELD];
  const kept = Object.entries(input).filter(([field]) => !dropped.includes(field));
  const warnings = ignored.map(
    (field): Issue => ({
      code: 'definition.ignored_field',
      path: field,
      message: `"${field}" is given by Throughline and ignored on input.`,
    }),
  );
  const source: JsonObject = Object.fromEntries(kept);
  const needsKey = !Object.hasOwn(source, 'key') && typeof source.name === 'string';
  const key = needsKey ? slugOf(source.name as string) : '';
  return { source: key === '' ? source : { key, ...source }, warnings };
}

/** A key is made from the name. So what a missing one means depends on the name: whoever mends that has a key. */
export function withoutKeyOf(
  source: JsonObject,
  issues: readonly FoundIssue[],
): readonly FoundIssue[] {
  const { name } = source;
  if (Object.hasOwn(source, 'key')) return issues;
  const others = issues.filter(({ path }) => path !== 'key');
  if (typeof name !== 'string' || name === '') return others;
  const message =
    'No key can be made from this name. Give a "key" of lower-case letters, digits and "-", at most 64.';
  return [{ code: 'definition.missing_field', path: 'key', message }, ...others];
}
