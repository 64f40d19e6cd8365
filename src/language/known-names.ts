/**
 * Names that templates and conditions read, compared with those that a definition can know.
 *
 * A name that nothing gives a value is a warning: a contact, the workspace or whoever enrolls may have
 * it. One that is nearly a known name is an error, since it renders as nothing. Of those that a variable of
 * the workspace may give, it is said by which.
 */
import { UPDATABLE_FIELDS } from '../journey/contact-update';
import { type GraphSketch, objectsIn } from './graph-sketch';
import type { MarkedValue } from './marked-values';
import { nearMiss } from './near-miss';

const CONTACT_FIELDS = [
  'id',
  ...UPDATABLE_FIELDS,
  'lists',
  'segments',
  'attributes',
  'consent',
] as const;

const SHORT_FORMS = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'company_name',
  'unsubscribe_url',
] as const;

/** Names inside a namespace, and who may give it others: nobody, somebody unknown, or a variable of the workspace. */
interface Namespace {
  readonly known: ReadonlySet<string>;
  readonly others: 'none' | 'unknown' | 'variables';
  /** What a misspelt name is compared with. */
  readonly near: readonly string[];
}

export interface KnownNames {
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** Names that stand alone. */
  readonly bare: readonly string[];
}

/** The names that a definition can know. `variables` are those that its nodes set. */
export function knownNames(
  sketch: GraphSketch,
  variables: readonly MarkedValue<unknown>[],
): KnownNames {
  const tests = objectsIn(sketch.input.tests).map(([test]) => test);
  const set = [
    ...variables.map(({ value }) => value),
    ...tests.flatMap((test) => keysOf(test.variables)),
  ];
  const attributes = [
    ...tests.flatMap(({ contact }) => keysOf(fieldOf(contact, 'attributes'))),
    ...sketch.nodes.flatMap(({ written }) =>
      ['set', 'append', 'increment'].flatMap((field) => keysOf(fieldOf(written, field))),
    ),
  ];
  const unknownTypes = sketch.nodes.some(({ type }) => type === null);
  const namespace = (
    known: readonly string[],
    others: Namespace['others'],
    near = known,
  ): Namespace => ({ known: new Set(known), others, near });
  return {
    namespaces: new Map([
      ['contact', namespace([...CONTACT_FIELDS, ...attributes], 'unknown', CONTACT_FIELDS)],
      ['event', namespace(['id', 'type', 'occurredAt', 'properties'], 'unknown')],
      ['enrollment', namespace(['id', 'workflowKey', 'version', 'startedAt'], 'none')],
      ['variables', namespace(set, unknownTypes ? 'unknown' : 'none')],
      ['workspace', namespace(['timeZone', 'variables'], 'variables')],
    ]),
    bare: [...SHORT_FORMS, ...set],
  };
}

const keysOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** What is to say about a name; null when it is known. */
export interface Doubt {
  readonly name: string;
  readonly suggestion?: string;
  /** The variable of the workspace that would give it a value, and whether something else may too. */
  readonly variable?: { readonly key: string; readonly isBare: boolean };
}

/** What is doubtful about a name, by its parts. */
export function doubtAbout(
  [root, field, inner]: readonly string[],
  names: KnownNames,
): Doubt | null {
  if (root === undefined) return null;
  const namespace = names.namespaces.get(root);
  if (namespace === undefined) {
    if (names.bare.includes(root)) return null;
    const near = nearMiss(root, [...names.bare, ...names.namespaces.keys()]);
    return near === null
      ? { name: root, variable: { key: root, isBare: true } }
      : { name: root, suggestion: near };
  }
  const name = `${root}.${field}`;
  if (namespace.others === 'variables' && field === 'variables' && inner !== undefined)
    return { name: `${name}.${inner}`, variable: { key: inner, isBare: false } };
  if (field === undefined || namespace.known.has(field)) return null;
  const near = nearMiss(field, namespace.near);
  if (near !== null) return { name, suggestion: `${root}.${near}` };
  if (namespace.others === 'variables') return { name, variable: { key: field, isBare: false } };
  return namespace.others === 'none' ? { name } : null;
}
