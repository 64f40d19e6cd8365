import { z } from 'zod';
import { entryFields, mockedStatus, renderKey, targetWorkflow } from '../enroll-fields';
import { defineNodeType } from '../node-type';
import { templatesIn } from '../value';

export const removeFromWorkflow = defineNodeType({
  type: 'remove_from_workflow',
  kind: 'effect',
  summary: 'Takes the contact out of another workflow.',
  description:
    'Her open enrollments there end as `cancelled`, with the reason `removed`; with a key, only the one of that key. Takes `blocked` when she is not in it. An enrollment can remove itself, and ends then. In a dry run she counts as being in it; a mock with the output `{ status: blocked }` takes `blocked`.',
  config: z.strictObject({
    workflow: targetWorkflow,
    key: entryFields.key.describe(
      'Which of her enrollments is meant, as a Liquid template; all of them when absent.',
    ),
  }),
  ports: ['next', 'blocked'],
  examples: [
    { title: 'She has paid', data: { workflow: 'abandoned-cart' }, takes: 'next' },
    {
      title: 'This order only',
      data: { workflow: 'order-follow-up', key: 'order-{{ variables.orderId }}' },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  retry: 'patient',
  waiting: () => ({ until: null, for: 'removal' }),
  namesWorkflow: ({ workflow }) => workflow,
  label: ({ workflow }) => `Remove from ${workflow}`,
  async dryRun({ workflow, key }, facts, evaluators, mocked) {
    await renderKey(key, facts, evaluators);
    return {
      preview: { call: { type: 'remove_from_workflow', target: workflow } },
      result: { removed: mockedStatus(mocked) === 'blocked' ? 0 : 1 },
    };
  },
  async run(_config, context) {
    const { removed } = await context.perform('removeFromWorkflow', {});
    if (removed === 0) return { port: 'blocked', reason: { code: 'enrollment.none_open' } };
    return { port: 'next', reason: { code: 'enrollment.removed' }, output: { removed } };
  },
});
