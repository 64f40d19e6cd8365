/** A plan for people, and for programs. */
import { counted } from '../problems';
import { printable, type Terminal } from '../terminal';
import type { Plan } from './make-plan';
import { changesTemplate, type TemplatePlan } from './template-plan';
import { doesSomething, type People, type WorkflowPlan } from './workflow-plan';

/** Whether the plan can be applied. */
export const isPossible = ({ workflows }: Plan): boolean =>
  workflows.every(({ refusals }) => refusals.length === 0);

/** Whether applying the plan would do anything. */
export const changesAnything = ({ templates, workflows }: Plan): boolean =>
  templates.some(changesTemplate) || workflows.some(doesSomething);

/** The plan as one JSON object; definitions and mails are left out, since the files have them. */
export function planView(plan: Plan) {
  return {
    hash: plan.hash,
    possible: isPossible(plan),
    changes: changesAnything(plan),
    templates: plan.templates.map(({ content: _inTheFile, ...rest }) => rest),
    workflows: plan.workflows.map(({ definition: _inTheFile, ...rest }) => rest),
  };
}

/** Prints every template and every workflow, and what it comes to. */
export function printPlan({ templates, workflows }: Plan, terminal: Terminal): void {
  for (const plan of templates) printTemplate(plan, terminal);
  for (const plan of workflows) printWorkflow(plan, terminal);
  printTotals({ templates, workflows }, terminal);
}

function printTotals(
  { templates, workflows }: Pick<Plan, 'templates' | 'workflows'>,
  terminal: Terminal,
): void {
  const those = (deed: TemplatePlan['deed']) =>
    templates.filter((plan) => plan.deed === deed).length;
  if (templates.length > 0)
    terminal.line(
      `${counted(templates.length, 'template')}: ${those('create')} to create, ${those('replace')} to replace, ${those('keep') + those('hold')} as they are.`,
    );
  const how = (draft: WorkflowPlan['draft']) =>
    workflows.filter((plan) => plan.draft === draft).length;
  const published = workflows.filter((plan) => plan.published !== null).length;
  const unchanged = workflows.filter((plan) => !doesSomething(plan)).length;
  terminal.line(
    `${counted(workflows.length, 'workflow')}: ${how('create')} to create, ${how('change')} to change, ${published} to publish, ${unchanged} as they are.`,
  );
}

const TEMPLATE = {
  create: 'create the template',
  replace: 'replace the template',
  hold: 'template as it is, since --draft publishes nothing',
  keep: 'template as it is',
} as const;

function printTemplate(plan: TemplatePlan, terminal: Terminal): void {
  const { key, file, deed, version, changes } = plan;
  const { paint } = terminal;
  terminal.line(`${paint('bold', key)}  ${TEMPLATE[deed]}  ${paint('dim', printable(file))}`);
  if (changes.length > 0)
    terminal.line(`  Differs from version ${version} in ${changes.join(', ')}`);
  if (deed === 'replace')
    terminal.line('  Mails say it as soon as it is applied, those of people on their way too.');
  const warnings = plan.warnings.map(({ path, message }) => `${path}: ${message}`);
  section('Warnings', warnings, terminal, 'yellow');
  terminal.line();
}

function printWorkflow(plan: WorkflowPlan, terminal: Terminal): void {
  const { paint } = terminal;
  terminal.line(
    `${paint('bold', plan.key)}  ${deedOf(plan)}  ${paint('dim', printable(plan.file))}`,
  );
  const since = plan.activeVersion === null ? 'the draft' : `version ${plan.activeVersion}`;
  section(`Changes since ${since}`, plan.changes, terminal);
  section('Lost from the draft, never published', plan.lost, terminal, 'yellow');
  const warnings = plan.warnings.map(({ path, message }) => `${path}: ${message}`);
  section('Warnings', warnings, terminal, 'yellow');
  const tests = testsOf(plan);
  if (tests !== '') terminal.line(`  Tests: ${tests}`);
  const failed = plan.tests.failed.map(({ name, difference }) => `${name}: ${difference}`);
  section('Failed tests', failed, terminal, 'red');
  if (plan.people.versions.length > 0) terminal.line(`  On their way: ${peopleOf(plan)}`);
  for (const line of migrationOf(plan.people)) terminal.line(`    ${printable(line)}`);
  const refusals = plan.refusals.map(({ code, message }) => `${code}: ${message}`);
  section('Cannot be applied', refusals, terminal, 'red');
  terminal.line();
}

function section(
  title: string,
  lines: readonly string[],
  terminal: Terminal,
  style: 'red' | 'yellow' | null = null,
): void {
  if (lines.length === 0) return;
  terminal.line(`  ${style === null ? title : terminal.paint(style, title)}:`);
  for (const line of lines) terminal.line(`    ${printable(line)}`);
}

const DRAFT = { create: 'create', change: 'change the draft', keep: 'draft as it is' } as const;

function deedOf({ draft, published, activates }: WorkflowPlan): string {
  if (published !== null) return `${DRAFT[draft]}, publish version ${published}`;
  return draft === 'keep' && !activates ? 'as it is' : `${DRAFT[draft]}, publish nothing`;
}

function testsOf({ tests: { passed, failed, stopped } }: WorkflowPlan): string {
  if (stopped !== null) return stopped;
  return passed + failed.length === 0 ? '' : `${passed} passed, ${failed.length} failed`;
}

function peopleOf({ people, published, activeVersion }: WorkflowPlan): string {
  const { versions, affected, inFlight } = people;
  const where = versions.map(({ version, count }) => `${count} in version ${version}`).join(', ');
  if (affected === 0) return `${where}; nothing changes for them.`;
  const to = published ?? activeVersion;
  const what = {
    drain: `${affected} finish in the version they are in`,
    migrate: `${affected} are moved to version ${to}`,
    cancel: `the journeys of ${affected} end now`,
  } as const;
  return `${where}; ${what[inFlight]} (--in-flight ${inFlight}).`;
}

/** What would become of people who are moved, by where they stand. */
function migrationOf({ migration }: People): readonly string[] {
  if (migration === null) return [];
  const { totals, nodes } = migration;
  const groups = nodes.map(({ version, nodeId, count, becomes, would, why, sendsAtOnce }) => {
    const to = becomes === null || becomes === nodeId ? '' : ` → ${becomes}`;
    const because = why === null ? '' : ` (${why})`;
    const mail = sendsAtOnce === 0 ? '' : `, ${sendsAtOnce} written to at once`;
    return `${count} at ${nodeId}${to} in version ${version}: ${WOULD[would]}${because}${mail}`;
  });
  const { people, cannotMove, sendsAtOnce, paused } = totals;
  return [
    ...groups,
    `in all ${people}: ${cannotMove} cannot move, ${sendsAtOnce} written to at once, ${paused} paused`,
  ];
}

const WOULD = {
  waits: 'wait on',
  goes_on_at_once: 'go on at once',
  begins_anew: 'begin that step anew',
  cannot_move: 'cannot move',
} as const;
