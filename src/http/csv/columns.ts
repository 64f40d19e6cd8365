/** What the columns of a file of people mean, by their names. */
import { TEXT_FIELD_RULES } from '../../journey/contact-fields';
import { guardJson } from '../../language/json-guard';

type TextField = keyof typeof TEXT_FIELD_RULES;

export type Column =
  | { readonly to: 'field'; readonly name: 'id' | 'score' | 'tags' | TextField }
  | { readonly to: 'attribute' | 'variable'; readonly name: string };

export type Columns =
  | { readonly columns: readonly Column[] }
  /** What is wrong with the row of names. */
  | { readonly problems: readonly string[] };

const FIELDS = [...(Object.keys(TEXT_FIELD_RULES) as TextField[]), 'score', 'tags'] as const;

/** `First name` and `first_name` are `firstName`. */
const folded = (name: string) => name.toLowerCase().replace(/[\s_-]/g, '');

const BY_FOLDED_NAME = new Map(FIELDS.map((name) => [folded(name), name]));

/** By whom a row is recognized. */
const IDENTIFIERS: ReadonlySet<string> = new Set(['id', 'externalId', 'email']);

/** The meaning of each column, or everything that is wrong with them. */
export function columnsOf(names: readonly string[]): Columns {
  const columns = names.map((name) => columnOf(name.trim()));
  const problems = [
    ...columns.flatMap((column, index) => nameProblems(column, index)),
    ...repeated(columns),
    ...(columns.some(({ to, name }) => to === 'field' && IDENTIFIERS.has(name))
      ? []
      : ['No column says who is meant: name one "externalId", "email" or "id" in the first row.']),
  ];
  return problems.length > 0 ? { problems } : { columns };
}

function columnOf(name: string): Column {
  // Another system's ID is no id of ours: only the very word is.
  if (name === 'id') return { to: 'field', name };
  const field = BY_FOLDED_NAME.get(folded(name));
  if (field !== undefined) return { to: 'field', name: field };
  const [, prefix, rest = ''] = /^(variables|attributes)\.(.*)$/s.exec(name) ?? [];
  if (prefix === 'variables') return { to: 'variable', name: rest };
  return { to: 'attribute', name: prefix === undefined ? name : rest };
}

function nameProblems({ to, name }: Column, index: number): string[] {
  const which = `Column ${index + 1}`;
  if (name === '') return [`${which} has no name in the first row.`];
  if (to === 'attribute' && /^consent\b/i.test(name))
    return [`${which} is "${name}": consent is not taken from a file. Leave it out.`];
  return guardJson({ [name]: '' }, 'request').map(({ message }) => `${which}: ${message}`);
}

function repeated(columns: readonly Column[]): string[] {
  const seen = new Map<string, number>();
  return columns.flatMap(({ to, name }, index) => {
    const key = `${to} ${name}`;
    const first = seen.get(key);
    seen.set(key, first ?? index);
    if (first === undefined || name === '') return [];
    return [`Columns ${first + 1} and ${index + 1} are both the ${to} "${name}".`];
  });
}
