/**
 * What conditions and templates see, under the names that definitions use.
 *
 * Names come from users, so every one is looked up among own enumerable properties: `__proto__`,
 * `constructor` and the `length` of a list are names like any other, and missing.
 */
import type { ContactFacts, EventFacts, Facts, FilterFacts } from '../journey/facts';
import type { Instant, Json, JsonObject } from '../journey/json';
import { chooseZone, isoText } from './zone';

/** The part of the facts that needs no question to a database. */
export interface Scope {
  readonly at: Instant;
  readonly zone: string;
  readonly contact: ContactFacts;
  /** The event that `event.…` speaks of. */
  readonly event: EventFacts | null;
  /** In a filter a bare path is a property of the event first. */
  readonly filtering: boolean;
  readonly variables: JsonObject;
  readonly enrollment: Facts['enrollment'] | null;
  readonly workspace: Facts['workspace'] | null;
  /** The zone that the definition names. */
  readonly timeZone: string | null;
}

/** The scope of conditions and templates of an enrollment. */
export function scopeOf(facts: Facts): Scope {
  const { at, contact, variables, enrollment, workspace, trigger: event, timeZone } = facts;
  const { zone } = chooseZone([contact.timeZone, timeZone, workspace.timeZone]);
  const filtering = false;
  return { at, zone, contact, event, filtering, variables, enrollment, workspace, timeZone };
}

/** The scope of a filter: `event.…` is the event under test, whatever started the enrollment. */
export function filterScope(event: EventFacts, facts: FilterFacts): Scope {
  const { contact, variables = {}, enrollment, workspace, timeZone = null } = facts;
  const { zone } = chooseZone([contact.timeZone, timeZone, workspace?.timeZone]);
  return {
    ...{ zone, contact, event, variables, timeZone },
    at: event.occurredAt,
    filtering: true,
    enrollment: enrollment ?? null,
    workspace: workspace ?? null,
  };
}

/** The same scope as seen by the filter of an event condition. */
export function underTest(scope: Scope, event: EventFacts): Scope {
  return { ...scope, event, at: event.occurredAt, filtering: true };
}

/** The value that a definition's path names; undefined when there is none. */
export function readField(path: string, scope: Scope): Json | undefined {
  const [root, ...rest] = path.split('.');
  if (rest.length > 0) {
    if (root === 'contact') return contactField(rest, scope.contact);
    if (root === 'event') return eventField(rest, scope.event);
    if (root === 'variables') return readPath(scope.variables, rest);
    if (root === 'enrollment') return readPath(enrollmentView(scope), rest);
    if (root === 'workspace') return readPath(workspaceView(scope), rest);
  }
  const whole = path.split('.');
  const property =
    scope.filtering && scope.event ? readPath(scope.event.properties, whole) : undefined;
  return property === undefined ? contactField(whole, scope.contact) : property;
}

function contactField(path: readonly string[], contact: ContactFacts): Json | undefined {
  const fields = contactFields(contact);
  return Object.hasOwn(fields, path[0] ?? '')
    ? readPath(fields, path)
    : readPath(contact.attributes, path);
}

function eventField(path: readonly string[], event: EventFacts | null): Json | undefined {
  if (event === null) return undefined;
  const [first = '', ...rest] = path;
  if (rest.length === 0 && first === 'type') return event.type;
  if (rest.length === 0 && first === 'occurredAt') return isoText(event.occurredAt);
  if (first === 'properties' && rest.length > 0) return readPath(event.properties, rest);
  return readPath(event.properties, path);
}

function readPath(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const [index, name] of path.entries()) {
    // A name may have dots in it: of attributes, and of consent to a topic.
    const rest = path.slice(index).join('.');
    if (rest !== name && isOwn(value, rest)) return value[rest];
    if (!isOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function isOwn(value: Json | undefined, name: string): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, name) &&
    Object.prototype.propertyIsEnumerable.call(value, name)
  );
}

function contactFields(contact: ContactFacts): JsonObject {
  return { ...contact };
}

function enrollmentView({ enrollment }: Scope): JsonObject {
  if (enrollment === null) return {};
  const { id, workflowKey, version, startedAt } = enrollment;
  return { id, workflowKey, version, startedAt: isoText(startedAt) };
}

function workspaceView({ workspace }: Scope): JsonObject {
  const { timeZone = 'UTC', variables = {} } = workspace ?? {};
  return { ...variables, timeZone, variables };
}

function eventView(event: EventFacts | null): JsonObject {
  if (event === null) return {};
  const { id, type, occurredAt, properties } = event;
  return { ...properties, properties, id, type, occurredAt: isoText(occurredAt) };
}

const COMPANY_ATTRIBUTES = ['company_name', 'companyName', 'company'] as const;

function shortForms(contact: ContactFacts): JsonObject {
  const company = COMPANY_ATTRIBUTES.find((name) => isOwn(contact.attributes, name));
  return {
    first_name: contact.firstName,
    last_name: contact.lastName,
    email: contact.email,
    phone: contact.phone,
    company_name: company === undefined ? null : (contact.attributes[company] ?? null),
  };
}

/** The variables of a template: the namespaces, the short forms, and custom variables by their bare name. */
export function templateView(scope: Scope): JsonObject {
  const { contact, variables, workspace } = scope;
  return {
    ...workspace?.variables,
    ...variables,
    ...shortForms(contact),
    contact: { ...contact.attributes, ...contactFields(contact) },
    event: eventView(scope.event),
    enrollment: enrollmentView(scope),
    variables,
    workspace: workspaceView(scope),
  };
}
