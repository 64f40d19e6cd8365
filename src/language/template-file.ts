/** A stored template written in a file, as YAML or JSON: for dry runs where no server has it, and to be stored. */
import type { Issue } from '../errors';
import type { Json, JsonObject } from '../journey/json';
import { MAIL_PARTS, type MailTemplate, templateKey } from '../journey/mail-template';
import { templateFindings } from './check-template';
import type { FoundIssue } from './findings';
import { guardJson } from './json-guard';
import { templateInFile } from './mail-content';
import { parsePathText } from './path';
import type { WorkspaceName } from './workspace-names';
import { parseYaml } from './yaml';
import type { Positions } from './yaml-positions';
import { yamlText } from './yaml-text';
import { issuesOf } from './zod-issues';

export interface ParsedTemplate {
  /** Also where there are errors, as far as it can be read then. */
  readonly key: string;
  /** Null where there are errors. */
  readonly template: MailTemplate | null;
  /** For people; undefined where the file gives none. */
  readonly name?: string | undefined;
  readonly errors: Issue[];
  /** But for those that are known only with the variables of the workspace. */
  readonly warnings: Issue[];
  readonly variables: readonly WorkspaceName[];
}

/** Judges the text of a file; without a "key" the template has that of the file's name. Never throws for bad input. */
export function parseTemplateText(text: string, fileName: string): ParsedTemplate {
  const { value, positions, issues } = parseYaml(text);
  const nothing = { warnings: [], variables: [] };
  if (issues !== null) return { key: fileName, template: null, errors: issues, ...nothing };
  const meant = keyIn(value) ?? fileName;
  const refuse = (errors: readonly FoundIssue[]): ParsedTemplate => ({
    ...{ key: meant, template: null, errors: errors.map(placedBy(positions)), ...nothing },
  });
  const hostile = guardJson(value, 'definition');
  if (hostile.length > 0) return refuse(hostile);
  const parsed = templateInFile.safeParse(value);
  if (!parsed.success) {
    const asked = { domain: 'definition', schema: templateInFile, input: value } as const;
    return refuse(issuesOf(parsed.error, asked));
  }
  const { key = fileName, name, ...content } = parsed.data;
  const findings = templateFindings(content);
  const errors = [...keyIssues(key), ...findings.errors];
  if (errors.length > 0) return refuse(errors);
  const warnings = findings.warnings.map(placedBy(positions));
  const variables = findings.variables.map(({ issue, ...each }) => ({
    ...each,
    issue: placedBy(positions)(issue),
  }));
  return { key, template: { key, version: 1, ...content }, name, errors: [], warnings, variables };
}

/** A template as the text of a file that is named like its key; reading it gives the same. */
export function templateFileText(
  template: { readonly key: string; readonly name: string } & {
    readonly [part in (typeof MAIL_PARTS)[number]]: string | null;
  },
): string {
  const parts = MAIL_PARTS.map((part) => [part, template[part]] as const);
  const title = template.name === template.key ? {} : { name: template.name };
  return yamlText({ ...title, ...Object.fromEntries(parts.filter(([, text]) => text !== null)) });
}

function keyIssues(key: string): FoundIssue[] {
  if (templateKey.safeParse(key).success) return [];
  const message = `The name of the file, "${key}", is no key of a template. Give a "key" of lower-case letters, digits, "-" and "_".`;
  return [{ code: 'definition.missing_field', path: 'key', message }];
}

function keyIn(value: Json): string | undefined {
  const { key } = value !== null && typeof value === 'object' ? (value as JsonObject) : {};
  return typeof key === 'string' ? key : undefined;
}

const placedBy =
  (positions: Positions) =>
  ({ inText, ...issue }: FoundIssue): Issue => {
    const aspect = inText ?? (issue.code.endsWith('.unknown_field') ? 'name' : 'value');
    return { ...issue, ...positions(parsePathText(issue.path), aspect) };
  };
