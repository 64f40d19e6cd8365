/** The events that a change of a contact is; one rule for the API, the nodes and the simulator. */
import { sameValues } from './coercion';
import type { ContactFacts } from './facts';
import type { Json, JsonObject } from './json';

export interface ContactEvent {
  readonly type: string;
  readonly properties: JsonObject;
}

/** Every event type that a change of a contact may emit; versions that ask about contacts listen for them. */
export const CONTACT_EVENTS = [
  'contact.updated',
  'contact.tag_added',
  'contact.tag_removed',
  'contact.score_changed',
  'contact.field_changed',
  'list.entered',
  'list.left',
  'segment.entered',
  'segment.left',
] as const;

const FIELDS = [
  'externalId',
  'email',
  'phone',
  'firstName',
  'lastName',
  'timeZone',
  'score',
] as const satisfies readonly (keyof ContactFacts)[];

/** What is different, as events; none when nothing is. */
export function contactEvents(before: ContactFacts, after: ContactFacts): readonly ContactEvent[] {
  const fields = changedFields(before, after);
  const tags = changes(before.tags, after.tags, 'contact.tag_added', 'contact.tag_removed', 'tag');
  const scored = before.score !== after.score;
  const changed = [...fields, ...(tags.length > 0 ? ['tags'] : [])];
  return [
    ...(changed.length > 0 ? [{ type: 'contact.updated', properties: { changed } }] : []),
    ...tags,
    ...(scored ? [{ type: 'contact.score_changed', properties: { score: after.score } }] : []),
    ...fields.map((field) => ({ type: 'contact.field_changed', properties: { field } })),
    ...changes(before.lists, after.lists, 'list.entered', 'list.left', 'list'),
    ...changes(before.segments, after.segments, 'segment.entered', 'segment.left', 'segment'),
  ];
}

function changedFields(before: ContactFacts, after: ContactFacts): string[] {
  const [old, now] = [before, after].map((contact) => new Map(Object.entries(contact.attributes)));
  const attributes = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].filter(
    (name) => !isSame(old?.get(name) ?? null, now?.get(name) ?? null),
  );
  return [
    ...FIELDS.filter((field) => before[field] !== after[field]),
    ...attributes.map((name) => `attributes.${name}`),
  ];
}

/** Without the coercion of conditions: "1" and 1 are different values of a field. */
function isSame(left: Json, right: Json): boolean {
  return typeof left === typeof right && sameValues(left, right);
}

function changes(
  before: readonly string[],
  after: readonly string[],
  added: string,
  removed: string,
  property: string,
): ContactEvent[] {
  const event = (type: string) => (name: string) => ({ type, properties: { [property]: name } });
  return [
    ...after.filter((name) => !before.includes(name)).map(event(added)),
    ...before.filter((name) => !after.includes(name)).map(event(removed)),
  ];
}
