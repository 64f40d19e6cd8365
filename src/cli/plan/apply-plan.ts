/**
 * Doing what a plan says.
 *
 * 1. Every draft is stored before anything is published: definitions may name each other.
 * 2. Each write is bound to the draft that the plan looked at, so whoever was faster is not overwritten.
 * 3. What was done before something failed stays done, and is told; applying again does the rest.
 */
import { type ThroughlineClient, ThroughlineError } from '../../client/index';
import type { Plan } from './make-plan';
import { doesSomething, type PlanOptions, type WorkflowPlan } from './workflow-plan';

export interface Applied {
  readonly key: string;
  readonly draft: WorkflowPlan['draft'];
  /** The version that was published. */
  readonly published: number | null;
  readonly revision: number;
}

export interface Outcome {
  readonly applied: readonly Applied[];
  /** What stopped it, and at which workflow; null when all was done. */
  readonly failure: { readonly key: string; readonly error: ThroughlineError } | null;
}

export interface ApplyOptions extends PlanOptions {
  readonly changelog: string | undefined;
}

/** Applies a plan that has no refusals. `tell` hears what is being done. */
export async function applyPlan(
  client: ThroughlineClient,
  { workflows }: Plan,
  options: ApplyOptions,
  tell: (text: string) => void,
): Promise<Outcome> {
  const applied = new Map<string, Applied>();
  const outcome = (failure: Outcome['failure']): Outcome => ({
    applied: [...applied.values()],
    failure,
  });
  const deeds = [
    ...workflows.filter(doesSomething).map((plan) => ({ plan, deed: storeDraft })),
    ...workflows.filter(({ activates }) => activates).map((plan) => ({ plan, deed: publish })),
  ];
  for (const { plan, deed } of deeds) {
    const { key } = plan;
    tell(`${deed === publish ? 'publishing' : 'storing'} ${key}`);
    try {
      applied.set(key, await deed(client, plan, applied.get(key), options));
    } catch (error) {
      if (!(error instanceof ThroughlineError)) throw error;
      return outcome({ key, error });
    }
  }
  return outcome(null);
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
