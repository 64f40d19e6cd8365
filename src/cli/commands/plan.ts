import { connect } from '../api';
import { API_OPTIONS, JSON_OPTION } from '../api-options';
import { defineCommand, type ExitCode } from '../command';
import { changesAnything, isPossible, planView, printPlan } from '../plan/print-plan';
import { makePlan } from '../plan/make-plan';
import { applyLine, PLAN_OPTIONS, planOptions, readFiles } from '../plan/plan-options';
import { withProgress } from '../progress';
import { reportOn } from '../problems';

export const plan = defineCommand({
  name: 'plan',
  summary:
    'Show what "apply" would do with definitions and templates, to versions and people; do nothing.',
  usage: '<file…|folder…> [options]',
  description: [
    'For every workflow: whether it is created, changed, published; the changes in sentences; warnings, the',
    'outcome of its tests, what would be lost from a draft that others have changed; how many people are on',
    'their way, and what would become of them. The hash at the end stands for exactly that.',
    '',
    'Exit code 1 means that it cannot be applied: errors, failed tests, a workflow that is archived, paused or',
    'tries a canary. Changes alone are code 0; "changes" of --json says whether there are any.',
  ],
  options: { ...PLAN_OPTIONS, ...API_OPTIONS, ...JSON_OPTION },
  examples: [
    'throughline plan journeys/ --templates templates/',
    'throughline plan cart.yaml --in-flight migrate --json',
  ],
  async run(args, values, terminal) {
    const { json } = values;
    const options = planOptions(values);
    const { problems, isFine, ...input } = await readFiles(args, values);
    if (!isFine) return reportOn(problems, json, terminal);
    const made = await withProgress(async (tell) =>
      makePlan(await connect(values), input, options, tell),
    );
    const code: ExitCode = isPossible(made) ? 0 : 1;
    if (json) {
      terminal.json(planView(made));
      return code;
    }
    printPlan(made, terminal);
    if (code === 0 && changesAnything(made)) {
      terminal.line('To do exactly this:');
      terminal.line(`  ${applyLine(args, { ...options, templates: values.templates }, made.hash)}`);
    }
    return code;
  },
});
