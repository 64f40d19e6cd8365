/** Which names of a mail's templates have no value, for whoever looks at it before it is sent. */
import type { EmailTemplates, Facts } from '../journey/facts';
import type { Json, JsonObject } from '../journey/json';
import { MAIL_PARTS } from '../journey/mail-template';
import { scopeOf, templateView } from './scope';
import { namesIn } from './template-names';

const MOST_NAMES = 200;

/** Names that the templates read and that render as nothing here, each once; `own` are those of every mail. */
export function missingNames(
  templates: EmailTemplates,
  facts: Facts,
  own: readonly string[],
): readonly string[] {
  const view = templateView(scopeOf(facts));
  const used = MAIL_PARTS.flatMap((part) =>
    namesIn(templates[part] ?? '').map(({ segments }) => segments),
  );
  const missing = used.filter(
    (segments) => !own.includes(segments[0] ?? '') && isNothing(valueAt(view, segments)),
  );
  return [...new Set(missing.map((segments) => segments.join('.')))].slice(0, MOST_NAMES);
}

function valueAt(view: JsonObject, segments: readonly string[]): Json {
  let value: Json = view;
  for (const name of segments) {
    // What the engine itself answers of lists and texts.
    if (name === 'size' && (typeof value === 'string' || Array.isArray(value))) return value.length;
    if (Array.isArray(value)) return listEntry(value, name);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as JsonObject)[name] ?? null;
  }
  return value;
}

function listEntry(list: readonly Json[], name: string): Json {
  const entry = name === 'first' ? list[0] : name === 'last' ? list.at(-1) : list[Number(name)];
  return entry ?? null;
}

const isNothing = (value: Json): boolean => value === null || value === '';
