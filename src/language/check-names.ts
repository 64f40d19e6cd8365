/** Names that templates and conditions read: unknown ones, and those that are nearly known. */
import type { Issue } from '../errors';
import { placesIn } from '../evaluate/template-names';
import { type FoundIssue, type GraphFindings, issueAt, quoted } from './findings';
import { type Doubt, doubtAbout, type KnownNames } from './known-names';
import type { LanguageObject } from './language-objects';
import { doubtsIn } from './name-doubts';
import type { PlacedTemplate } from './text-problems';
import { noSuchVariable, type WorkspaceName } from './workspace-names';

/** Findings, and the names that are in doubt until it is known which variables the workspace has. */
export interface NameFindings extends GraphFindings {
  readonly variables: readonly WorkspaceName[];
}

/** Tags looked at in all templates; a hundred rich mails have fewer, and reading more takes too long. */
const MOST_TAGS = 5_000;

/** Names in templates that nothing gives a value; each once per template, where it stands first. */
export function checkTemplateNames(
  templates: readonly PlacedTemplate[],
  names: KnownNames,
): NameFindings {
  const errors: FoundIssue[] = [];
  const warnings: FoundIssue[] = [];
  const variables: WorkspaceName[] = [];
  let tags = 0;
  for (const { path, text } of templates) {
    tags += text.match(/\{[{%]/g)?.length ?? 0;
    if (tags > MOST_TAGS) break;
    const placeOf = placesIn(text);
    for (const { doubt, begin } of doubtsIn(text, names)) {
      const said = wordsOf(doubt, `${placeOf(begin)} of the template`);
      const issue: FoundIssue = { ...said, path, inText: { text, begin } };
      if (doubt.suggestion !== undefined) errors.push(issue);
      else if (doubt.variable === undefined) warnings.push(issue);
      else variables.push({ ...doubt.variable, issue });
    }
  }
  return { errors, warnings, variables };
}

function wordsOf(
  { name, suggestion, variable }: Doubt,
  place: string,
): Pick<Issue, 'code' | 'message' | 'suggestion'> {
  const placed = `${quoted([name])} (${place})`;
  if (suggestion !== undefined) {
    const message = `${placed} renders as nothing. Did you mean "${suggestion}"?`;
    return { code: 'definition.misspelt_name', message, suggestion };
  }
  const message =
    variable?.isBare === false
      ? noSuchVariable(variable.key, placed)
      : `Nothing in this workflow gives ${placed} a value; it renders as nothing unless whoever enrolls, or the workspace, does.`;
  return { code: 'definition.unknown_name', message };
}

/** Fields of conditions: nearly known ones are warnings, since an attribute may be called so. */
export function checkFieldNames(
  objects: readonly LanguageObject[],
  names: KnownNames,
): NameFindings {
  const warnings: Issue[] = [];
  const variables: WorkspaceName[] = [];
  for (const { path, value } of objects) {
    const { field, operator } = value;
    if (typeof field !== 'string' || typeof operator !== 'string') continue;
    const at = [...path, 'field'];
    const doubt = doubtAboutField(field.split('.'), path.includes('filter'), names);
    if (doubt?.variable?.isBare === false) {
      const { key } = doubt.variable;
      const message = noSuchVariable(key, quoted([field]));
      variables.push({ ...doubt.variable, issue: issueAt('definition.unknown_name', at, message) });
    } else if (doubt?.suggestion !== undefined) {
      const { suggestion } = doubt;
      const message = `${quoted([field])} is nearly "${suggestion}". If that was meant, write it so; as it stands it is an attribute of that name.`;
      warnings.push(issueAt('definition.misspelt_name', at, message, { suggestion }));
    }
  }
  return { errors: [], warnings, variables };
}

/** A bare path of a filter is a property of the event, else of the contact, as any other that no namespace begins. */
function doubtAboutField(
  segments: readonly string[],
  isFilter: boolean,
  names: KnownNames,
): Doubt | null {
  if (segments.length === 1) return isFilter ? null : doubtAbout(['contact', ...segments], names);
  return names.namespaces.has(segments[0] ?? '') ? doubtAbout(segments, names) : null;
}
