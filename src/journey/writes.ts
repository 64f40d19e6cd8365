/**
 * What a decision changes. Applied where the facts are, in the transaction that stores its step, so
 * that a step and its writes are there together or not at all.
 */
import type { Json, JsonObject } from './json';

export type FactWrite =
  | { readonly kind: 'add_tags' | 'remove_tags'; readonly tags: readonly string[] }
  | { readonly kind: 'update_contact'; readonly update: ContactUpdate }
  | { readonly kind: 'add_to_list' | 'remove_from_list'; readonly list: string }
  | { readonly kind: 'set_variable'; readonly name: string; readonly value: Json }
  | { readonly kind: 'track_event'; readonly event: string; readonly properties: JsonObject }
  | { readonly kind: 'assign'; readonly experiment: string; readonly port: string };

/**
 * A change of a contact's fields, else attributes, by dotted path. Applied to what is stored then,
 * under a lock, so that two increments at once both count.
 */
export interface ContactUpdate {
  readonly set?: JsonObject;
  readonly append?: JsonObject;
  readonly increment?: Readonly<Record<string, number>>;
  readonly unset?: readonly string[];
}
