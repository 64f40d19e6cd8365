/** JSON as YAML that people read and edit; reading it gives the same. */
import { stringify, type ToStringOptions } from 'yaml';
import type { JsonObject } from '../journey/json';

/** Characters that YAML has as escapes only, between double quotes. */
const NOT_PRINTABLE = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/g;

export const escaped = (text: string): string =>
  text.replace(
    NOT_PRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Ends with a line break. */
export function yamlText(value: JsonObject): string {
  const text = written(value, {});
  if (text.search(NOT_PRINTABLE) === -1) return text;
  return escaped(written(value, { defaultStringType: 'QUOTE_DOUBLE', blockQuote: false }));
}

function written(value: JsonObject, options: ToStringOptions): string {
  return stringify(value, {
    ...options,
    version: '1.2',
    schema: 'core',
    // Readers of YAML 1.1 would take "no" and "22:30" for something else: they are quoted.
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
    lineWidth: 0,
  });
}
