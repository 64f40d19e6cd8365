import { z } from 'zod';
import { defineNodeType } from '../node-type';

export const exit = defineNodeType({
  type: 'exit',
  kind: 'flow',
  summary: 'Ends the enrollment.',
  description:
    'Ends the whole enrollment as `exited`, whatever its other paths are doing. To end one path alone, use `end`.',
  config: z.strictObject({
    reason: z.string().min(1).max(200).optional().describe('Why, for those who read the outcome.'),
  }),
  ports: [],
  missingEdge: 'end',
  examples: [
    { title: 'Leave', data: {}, takes: null },
    { title: 'Leave, and say why', data: { reason: 'already a customer' }, takes: null },
  ],
  label: ({ reason }) => (reason === undefined ? 'Exit' : `Exit: ${reason}`),
  async run({ reason }) {
    return { port: null, exits: true, reason: { code: reason ?? 'exit.reached' } };
  },
});
