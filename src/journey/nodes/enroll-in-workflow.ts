import { z } from 'zod';
import { entryFields, previewOfEntry } from '../enroll-fields';
import { defineNodeType } from '../node-type';
import { templatesIn } from '../value';

export const enrollInWorkflow = defineNodeType({
  type: 'enroll_in_workflow',
  kind: 'effect',
  summary: 'Lets the contact into another workflow, and goes on.',
  description:
    'The settings of the other workflow decide, as for every way in; a refusal takes `blocked`, with its reason as output and as an `enrollment.blocked` event. Nothing is waited for: `call_workflow` does that. Workflows that enroll each other in a circle are cut, with the reason `caused_by_itself`. In a dry run the other workflow does not run; a mock with the output `{ status: blocked }` takes `blocked`.',
  config: z.strictObject(entryFields),
  ports: ['next', 'blocked'],
  examples: [
    { title: 'Go on with the onboarding', data: { workflow: 'onboarding' }, takes: 'next' },
    {
      title: 'One enrollment for each order',
      data: {
        workflow: 'order-follow-up',
        key: 'order-{{ variables.orderId }}',
        variables: { orderId: '{{ variables.orderId }}', discount: 10 },
      },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  retry: 'patient',
  waiting: () => ({ until: null, for: 'enrollment' }),
  namesWorkflow: ({ workflow }) => workflow,
  label: ({ workflow }) => `Enroll in ${workflow}`,
  dryRun: (config, facts, evaluators, mocked) =>
    previewOfEntry('enroll_in_workflow', config, facts, evaluators, mocked),
  async run(_config, context) {
    const result = await context.perform('enrollInWorkflow', {});
    if (result.outcome === 'blocked') {
      const { reason } = result;
      return {
        port: 'blocked',
        reason: { code: `enrollment.blocked.${reason}` },
        output: { reason },
      };
    }
    const { enrollmentId } = result;
    return { port: 'next', reason: { code: 'enrollment.enrolled' }, output: { enrollmentId } };
  },
});
