import { z } from 'zod';
import { conditionGroup } from '../condition';
import { defineNodeType } from '../node-type';
import { portName } from '../names';

export const switchNode = defineNodeType({
  type: 'switch',
  kind: 'decision',
  summary: 'Asks several questions and takes the first that holds.',
  description:
    'Judges the cases in order when the path arrives and leaves by the port of the first that holds, else by `default`.',
  config: z.strictObject({
    cases: z
      .array(
        z.strictObject({
          port: portName,
          condition: conditionGroup.describe('What must hold.'),
        }),
      )
      .min(1)
      .max(20)
      .superRefine((cases, context) => {
        for (const [index, { port }] of cases.entries()) {
          if (cases.findIndex((each) => each.port === port) === index) continue;
          const message = `An earlier case has the port "${port}" too. Give each case a port of its own.`;
          context.addIssue({ code: 'custom', path: [index, 'port'], message });
        }
      })
      .describe('The questions, first match.'),
  }),
  ports: ({ cases }) => [...cases.map(({ port }) => port), 'default'],
  portNames: 'the cases, `default`',
  missingEdge: 'end',
  examples: [
    {
      title: 'By plan',
      data: {
        cases: [
          {
            port: 'pro',
            condition: [{ field: 'contact.plan', operator: 'equals', value: 'pro' }],
          },
          {
            port: 'team',
            condition: [{ field: 'contact.plan', operator: 'equals', value: 'team' }],
          },
        ],
      },
      takes: 'default',
    },
  ],
  async decide({ cases }, facts, evaluators) {
    const reasons: string[] = [];
    for (const { port, condition } of cases) {
      const verdict = await evaluators.condition(condition, facts);
      if (verdict.value)
        return { port, reason: { code: 'switch.matched', detail: verdict.reason } };
      reasons.push(verdict.reason);
    }
    return { port: 'default', reason: { code: 'switch.default', detail: reasons.join('; ') } };
  },
});
