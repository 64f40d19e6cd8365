import { type Document, resolve, type Schema } from './document';

const DEEPEST = 4;

const TEXTS: Readonly<Record<string, string>> = {
  uuid: '0199c3f2-7d1e-7a40-b3c5-1f2e3d4c5b6a',
  email: 'ada@example.com',
  'date-time': '2026-03-27T08:00:00Z',
};

/** The smallest value of a schema that shows its form: what is required, and the first of several ways. */
export function sampleOf(document: Document, given: Schema, depth = 0): unknown {
  const { schema } = resolve(document, given);
  const [variant] = schema.anyOf ?? schema.oneOf ?? [];
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (variant !== undefined) return depth < DEEPEST ? sampleOf(document, variant, depth + 1) : null;
  if (schema.items !== undefined)
    return depth < DEEPEST ? [sampleOf(document, schema.items, depth + 1)] : [];
  const [type] = [schema.type ?? 'object'].flat();
  if (type === 'string') return TEXTS[schema.format ?? ''] ?? '…';
  if (type === 'integer' || type === 'number') return Math.max(1, schema.minimum ?? 1);
  if (type === 'boolean') return true;
  const { properties = {}, required = [] } = schema;
  const names = depth < DEEPEST ? required : [];
  return Object.fromEntries(
    names.map((name) => [name, sampleOf(document, properties[name] ?? {}, depth + 1)]),
  );
}
