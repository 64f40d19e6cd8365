/** From what a dry run is given to what the simulator takes. */
import { mergedConsent } from '../journey/consent';
import { type ContactFacts, EMPTY_CONTACT } from '../journey/facts';
import type { Instant, Json } from '../journey/json';
import type { ContactState, ScriptItem } from '../journey/journey-tests';
import type { ScriptEntry } from '../journey/simulation';
import { knownEvent } from './event-catalogue';

const BLANK: ContactFacts = {
  id: 'contact',
  ...EMPTY_CONTACT,
  lists: [],
  segments: [],
};

/** A contact as conditions see her. One without an id is told apart by e-mail, else phone. */
export function contactOf(state: ContactState): ContactFacts {
  const { id, email, phone } = state;
  return { ...changed(BLANK, state), id: id ?? email ?? phone ?? BLANK.id };
}

/** The contact with the fields that a change names, attributes and consent merged by name; null removes one. */
export function changed(before: ContactFacts, change: ContactState): ContactFacts {
  const { attributes = {}, consent = {}, ...fields } = change;
  const merged = new Map<string, Json>(Object.entries(before.attributes));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    ...before,
    ...Object.fromEntries(named),
    attributes: Object.fromEntries(merged),
    consent: mergedConsent(before.consent, consent),
  };
}

/** The script in the order of time, from the start of the enrollment. */
export function scriptOf(items: readonly ScriptItem[], startAt: Instant): ScriptEntry[] {
  return items.map((item) => ({ at: instantOf(item, startAt), ...happening(item) }));
}

function happening(item: ScriptItem): DistributiveOmit<ScriptEntry, 'at'> {
  if ('contact' in item) return { contact: (before) => changed(before, item.contact) };
  const { type, properties = {}, node } = item;
  const event = { type: knownEvent(type) ?? type, properties };
  return node === undefined ? { event } : { event, node };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function instantOf({ after, at }: ScriptItem, startAt: Instant): Instant {
  if (at !== undefined) return Date.parse(at);
  return startAt + (after ?? 0);
}
