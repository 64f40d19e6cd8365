/** Names that templates and conditions read: unknown ones, and those that are nearly known. */
import type { Issue } from '../errors';
import { namesIn, placesIn } from '../evaluate/template-names';
import { type FoundIssue, type GraphFindings, issueAt, quoted } from './findings';
import { type Doubt, doubtAbout, type KnownNames } from './known-names';
import type { LanguageObject } from './language-objects';
import type { PlacedTemplate } from './text-problems';

/** Names looked at in one template; nobody reads more warnings than that. */
const MOST_NAMES = 200;

/** Tags looked at in all templates; a hundred rich mails have fewer, and reading more takes too long. */
const MOST_TAGS = 5_000;

/** Names in templates that nothing gives a value; each once per template, where it stands first. */
export function checkTemplateNames(
  templates: readonly PlacedTemplate[],
  names: KnownNames,
): GraphFindings {
  const errors: FoundIssue[] = [];
  const warnings: FoundIssue[] = [];
  let tags = 0;
  for (const { path, text } of templates) {
    tags += text.match(/\{[{%]/g)?.length ?? 0;
    if (tags > MOST_TAGS) break;
    const placeOf = placesIn(text);
    for (const [{ name, suggestion }, begin] of doubtsIn(text, names)) {
      const place = `${placeOf(begin)} of the template`;
      const inText = { text, begin };
      if (suggestion === undefined) {
        const message = `Nothing in this workflow gives ${quoted([name])} (${place}) a value; it renders as nothing unless whoever enrolls, or the workspace, does.`;
        warnings.push({ code: 'definition.unknown_name', path, message, inText });
      } else {
        const message = `${quoted([name])} (${place}) renders as nothing. Did you mean "${suggestion}"?`;
        errors.push({ code: 'definition.misspelt_name', path, message, suggestion, inText });
      }
    }
  }
  return { errors, warnings };
}

function doubtsIn(text: string, names: KnownNames): readonly (readonly [Doubt, number])[] {
  const seen = new Set<string>();
  return namesIn(text).flatMap(({ segments, begin }) => {
    const key = segments.slice(0, 2).join('.');
    if (seen.has(key) || seen.size >= MOST_NAMES) return [];
    seen.add(key);
    const doubt = doubtAbout(segments, names);
    return doubt === null ? [] : [[doubt, begin] as const];
  });
}

/** Fields of conditions that are nearly known: warnings, since an attribute may be called so. */
export function checkFieldNames(
  objects: readonly LanguageObject[],
  names: KnownNames,
): GraphFindings {
  const warnings = objects.flatMap(({ path, value: { field, operator } }): Issue[] => {
    if (typeof field !== 'string' || typeof operator !== 'string') return [];
    const segments = field.split('.');
    // A bare path of a filter is a property of the event.
    if (segments.length === 1 && path.includes('filter')) return [];
    const bare = segments.length === 1;
    const doubt = doubtAbout(bare ? ['contact', ...segments] : segments, names);
    if (doubt?.suggestion === undefined || (!bare && !names.namespaces.has(segments[0] ?? '')))
      return [];
    const message = `${quoted([field])} is nearly "${doubt.suggestion}". If that was meant, write it so; as it stands it is an attribute of that name.`;
    return [
      issueAt('definition.misspelt_name', [...path, 'field'], message, {
        suggestion: doubt.suggestion,
      }),
    ];
  });
  return { errors: [], warnings };
}
