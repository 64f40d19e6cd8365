/**
 * What a node's update makes of a contact; one rule for the database and the simulator.
 *
 * A path is a contact field, else an attribute; dots lead into objects. `contact.` and `attributes.`
 * in front may be left out. Names come from users, so objects are rebuilt from entries: `__proto__` is a
 * name among others.
 */
import type { z } from 'zod';
import { isList, isMissing, numberOf } from './coercion';
import { channelProblem, mergedConsent } from './consent';
import { scoreRule, tagsRule, TEXT_FIELD_RULES } from './contact-fields';
import { type ContactFacts, EvaluationFailed } from './facts';
import type { Json, JsonObject } from './json';
import type { ContactUpdate } from './writes';

type TextField = keyof typeof TEXT_FIELD_RULES;

/** Fields of a contact that hold a text, or null. */
export const TEXT_FIELDS = Object.keys(TEXT_FIELD_RULES) as readonly TextField[];

/** Fields that an update may name; `id`, lists and segments have nodes of their own. */
export const UPDATABLE_FIELDS: readonly string[] = [...TEXT_FIELDS, 'tags', 'score'];

/** An update that cannot be made of this contact. */
class UpdateRefused extends EvaluationFailed {
  constructor(message: string) {
    super('contact.update_refused', message);
  }
}

/** The contact as it is afterwards. @throws EvaluationFailed when a value does not fit its field. */
export function updated(contact: ContactFacts, update: ContactUpdate): ContactFacts {
  let result = contact;
  for (const [path, value] of Object.entries(update.set ?? {})) {
    result = change(result, path, () => value);
  }
  for (const [path, value] of Object.entries(update.append ?? {})) {
    result = change(result, path, (before) => appended(path, before, value));
  }
  for (const [path, by] of Object.entries(update.increment ?? {})) {
    result = change(result, path, (before) => incremented(path, before, by));
  }
  for (const path of update.unset ?? []) result = change(result, path, () => null);
  return result;
}

function appended(path: string, before: Json, value: Json): Json {
  if (!isMissing(before) && !isList(before)) {
    throw new UpdateRefused(`"${path}" is no list, so nothing can be appended to it.`);
  }
  return [...(before ?? []), ...(isList(value) ? value : [value])];
}

function incremented(path: string, before: Json, by: number): Json {
  const number = isMissing(before) ? 0 : numberOf(before);
  if (number === null) {
    throw new UpdateRefused(`"${path}" is no number, so it cannot be incremented.`);
  }
  return number + by;
}

type Change = (before: Json) => Json;

function change(contact: ContactFacts, written: string, to: Change): ContactFacts {
  const path = written.replace(/^contact\./, '').replace(/^attributes\./, '');
  if (isTextField(path)) {
    const value = to(contact[path]);
    if (value !== null && typeof value !== 'string') {
      throw new UpdateRefused(`"${path}" takes a text.`);
    }
    return {
      ...contact,
      [path]: value === null ? null : fitting(TEXT_FIELD_RULES[path], path, value),
    };
  }
  if (path === 'score') {
    const value = numberOf(to(contact.score) ?? 0);
    if (value === null) throw new UpdateRefused('"score" takes a number.');
    return { ...contact, score: fitting(scoreRule, path, value) };
  }
  if (path === 'tags') {
    const value = to(contact.tags) ?? [];
    if (!isList(value)) throw new UpdateRefused('"tags" takes a list of texts.');
    return { ...contact, tags: [...new Set(fitting(tagsRule, path, value.map(String)))] };
  }
  const names = path.split('.');
  if (names[0] === 'consent') return consented(contact, names.slice(1), to);
  const attributes = into(contact.attributes, names, to);
  return { ...contact, attributes: attributes as JsonObject };
}

function consented(contact: ContactFacts, rest: readonly string[], to: Change): ContactFacts {
  const problem = channelProblem(rest);
  if (problem !== null) throw new UpdateRefused(problem);
  const name = rest.join('.');
  const answer = to(contact.consent[name] ?? null);
  if (answer !== null && typeof answer !== 'boolean') {
    throw new UpdateRefused(`"consent.${name}" takes true or false.`);
  }
  return { ...contact, consent: mergedConsent(contact.consent, { [name]: answer }) };
}

/** The value as the field keeps it. */
function fitting<T>(rule: z.ZodType<T>, path: string, value: unknown): T {
  const { success, data, error } = rule.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const unit = issue?.code === 'too_big' && issue.origin === 'array' ? 'entries' : 'characters';
  const why = issue?.code === 'too_big' ? `At most ${issue.maximum} ${unit}.` : issue?.message;
  throw new UpdateRefused(`"${path}" cannot take this value. ${why ?? ''}`.trim());
}

function isTextField(path: string): path is TextField {
  return (TEXT_FIELDS as readonly string[]).includes(path);
}

/** The object with one value changed; null takes the value out. */
function into(object: Json, [name = '', ...rest]: readonly string[], to: Change): Json {
  const entries = new Map<string, Json>(
    typeof object === 'object' && object !== null && !isList(object) ? Object.entries(object) : [],
  );
  const before = entries.get(name) ?? null;
  const value = rest.length === 0 ? to(before) : into(before, rest, to);
  if (value === null) entries.delete(name);
  else entries.set(name, value);
  return Object.fromEntries(entries);
}
