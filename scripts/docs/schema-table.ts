/** JSON Schema as a Markdown table of fields: name, type in a few words, meaning. */

/** The part of JSON Schema that zod writes and a table shows. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
}

export interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

const MANY_CHOICES = 8;
const JSON_TYPES = ['string', 'number', 'boolean', 'null', 'array'];

/** Follows references; the description beside a reference wins over the one behind it. */
export function resolve(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
  if (target === undefined) throw new Error(`${schema.$ref} is not in the schema.`);
  const { $ref: _, ...beside } = schema;
  return resolve({ ...target, ...beside }, root);
}

/** The fields of an object, those of plain objects inside it too, as `from.email`. */
export function fieldsOf(schema: Schema, root: Schema, prefix = ''): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, reference]) => {
    const field = resolve(reference, root);
    const path = `${prefix}${name}`;
    const required = schema.required?.includes(name) ?? false;
    const inner = isNamed(field)
      ? []
      : fieldsOf(itemOf(field, root), root, innerPrefix(path, field));
    return [{ path, schema: field, required }, ...inner];
  });
}

export function renderTable(schema: Schema, root: Schema): string {
  const rows = fieldsOf(schema, root).map(({ path, schema: field, required }) => {
    const name = required ? `\`${path}\`` : `\`${path}\`?`;
    return `| ${name} | ${typeText(field, root)} | ${meaning(field)} |`;
  });
  if (rows.length === 0) return 'No fields.';
  return ['| field | type | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Alternatives of a union, unions inside unions flattened. */
export function alternatives(schema: Schema, root: Schema): Schema[] {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices === undefined) return [schema];
  return choices.flatMap((choice) => alternatives(resolve(choice, root), root));
}

function meaning({ description = '', default: fallback }: Schema): string {
  const text = description.replaceAll('|', '\\|');
  return fallback === undefined ? text : `${text} Default: \`${JSON.stringify(fallback)}\`.`;
}

function typeText(schema: Schema, root: Schema): string {
  const known = wellKnown(schema);
  if (known !== null) return known;
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return choiceText(schema.enum);
  if (schema.items) return `list of ${typeText(resolve(schema.items, root), root)}`;
  const union = alternatives(schema, root);
  if (union.length === 1) return schema.type ?? 'any value';
  return [...new Set(union.map((choice) => typeText(choice, root)))].join(' or ');
}

function choiceText(choices: readonly unknown[]): string {
  if (choices.length > MANY_CHOICES)
    return 'one of the names under [Operators](definition.md#operators)';
  return choices.map(literal).join(' or ');
}

function literal(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Recursive types, and those with a section of their own: told apart by shape, for want of a name. */
function wellKnown(schema: Schema): string | null {
  const choices = schema.anyOf ?? schema.oneOf ?? [schema];
  const has = (...names: string[]) =>
    choices.some(({ properties }) => names.every((name) => properties?.[name] !== undefined));
  if (has('amount', 'unit')) return 'duration';
  if (has('conditions', 'operator')) return 'group';
  if (JSON_TYPES.every((type) => choices.some((choice) => choice.type === type)))
    return 'any value';
  return null;
}

function isNamed(schema: Schema): boolean {
  return wellKnown(schema) !== null;
}

function itemOf(schema: Schema, root: Schema): Schema {
  return schema.items ? resolve(schema.items, root) : schema;
}

function innerPrefix(path: string, schema: Schema): string {
  return schema.items ? `${path}[].` : `${path}.`;
}
