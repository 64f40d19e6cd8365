/** A schema as people read it: its type in a word, and its fields as a list that opens where they are objects. */
import { html, type Markup, NOTHING } from '../markup';
import { type Document, resolve, type Schema } from './document';
import { prose } from './prose';

/** Deeper ones are named, not shown: a schema may contain itself. */
const DEEPEST = 8;
/** A schema without a name of its own contains itself: any JSON. */
const UNNAMED = '__schema';
const MOST_VALUES = 24;

/** The type in words: `text`, `list of Contact or null`. */
export function typeOf(document: Document, given: Schema): string {
  const { name, schema } = resolve(document, given);
  const variants = schema.anyOf ?? schema.oneOf;
  if (name?.startsWith(UNNAMED)) return 'any JSON';
  if (name !== null && schema.enum === undefined) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return 'one of';
  if (variants !== undefined)
    return [...new Set(variants.map((each) => typeOf(document, each)))].join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(document, schema.items)}`;
  const types = [schema.type ?? 'any JSON'].flat();
  if (types.length > 3) return 'any JSON';
  return types.map((type) => (type === 'string' ? textOf(schema) : type)).join(' or ');
}

const textOf = ({ format }: Schema): string => format ?? 'text';

/** The fields of an object, or of the objects in a list; nothing for what has none. */
export function fieldsOf(document: Document, given: Schema, depth = 0): Markup {
  const { name: itself, schema } = resolve(document, given);
  if (depth > DEEPEST || itself?.startsWith(UNNAMED)) return NOTHING;
  if (schema.items !== undefined) return fieldsOf(document, schema.items, depth + 1);
  const variants = (schema.anyOf ?? schema.oneOf ?? []).map((each) =>
    fieldsOf(document, each, depth + 1),
  );
  // One thing or a list of such things has its fields once.
  if (variants.length > 0) return html`${distinct(variants)}`;
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined)
    return typeof additionalProperties === 'object'
      ? fieldsOf(document, additionalProperties, depth + 1)
      : NOTHING;
  const rows = Object.entries(properties).map(([name, field]) =>
    row(document, { name, field, isRequired: required.includes(name), depth }),
  );
  return html`<ul class="fields">${rows}</ul>`;
}

const distinct = (pieces: readonly Markup[]): Markup[] => [
  ...new Map(pieces.map((piece) => [piece.text, piece])).values(),
];

interface Row {
  readonly name: string;
  readonly field: Schema;
  readonly isRequired: boolean;
  readonly depth: number;
}

function row(document: Document, { name, field, isRequired, depth }: Row): Markup {
  const head = html`<code class="name">${name}</code> <span class="type">${typeOf(document, field)}</span>${required(isRequired)}`;
  const told = about(document, field);
  const inner = fieldsOf(document, field, depth + 1);
  if (inner.text === '') return html`<li>${head}${told}</li>`;
  return html`<li><details><summary>${head}</summary>${told}${inner}</details></li>`;
}

/** Marks what has to be given. */
export const required = (is: boolean): Markup =>
  is ? html` <span class="required">required</span>` : NOTHING;

/** What is said of a schema: its description, the values it takes, and what holds unless told. */
export function about(document: Document, given: Schema): Markup {
  const { schema } = resolve(document, given);
  const values = valuesOf(document, given);
  const shown = values.slice(0, MOST_VALUES).map((value) => html`<code>${value}</code> `);
  const more = values.length > MOST_VALUES ? html`… ${values.length} in all` : NOTHING;
  const list = values.length === 0 ? NOTHING : html`<div class="values">${shown}${more}</div>`;
  const preset =
    schema.default === undefined
      ? NOTHING
      : html`<div class="values">default <code>${JSON.stringify(schema.default)}</code></div>`;
  const { description = schema.description ?? '' } = given;
  const text = description === '' ? NOTHING : html`<div class="told">${prose(description)}</div>`;
  return html`${text}${list}${preset}`;
}

function valuesOf(document: Document, given: Schema): string[] {
  const { name, schema } = resolve(document, given);
  if (name?.startsWith(UNNAMED)) return [];
  if (schema.enum !== undefined) return schema.enum.map(String);
  const inner = [...(schema.anyOf ?? schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])];
  return inner.flatMap((each) => (each.properties === undefined ? valuesOf(document, each) : []));
}
