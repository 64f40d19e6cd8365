/**
 * Doing what a plan says.
 *
 * 1. Templates come first, then every draft, and publishing last: definitions may name each other and templates.
 * 2. Each write is bound to the draft or the version of a template that the plan looked at, so whoever was faster is not overwritten.
 * 3. What was done before something failed stays done, and is told; applying again does the rest.
 */
import { type ThroughlineClient, ThroughlineError } from '../../client/index';
import type { Plan } from './make-plan';
import { changesTemplate, type TemplatePlan } from './template-plan';
import { doesSomething, type PlanOptions, type WorkflowPlan } from './workflow-plan';

export interface Applied {
  readonly key: string;
  readonly draft: WorkflowPlan['draft'];
  /** The version that was published. */
  readonly published: number | null;
  readonly revision: number;
}

export interface AppliedTemplate {
  readonly key: string;
  readonly deed: TemplatePlan['deed'];
  readonly version: number;
}

export interface Outcome {
  readonly templates: readonly AppliedTemplate[];
  readonly applied: readonly Applied[];
  /** What stopped it, and at which workflow or template; null when all was done. */
  readonly failure: { readonly key: string; readonly error: ThroughlineError } | null;
}

export interface ApplyOptions extends PlanOptions {
  readonly changelog: string | undefined;
}

/** Applies a plan that has no refusals. `tell` hears what is being done. */
export async function applyPlan(
  client: ThroughlineClient,
  { templates, workflows }: Plan,
  options: ApplyOptions,
  tell: (text: string) => void,
): Promise<Outcome> {
  const stored: AppliedTemplate[] = [];
  const applied = new Map<string, Applied>();
  const outcome = (failure: Outcome['failure']): Outcome => ({
    ...{ templates: stored, applied: [...applied.values()] },
    failure,
  });
  const does = (plan: WorkflowPlan, deed: Deed) => async () => {
    applied.set(plan.key, await deed(client, plan, applied.get(plan.key), options));
  };
  const deeds = [
    ...templates.filter(changesTemplate).map((plan) => ({
      ...{ key: plan.key, verb: 'storing the template' },
      run: async () => void stored.push(await storeTemplate(client, plan)),
    })),
    ...workflows.filter(doesSomething).map((plan) => ({
      ...{ key: plan.key, verb: 'storing', run: does(plan, storeDraft) },
    })),
    ...workflows
      .filter(({ activates }) => activates)
      .map((plan) => ({
        ...{ key: plan.key, verb: 'publishing', run: does(plan, publish) },
      })),
  ];
  for (const { key, verb, run } of deeds) {
    tell(`${verb} ${key}`);
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ThroughlineError)) throw error;
      return outcome({ key, error });
    }
  }
  return outcome(null);
}

async function storeTemplate(
  client: ThroughlineClient,
  { key, content, deed, version }: TemplatePlan,
): Promise<AppliedTemplate> {
  const stored = await (deed === 'create'
    ? client.templates.create({ key, ...content })
    : client.templates.replace(key, content, { revision: version ?? undefined }));
  return { key, deed, version: stored.version };
}

type Deed = (
  client: ThroughlineClient,
  plan: WorkflowPlan,
  before: Applied | undefined,
  options: ApplyOptions,
) => Promise<Applied>;

const storeDraft: Deed = async (client, { key, draft, definition, revision }) => {
  if (draft === 'keep') return { key, draft, published: null, revision: revision ?? 0 };
  const read = { revision: revision ?? undefined };
  const stored = await (draft === 'create'
    ? client.workflows.create(definition)
    : client.workflows.import(definition, read));
  return { key, draft, published: null, revision: stored.revision };
};

const publish: Deed = async (client, { key, draft, published }, before, options) => {
  const { inFlight, force, changelog } = options;
  const read = { revision: before?.revision };
  const active = await client.workflows.activate(key, { inFlight, force, changelog }, read);
  return {
    ...{ key, draft, revision: active.revision },
    published: published === null ? null : active.version,
  };
};
