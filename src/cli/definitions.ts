/** Definitions from files, with what is wrong with them. */
import type { Issue } from '../errors';
import { parseDefinitionText, type ParsedDefinition } from '../language/parse-definition';
import { entryWarnings } from '../language/test-entries';
import { warnedAlone } from '../language/workspace-names';
import { parseYaml } from '../language/yaml';
import { readSource } from './sources';

/** Its warnings are those where no API is asked which variables the workspace has. */
export interface ReadDefinition extends ParsedDefinition {
  readonly file: string;
  /** Those of its warnings that hold whichever there are. */
  readonly certain: readonly Issue[];
}

/** Reads and judges the definition in a file. */
export async function readDefinition(name: string): Promise<ReadDefinition> {
  const { name: file, text } = await readSource(name);
  const parsed = parseDefinitionText(text);
  if (parsed.definition === null && isTemplate(text))
    return { file, ...parsed, errors: [IS_TEMPLATE], warnings: [], certain: [] };
  const entries = await entryWarnings(parsed);
  return {
    ...{ file, ...parsed, certain: [...parsed.warnings, ...entries] },
    warnings: [...parsed.warnings, ...warnedAlone(parsed.variables), ...entries],
  };
}

const IS_TEMPLATE: Issue = {
  ...{ code: 'definition.wrong_type', path: '', line: 1, column: 1 },
  message:
    'This is a template of a mail, and no definition. Commands that look at templates take its folder with --templates.',
};

/** Whether a text that is no definition has what a mail says, and nothing of a workflow. */
function isTemplate(text: string): boolean {
  const { value } = parseYaml(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const has = (name: string) => Object.hasOwn(value, name);
  return has('subject') && MAIL_BODIES.some(has) && !OF_WORKFLOWS.some(has);
}

const MAIL_BODIES = ['text', 'html', 'mjml'];
const OF_WORKFLOWS = ['nodes', 'steps', 'actions', 'trigger', 'triggers'];
