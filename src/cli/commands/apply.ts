import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineCommand, type ExitCode } from '../command';
import { type Applied, type AppliedTemplate, applyPlan, type Outcome } from '../plan/apply-plan';
import { makePlan, type Plan } from '../plan/make-plan';
import { PLAN_OPTIONS, planOptions, readFiles } from '../plan/plan-options';
import { isPossible, planView, printPlan } from '../plan/print-plan';
import { withProgress } from '../progress';
import { counted, reportOn } from '../problems';
import { exitCodeOf, refusalView } from '../refusal';
import { printable, type Terminal } from '../terminal';
import { UsageError } from '../usage-error';

export const apply = defineCommand({
  name: 'apply',
  summary:
    'Do what "plan" has shown, or nothing when files, templates or workflows have changed since.',
  usage: '<file…|folder…> --plan <hash> [options]',
  description: [
    'Takes the files and options that "plan" was given, and its hash. Stores templates and drafts first, then',
    'publishes; each write is bound to what the plan looked at. A plan that fits no more is refused with code 1,',
    'and shown as it is now. What was done before something failed stays done: apply again for the rest.',
  ],
  options: {
    plan: { type: 'string', value: 'hash', help: 'The hash that "plan" has printed.' },
    yes: { type: 'boolean', help: 'Apply whatever the plan is now, without having looked at it.' },
    changelog: { type: 'string', value: 'text', help: 'What is new, for the list of versions.' },
    ...PLAN_OPTIONS,
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    'throughline apply journeys/ --plan 3f0c9a1b7d24e685 --changelog "Five days, not seven"',
    'throughline apply cart.yaml --yes',
  ],
  async run(args, values, terminal) {
    const { json, plan: hash, yes, changelog } = values;
    const options = { ...planOptions(values), changelog };
    if ((hash === undefined) === !yes)
      throw new UsageError(
        'Say which plan to apply: --plan <hash> with what "throughline plan" printed, or --yes for any.',
      );
    const { problems, isFine, ...input } = await readFiles(args, values);
    if (!isFine) return reportOn(problems, json, terminal);
    const result = await withProgress(async (tell): Promise<Result> => {
      const client = await connect(values);
      const made = await makePlan(client, input, options, tell);
      const refusal = hash !== undefined && hash !== made.hash ? MOVED : IMPOSSIBLE;
      if (refusal === MOVED || !isPossible(made)) {
        return { plan: made, why: refusal, outcome: null };
      }
      const outcome = await applyPlan(client, made, options, tell);
      return { plan: made, why: null, outcome };
    });
    return result.outcome === null
      ? refused(result.plan, result.why, json, terminal)
      : report(result.plan, result.outcome, json, terminal);
  },
});

const MOVED = {
  code: 'plan.changed',
  error:
    'The plan fits no more: the files, the options, the templates or the workflows have changed since. This is what it would be now; nothing was done.',
};

type Failure = NonNullable<Outcome['failure']>;

type Result = { readonly plan: Plan } & (
  | { readonly why: typeof MOVED; readonly outcome: null }
  | { readonly why: null; readonly outcome: Outcome }
);

const IMPOSSIBLE = { code: 'plan.refused', error: 'The plan cannot be applied; nothing was done.' };

function refused(plan: Plan, why: typeof MOVED, json: boolean, terminal: Terminal): ExitCode {
  if (json) terminal.json({ ...why, plan: planView(plan) });
  else printPlan(plan, terminal);
  console.error(why.error);
  return 1;
}

function report(
  plan: Plan,
  { templates, applied, failure }: Outcome,
  json: boolean,
  terminal: Terminal,
): ExitCode {
  const told = failure === null ? null : { key: failure.key, ...refusalView(failure.error) };
  if (json) terminal.json({ templates, applied, failure: told });
  else {
    for (const each of templates) terminal.line(`${each.key}  ${templateDeedOf(each)}`);
    for (const each of applied) terminal.line(`${each.key}  ${deedOf(each)}`);
  }
  if (failure === null) {
    const same = plan.workflows.length - applied.length;
    if (!json)
      terminal.line(`${counted(applied.length, 'workflow')} applied, ${same} as they were`);
    return 0;
  }
  console.error(printable(`${failure.key}: ${failure.error.message}`));
  console.error(`${whatWasDone(failure.error, templates.length + applied.length)} ${AGAIN}`);
  return exitCodeOf(failure.error);
}

const AGAIN = 'Once that is mended, plan again, and apply that.';

/** Of a refusal it is known that it changed nothing; of a call without a proper answer it is not. */
function whatWasDone({ status }: Failure['error'], count: number): string {
  const isRefused = status !== null && status >= 400 && status < 500;
  const above = count === 0 ? 'Nothing was done' : 'What stands above was done';
  if (!isRefused) return `${above}; whether this was, is not known.`;
  return count === 0 ? `${above}.` : `${above}, the rest was not.`;
}

const DRAFT = { create: 'created', change: 'draft changed', keep: 'draft as it was' } as const;

function deedOf({ draft, published, revision }: Applied): string {
  const version = published === null ? '' : `, version ${published} published`;
  return `${DRAFT[draft]} (revision ${revision})${version}`;
}

const templateDeedOf = ({ deed, version }: AppliedTemplate): string =>
  `template ${deed === 'create' ? 'created' : 'replaced'} (version ${version})`;
