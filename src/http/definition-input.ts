/** Definitions as requests bring them: judged whole, and against what else there is in the workspace. */
import type { Tx } from '../db/client';
import { existingTemplates, loadTemplates } from '../db/templates';
import { variableNames } from '../db/variables';
import { existingWorkflowKeys } from '../db/workflows';
import type { JsonObject } from '../db/json';
import { fail, type Issue } from '../errors';
import type { Definition } from '../journey/definition';
import { repeatsKey } from '../language/json-keys';
import type { MailTemplates } from '../journey/mail-template';
import { parseDefinition, type ParsedDefinition } from '../language/parse-definition';
import { type Reference, templateReferences } from '../language/references';
import { entryWarnings } from '../language/test-entries';
import { warnedBeside } from '../language/workspace-names';
import { parseYaml } from '../language/yaml';

export interface RequiredDefinition {
  readonly definition: Definition;
  readonly source: JsonObject;
  readonly warnings: Issue[];
}

/**
 * A definition without errors. Workflows and templates that it names and that do not exist are warnings; for one
 * that is to be `activated` they are errors. Fails with `definition.invalid` and every problem.
 */
export async function requireDefinition(
  tx: Tx,
  input: unknown,
  { activated = false } = {},
): Promise<RequiredDefinition> {
  const parsed = parseDefinition(input);
  const { definition, source, errors } = parsed;
  const warnings = [...parsed.warnings, ...(await missingVariables(tx, parsed))];
  if (!definition || !source) throw invalid(errors, warnings);
  const missing = await missingReferences(tx, definition, parsed);
  if (activated && missing.length > 0) throw invalid(missing, warnings);
  const entries = await entryWarnings(parsed);
  return { definition, source, warnings: [...warnings, ...missing, ...entries] };
}

/** What is to be said of a draft as it is now: it was good when it was stored, and what it names may be gone. */
export async function draftWarnings(tx: Tx, draft: JsonObject): Promise<Issue[]> {
  const parsed = parseDefinition(draft);
  const { definition, errors } = parsed;
  const warnings = [...parsed.warnings, ...(await missingVariables(tx, parsed))];
  if (definition === null) return [...errors, ...warnings];
  const missing = await missingReferences(tx, definition, parsed);
  return [...warnings, ...missing, ...(await entryWarnings(parsed))];
}

const missingReferences = async (
  tx: Tx,
  definition: Definition,
  { workflows, templates }: ParsedDefinition,
): Promise<Issue[]> => [
  ...(await missingWorkflows(tx, definition, workflows)),
  ...(await missingTemplates(tx, templates)),
];

const missingVariables = async (
  tx: Tx,
  { variables }: ParsedDefinition,
): Promise<readonly Issue[]> =>
  variables.length === 0 ? [] : warnedBeside(variables, await variableNames(tx));

async function missingWorkflows(
  tx: Tx,
  { key: own }: Definition,
  references: readonly Reference[],
): Promise<Issue[]> {
  const others = references.filter(({ key }) => key !== own);
  if (others.length === 0) return [];
  const known = await existingWorkflowKeys(
    tx,
    others.map(({ key }) => key),
  );
  return others.filter(({ key }) => !known.has(key)).map(({ issue }) => issue);
}

async function missingTemplates(tx: Tx, references: readonly Reference[]): Promise<Issue[]> {
  const known = await existingTemplates(
    tx,
    references.map(({ key }) => key),
  );
  return references.filter(({ key }) => !known.has(key)).map(({ issue }) => issue);
}

/** The stored templates that a definition names, as dry runs of it take them. */
export function templatesOf(tx: Tx, definition: Definition): Promise<MailTemplates> {
  const keys = templateReferences(definition).map(({ key }) => key);
  return loadTemplates(tx, [...new Set(keys)]);
}

/**
 * What the JSON body of a request says about a definition, of which it may be a part only. Fails with
 * `definition.invalid` where a name is given twice.
 */
export function readPart(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  if (!repeatsKey(body)) return JSON.parse(body) as unknown;
  const { value, issues } = parseYaml(body);
  if (issues !== null) throw invalid(issues, []);
  return value;
}

function invalid(errors: readonly Issue[], warnings: readonly Issue[]) {
  const [first] = errors;
  const where = first?.path ? `${first.path}: ` : '';
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more, see "issues")` : '';
  return fail(
    'definition.invalid',
    `The definition is not valid. ${where}${first?.message ?? ''}${rest}`,
    { issues: errors, warnings },
  );
}
