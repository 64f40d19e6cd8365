/** The plan of all files: what applying them would do, and a hash that stands for exactly that. */
import type { ThroughlineClient } from '../../client/index';
import type { MigrationPlan } from '../../client/types';
import type { Issue } from '../../errors';
import type { MailTemplate } from '../../journey/mail-template';
import { contentHash } from '../../language/content-hash';
import type { Reference } from '../../language/references';
import { didYouMean, suggestion } from '../../language/suggest';
import { warnedBeside } from '../../language/workspace-names';
import type { ReadDefinition } from '../definitions';
import type { Shelf } from '../templates';
import { UsageError } from '../usage-error';
import type { PlanInput } from './plan-options';
import { planTemplates, templateDeed, type TemplatePlan } from './template-plan';
import { outcomeOfTests } from './tests';
import {
  type People,
  type PlannedFile,
  type PlanOptions,
  planWorkflow,
  type WorkflowPlan,
} from './workflow-plan';
import { findTemplate, findWorkflow, readWorld, variableNames } from './world';

export interface Plan {
  readonly hash: string;
  readonly templates: readonly TemplatePlan[];
  readonly workflows: readonly WorkflowPlan[];
}

/** Short enough to be copied by hand. */
const HASH_LENGTH = 16;

/** Plans definitions and templates that have no errors. `tell` hears which one is looked at. */
export async function makePlan(
  client: ThroughlineClient,
  { files, shelf }: PlanInput,
  options: PlanOptions,
  tell: (text: string) => void,
): Promise<Plan> {
  const workflowKeys = keysOf(files);
  const variables = await variableNames(client);
  const templates = await planTemplates(client, shelf, { ...options, variables });
  const workflows: WorkflowPlan[] = [];
  for (const [index, file] of files.entries()) {
    tell(`${index + 1}/${files.length} ${file.file}`);
    const known = await plannedFile(client, file, { workflowKeys, shelf, variables });
    const world = await readWorld(client, known.definition.key);
    const plan = planWorkflow(known, world, options);
    workflows.push({ ...plan, people: await foretold(client, plan) });
  }
  return { hash: hashOf({ templates, workflows }, options), templates, workflows };
}

/** Every key that the files hold. Fails with a UsageError where two hold the same. */
function keysOf(files: readonly ReadDefinition[]): ReadonlySet<string> {
  const holders = new Map<string, string>();
  for (const { file, definition } of files) {
    const key = definition?.key ?? '';
    const other = holders.get(key);
    if (other !== undefined)
      throw new UsageError(`${other} and ${file} both hold the workflow "${key}".`);
    holders.set(key, file);
  }
  return new Set(holders.keys());
}

/** What will be there, whatever is there now. */
interface Planned {
  readonly workflowKeys: ReadonlySet<string>;
  readonly shelf: Shelf;
  readonly variables: ReadonlySet<string>;
}

async function plannedFile(
  client: ThroughlineClient,
  { file, definition, source, certain, workflows, templates: named, variables }: ReadDefinition,
  planned: Planned,
): Promise<PlannedFile> {
  if (definition === null || source === null) throw new Error(`${file} has errors.`);
  const missing: Issue[] = [];
  for (const { key, issue } of workflows)
    if (!planned.workflowKeys.has(key) && (await findWorkflow(client, key)) === null)
      missing.push(issue);
  const templates = await templatesOf(client, named, planned.shelf);
  const near = Object.keys(planned.shelf.templates);
  for (const { key, issue } of named)
    if (!templates.has(key))
      missing.push({ ...issue, message: issue.message + didYouMean(suggestion(key, near)) });
  const tests = await outcomeOfTests(definition, Object.fromEntries(templates));
  const warnings = [...certain, ...warnedBeside(variables, planned.variables), ...missing];
  return { file, definition, source, warnings, missing, tests };
}

async function templatesOf(
  client: ThroughlineClient,
  named: readonly Reference[],
  shelf: Shelf,
): Promise<ReadonlyMap<string, MailTemplate>> {
  const found = new Map<string, MailTemplate>();
  for (const key of new Set(named.map((each) => each.key))) {
    const template = shelf.templates[key] ?? (await findTemplate(client, key));
    if (template !== null) found.set(key, template);
  }
  return found;
}

/** Whoever would be moved, with what would become of them. */
async function foretold(client: ThroughlineClient, plan: WorkflowPlan): Promise<People> {
  const { key, people, definition, published, activeVersion } = plan;
  if (people.inFlight !== 'migrate' || people.affected === 0) return people;
  const to = published === null ? { to: activeVersion ?? 0 } : { definition };
  const { nodes, totals }: MigrationPlan = await client.workflows.planMigration(key, to);
  return { ...people, migration: { nodes, totals } };
}

/**
 * The same hash means the same deed to the same world. How many stand where is no part of it, since people go on
 * while somebody reads; in which versions they are is one, where something is to become of them.
 */
function hashOf({ templates, workflows }: Omit<Plan, 'hash'>, options: PlanOptions): string {
  const deeds = workflows.map((plan) => {
    const { key, draft, revision, status, activeVersion, activates, published, people } = plan;
    const versions = people.inFlight === 'drain' ? [] : people.versions.map((each) => each.version);
    const { contentHash: content } = plan;
    return { key, content, draft, revision, status, activeVersion, activates, published, versions };
  });
  const { draft, force, inFlight } = options;
  const told = { draft, force, inFlight };
  const all = { templates: byKey(templates.map(templateDeed)), deeds: byKey(deeds) };
  return contentHash({ options: told, ...all }).slice(0, HASH_LENGTH);
}

const byKey = <T extends { readonly key: string }>(deeds: readonly T[]): readonly T[] =>
  deeds.toSorted((a, b) => (a.key < b.key ? -1 : 1));
