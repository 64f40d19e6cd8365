import { z } from 'zod';
import { conditionGroup } from '../condition';
import { defineNodeType } from '../node-type';

export const condition = defineNodeType({
  type: 'condition',
  kind: 'decision',
  summary: 'Asks a question about the contact and goes one of two ways.',
  description:
    'Judges the group when the path arrives. A value that cannot be compared is false, with a reason; the answer is stored, so it stays what it was when something runs again.',
  config: z.strictObject({ condition: conditionGroup.describe('The question.') }),
  ports: ['true', 'false'],
  missingEdge: 'end',
  examples: [
    {
      title: 'Is she a VIP?',
      data: { condition: [{ type: 'tag', operator: 'includes', value: 'vip' }] },
      takes: 'false',
    },
    {
      title: 'Has she opened anything since she entered?',
      data: { condition: [{ type: 'event', event: 'email.opened' }] },
      takes: 'false',
    },
    {
      title: 'Does she have an address?',
      data: { condition: [{ field: 'contact.email', operator: 'exists' }] },
      takes: 'true',
    },
  ],
  async decide(config, facts, evaluators) {
    const verdict = await evaluators.condition(config.condition, facts);
    const port = verdict.value ? 'true' : 'false';
    return { port, reason: { code: `condition.${port}`, detail: verdict.reason } };
  },
});
