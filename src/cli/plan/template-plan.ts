/** What applying one file would do to one stored template. It looks and judges; it does nothing. */
import type { ThroughlineClient } from '../../client/index';
import type { Template, TemplateContent } from '../../client/types';
import { MAIL_PARTS } from '../../journey/mail-template';
import { contentHash } from '../../language/content-hash';
import { warnedBeside } from '../../language/workspace-names';
import type { Problems } from '../problems';
import type { Shelf, StoredFile } from '../templates';
import { readTemplate } from './world';

export interface TemplatePlan extends Pick<Problems, 'file' | 'warnings'> {
  readonly key: string;
  readonly content: TemplateContent;
  /** `hold`: mails would say the new text at once, so a plan of drafts alone leaves the template as it is. */
  readonly deed: 'create' | 'replace' | 'hold' | 'keep';
  /** The version that was looked at. */
  readonly version: number | null;
  /** What differs: parts of the mail, or the name. */
  readonly changes: readonly string[];
}

interface TemplateOptions {
  readonly draft: boolean;
  /** Those that the workspace has. */
  readonly variables: ReadonlySet<string>;
}

/** What would become of every template of a shelf. */
export async function planTemplates(
  client: ThroughlineClient,
  { stored }: Shelf,
  options: TemplateOptions,
): Promise<readonly TemplatePlan[]> {
  const plans: TemplatePlan[] = [];
  for (const each of stored)
    plans.push(planTemplate(each, await readTemplate(client, each.template.key), options));
  return plans;
}

function planTemplate(
  { file, name, template, ...found }: StoredFile,
  before: Template | null,
  { draft, variables }: TemplateOptions,
): TemplatePlan {
  const warnings = [...found.warnings, ...warnedBeside(found.variables, variables)];
  const { key, version: _inTheFile, ...said } = template;
  const content: TemplateContent = name === undefined ? said : { ...said, name };
  const changes = before === null ? [] : differing(before, content);
  const changed = draft ? 'hold' : 'replace';
  const deed = before === null ? 'create' : changes.length > 0 ? changed : 'keep';
  return { file, warnings, key, content, deed, version: before?.version ?? null, changes };
}

/** A name that the file leaves out stays as it is. */
function differing(before: Template, content: TemplateContent): readonly string[] {
  const parts = MAIL_PARTS.filter((part) => before[part] !== (content[part] ?? null));
  const isRenamed = content.name !== undefined && content.name !== before.name;
  return isRenamed ? ['name', ...parts] : parts;
}

/** Whether applying it would do anything. */
export const changesTemplate = ({ deed }: TemplatePlan): boolean =>
  deed === 'create' || deed === 'replace';

/** What stands for the deed in the hash of a plan. */
export function templateDeed({ key, content, deed, version }: TemplatePlan) {
  return { key, content: contentHash(content), deed, version };
}
