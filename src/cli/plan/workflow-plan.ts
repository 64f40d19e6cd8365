/**
 * What applying one file would do to one workflow, and what stands in its way. It looks and judges; it does nothing.
 *
 * 1. Equal content is no change: a draft, or a version, that says the same is left as it is.
 * 2. `published` is null exactly when no version is made; `activates` says whether activating is asked for at all.
 * 3. Nothing is applied of a plan with refusals.
 */
import type { MigrationPlan, Workflow } from '../../client/types';
import type { Issue } from '../../errors';
import type { Definition } from '../../journey/definition';
import type { JsonObject } from '../../journey/json';
import { contentHash } from '../../language/content-hash';
import { diffDefinitions } from '../../language/definition-diff';
import { parseDefinition } from '../../language/parse-definition';
import type { TestOutcome } from './tests';
import type { World } from './world';

export type InFlight = 'drain' | 'migrate' | 'cancel';

export interface PlanOptions {
  /** Only stores drafts, and publishes nothing. */
  readonly draft: boolean;
  /** Publishes although tests fail. */
  readonly force: boolean;
  readonly inFlight: InFlight;
}

export interface PlannedFile {
  readonly file: string;
  readonly definition: Definition;
  readonly source: JsonObject;
  readonly warnings: readonly Issue[];
  /** Workflows that it names, and that are neither there nor planned; templates that are not there. */
  readonly missing: readonly Issue[];
  readonly tests: TestOutcome;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export interface WorkflowPlan extends Pick<PlannedFile, 'file' | 'warnings' | 'tests'> {
  readonly key: string;
  readonly name: string;
  readonly definition: JsonObject;
  readonly contentHash: string;
  readonly draft: 'create' | 'change' | 'keep';
  /** The draft that was looked at. */
  readonly revision: number | null;
  readonly status: Workflow['status'] | null;
  readonly activeVersion: number | null;
  readonly activates: boolean;
  /** The version that would be published. */
  readonly published: number | null;
  /** What changes, in sentences: since the active version, or since the draft where none is active. */
  readonly changes: readonly string[];
  /** What the draft had that was never published, and would be lost. */
  readonly lost: readonly string[];
  readonly people: People;
  readonly refusals: readonly Refusal[];
}

export interface People {
  /** How many are on their way in which version. */
  readonly versions: readonly { readonly version: number; readonly count: number }[];
  readonly inFlight: InFlight;
  /** How many `inFlight` is about: those in other versions than the one people enter then. */
  readonly affected: number;
  /** What would become of them where they are moved. */
  readonly migration: Pick<MigrationPlan, 'nodes' | 'totals'> | null;
}

/** What applying the file would do; the migration is filled in by whoever asks the API for it. */
export function planWorkflow(
  file: PlannedFile,
  { workflow, active, nextVersion, underWay }: World,
  options: PlanOptions,
): WorkflowPlan {
  const { definition, source } = file;
  const hash = contentHash(definition);
  const draft = workflow === null ? null : parseDefinition(workflow.definition).definition;
  const keeps = draft !== null && contentHash(draft) === hash;
  const isNew = !options.draft && active?.contentHash !== hash;
  const stays = isNew ? null : (workflow?.version ?? null);
  const others = underWay.filter(({ version }) => version !== stays);
  const affected = options.draft ? 0 : others.reduce((sum, each) => sum + each.openEnrollments, 0);
  const isMoved = options.inFlight !== 'drain' && affected > 0;
  const before = active?.definition ?? draft;
  const plan = {
    ...{ file: file.file, warnings: file.warnings, tests: file.tests },
    ...{ key: definition.key, name: definition.name, definition: source, contentHash: hash },
    draft: workflow === null ? 'create' : keeps ? 'keep' : 'change',
    revision: workflow?.revision ?? null,
    status: workflow?.status ?? null,
    activeVersion: workflow?.version ?? null,
    activates: isNew || isMoved,
    published: isNew ? nextVersion : null,
    changes: before === null ? [] : sentences(before, definition),
    lost: lostOf(draft, active?.definition ?? null, keeps),
    people: {
      versions: underWay.map(({ version, openEnrollments: count }) => ({ version, count })),
      inFlight: options.inFlight,
      affected,
      migration: null,
    },
  } as const;
  return { ...plan, refusals: refusalsOf(plan, file, { workflow, force: options.force }) };
}

/** Whether applying it would do anything. */
export const doesSomething = ({ draft, activates }: WorkflowPlan): boolean =>
  draft !== 'keep' || activates;

const sentences = (before: Definition, after: Definition): readonly string[] =>
  diffDefinitions(before, after).map(({ sentence }) => sentence);

/** Changes that somebody has made in the draft and that no version has: applying writes over them. */
function lostOf(
  draft: Definition | null,
  active: Definition | null,
  keeps: boolean,
): readonly string[] {
  return draft === null || active === null || keeps ? [] : sentences(active, draft);
}

type Judged = Pick<WorkflowPlan, 'key' | 'draft' | 'activates' | 'tests'>;

function refusalsOf(
  { key, draft, activates, tests }: Judged,
  { missing }: PlannedFile,
  { workflow, force }: { readonly workflow: Workflow | null; readonly force: boolean },
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, message: string) => refusals.push({ code, message });
  if (workflow?.status === 'archived' && (draft !== 'keep' || activates))
    refuse('workflow.archived', `"${key}" is archived. Give the definition another key.`);
  if (!activates) return refusals;
  for (const { code, path, message } of missing) refuse(code, `${path}: ${message}`);
  if (workflow?.status === 'paused')
    refuse(
      'workflow.paused',
      `"${key}" is paused, and publishing would let everybody go on. Activate it first, or store the draft alone with --draft.`,
    );
  if (workflow !== null && workflow.canary !== null)
    refuse(
      'canary.running',
      `Version ${workflow.canary} of "${key}" is being tried as a canary. Promote or halt it first, or store the draft alone with --draft.`,
    );
  const { length: failing } = tests.failed;
  if (!force && tests.stopped !== null) refuse('simulation.too_long', tests.stopped);
  if (!force && failing > 0)
    refuse(
      'workflow.tests_failed',
      `${failing} of its tests ${failing === 1 ? 'fails' : 'fail'}. Correct it, or publish all the same with --force.`,
    );
  return refusals;
}
