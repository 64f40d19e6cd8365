/** The events that a change of a contact is; one rule for the API, the nodes and the simulator. */
import { sameValues } from './coercion';
import { changedChannels } from './consent';
import { TEXT_FIELDS } from './contact-update';
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

const FIELDS = [...TEXT_FIELDS, 'score'] as const;

type Tagged = Pick<ContactFacts, 'tags'>;

/** What is different, as events; none when nothing is. */
export function contactEvents(before: ContactFacts, after: ContactFacts): readonly ContactEvent[] {
  const retagged = tagEvents(before, after).length > 0;
  const changed = [...changedFields(before, after), ...(retagged ? ['tags'] : [])];
  return [
    ...eventsOfChange(changed, before, after),
    ...changes(before.lists, after.lists, 'list.entered', 'list.left', 'list'),
    ...changes(before.segments, after.segments, 'segment.entered', 'segment.left', 'segment'),
  ];
}

/**
 * The same where the paths of what changed are known already (`email`, `attributes.plan`, `tags`).
 * Properties name what changed, not the values: those are the contact's, and change again.
 */
export function eventsOfChange(
  changed: readonly string[],
  before: Tagged,
  after: Tagged & Pick<ContactFacts, 'score'>,
): readonly ContactEvent[] {
  const { score } = after;
  return [
    ...(changed.length > 0
      ? [{ type: 'contact.updated', properties: { changed: [...changed] } }]
      : []),
    ...tagEvents(before, after),
    ...(changed.includes('score')
      ? [{ type: 'contact.score_changed', properties: { score } }]
      : []),
    ...changed
      .filter((path) => path !== 'tags')
      .map((field) => ({ type: 'contact.field_changed', properties: { field } })),
  ];
}

/** Tags that were added and removed, an event each. */
export function tagEvents(before: Tagged, after: Tagged): readonly ContactEvent[] {
  return changes(before.tags, after.tags, 'contact.tag_added', 'contact.tag_removed', 'tag');
}

function changedFields(before: ContactFacts, after: ContactFacts): string[] {
  const [old, now] = [before, after].map((contact) => new Map(Object.entries(contact.attributes)));
  const attributes = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].filter(
    (name) => !isSame(old?.get(name) ?? null, now?.get(name) ?? null),
  );
  return [
    ...FIELDS.filter((field) => before[field] !== after[field]),
    ...attributes.map((name) => `attributes.${name}`),
    ...changedChannels(before.consent, after.consent).map((channel) => `consent.${channel}`),
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
