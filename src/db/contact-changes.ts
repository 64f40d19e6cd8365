import { isDeepStrictEqual } from 'node:util';
import { changedChannels, mergedConsent } from '../journey/consent';
import { TEXT_FIELDS } from '../journey/contact-update';
import type { Json, JsonObject } from './json';
import type { contacts } from './schema/contacts';

type ContactRow = typeof contacts.$inferSelect;

/**
 * A change of a contact. A field left out stays; null clears it. `tags` replaces all tags;
 * `attributes` and `consent` are merged by name, where null removes one (as in RFC 7396, one level deep).
 */
export interface ContactPatch {
  externalId?: string | null | undefined;
  email?: string | null | undefined;
  phone?: string | null | undefined;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  timeZone?: string | null | undefined;
  attributes?: JsonObject | undefined;
  tags?: readonly string[] | undefined;
  score?: number | undefined;
  consent?: Readonly<Record<string, boolean | null | undefined>> | undefined;
}

const SCALARS = [...TEXT_FIELDS, 'score'] as const;

/** What the patch really changes: the columns to write, and the paths that differ afterwards. */
export function changedFields(
  before: Pick<ContactRow, keyof ContactPatch>,
  patch: ContactPatch,
): { set: Partial<typeof contacts.$inferInsert>; changed: string[] } {
  const set: Partial<typeof contacts.$inferInsert> = {};
  const changed: string[] = [];
  for (const field of SCALARS) {
    const value = patch[field];
    if (value === undefined || value === before[field]) continue;
    Object.assign(set, { [field]: value });
    changed.push(field);
  }
  if (patch.tags && !sameTags(before.tags, patch.tags)) {
    set.tags = [...new Set(patch.tags)];
    changed.push('tags');
  }
  const attributes = mergeAttributes(before.attributes, patch.attributes ?? {});
  if (attributes.changed.length > 0) set.attributes = attributes.merged;
  const consent = mergedConsent(before.consent, patch.consent ?? {});
  const channels = changedChannels(before.consent, consent);
  if (channels.length > 0) set.consent = consent;
  const names = attributes.changed.map((name) => `attributes.${name}`);
  return { set, changed: [...changed, ...names, ...channels.map((name) => `consent.${name}`)] };
}

function sameTags(before: readonly string[], after: readonly string[]): boolean {
  const wanted = new Set(after);
  return wanted.size === before.length && before.every((tag) => wanted.has(tag));
}

function mergeAttributes(
  before: JsonObject,
  patch: JsonObject,
): { merged: JsonObject; changed: string[] } {
  // A Map, because people name attributes: `__proto__` is one name among others.
  const merged = new Map<string, Json>(Object.entries(before));
  const changed: string[] = [];
  for (const [name, value] of Object.entries(patch)) {
    const old = merged.get(name) ?? null;
    if (isDeepStrictEqual(old, value)) continue;
    if (value === null) merged.delete(name);
    else merged.set(name, value);
    changed.push(name);
  }
  return { merged: Object.fromEntries(merged), changed };
}
