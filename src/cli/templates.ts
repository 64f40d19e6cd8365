/** Stored templates of mails in files beside the definitions. */
import path from 'node:path';
import type { Issue } from '../errors';
import type { MailTemplate, MailTemplates } from '../journey/mail-template';
import type { Reference } from '../language/references';
import { didYouMean, suggestion } from '../language/suggest';
import { parseTemplateText, type ParsedTemplate } from '../language/template-file';
import { warnedAlone } from '../language/workspace-names';
import type { Options } from './options';
import type { Problems } from './problems';
import { filesOf, readSource } from './sources';
import { UsageError } from './usage-error';

export const TEMPLATES_OPTION = {
  templates: {
    type: 'string',
    value: 'folder',
    help: 'Stored templates of mails as files: a folder of them, or one.',
  },
} as const satisfies Options;

/** A template in a file that can be used. */
export interface StoredFile extends Pick<ParsedTemplate, 'warnings' | 'variables'> {
  readonly file: string;
  readonly template: MailTemplate;
  /** Undefined where the file gives none. */
  readonly name: string | undefined;
}

export interface Shelf {
  /** The folder or file, as it was typed. */
  readonly given: string | undefined;
  readonly templates: MailTemplates;
  /** The same, with where each comes from. */
  readonly stored: readonly StoredFile[];
  /** Files by the key of a template that cannot be used, since they have errors. */
  readonly broken: ReadonlyMap<string, string>;
  /** What is said about their files. */
  readonly files: readonly Problems[];
}

/** Reads the templates of a folder, or of one file. Fails with a UsageError where two have the same key. */
export async function readTemplates(given: string | undefined): Promise<Shelf> {
  const stored = new Map<string, StoredFile>();
  const broken = new Map<string, string>();
  const files: Problems[] = [];
  for (const name of given === undefined ? [] : filesOf([given])) {
    const { name: file, text } = await readSource(name);
    const parsed = parseTemplateText(text, path.parse(file).name);
    const { key, template, name: title, errors, warnings, variables } = parsed;
    const offline = [...warnings, ...warnedAlone(variables)];
    files.push({ file, errors, warnings: offline });
    if (template === null) {
      broken.set(key, file);
      continue;
    }
    const other = stored.get(key);
    if (other !== undefined)
      throw new UsageError(`${other.file} and ${file} both hold the template "${key}".`);
    stored.set(key, { file, template, name: title, warnings, variables });
  }
  const templates = [...stored].map(([key, { template }]) => [key, template] as const);
  return {
    ...{ given, templates: Object.fromEntries(templates), stored: [...stored.values()] },
    ...{ broken, files },
  };
}

/** The files that arguments stand for, but for those of templates. */
export function definitionsAmong(args: readonly string[], { files }: Shelf): readonly string[] {
  const others = new Set(files.map(({ file }) => path.resolve(file)));
  return filesOf(args).filter((name) => !others.has(path.resolve(name)));
}

/** Warnings for templates that a definition names and that are not at hand. */
export function unknownTemplates(references: readonly Reference[], shelf: Shelf): readonly Issue[] {
  return references
    .filter(({ key }) => !Object.hasOwn(shelf.templates, key))
    .map(({ key, issue }) => ({ ...issue, ...whyUnknown(key, shelf) }));
}

const ASK = '"throughline plan" asks the API whether there is one.';

function whyUnknown(
  key: string,
  { given, templates, broken }: Shelf,
): Pick<Issue, 'message' | 'suggestion'> {
  const file = broken.get(key);
  if (file !== undefined)
    return {
      message: `${file} has errors, so no test can look at what the template "${key}" says.`,
    };
  if (given === undefined)
    return {
      message: `What the template "${key}" says is not known here, so no test can look at it. Give the folder of its file with --templates; ${ASK}`,
    };
  const meant = suggestion(key, [...Object.keys(templates), ...broken.keys()]);
  const missing = `${given} holds no template "${key}", so no test can look at what it says.`;
  return { message: `${missing}${didYouMean(meant) || ` ${ASK}`}`, ...meant };
}

/** Whether a file cannot be used. */
export const hasErrors = ({ errors }: Problems): boolean => errors.length > 0;
