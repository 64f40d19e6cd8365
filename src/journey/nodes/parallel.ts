import { z } from 'zod';
import { defineNodeType } from '../node-type';
import { portName } from '../names';

const MOST_BRANCHES = 10;

export const parallel = defineNodeType({
  type: 'parallel',
  kind: 'flow',
  summary: 'Goes on along several branches at once.',
  description:
    'Each branch is a path of its own, with its own waits. Branches inherit the last message sent before the fork. A `join` closes the innermost fork; without one every branch goes on to its own end.',
  config: z.strictObject({
    branches: z
      .array(portName)
      .min(2, 'A fork has two branches at least.')
      .max(MOST_BRANCHES)
      .refine((branches) => new Set(branches).size === branches.length, 'Branches differ by name.')
      .describe('The ports, one for each branch.'),
  }),
  ports: ({ branches }) => branches,
  portNames: 'the branches',
  missingEdge: 'end',
  forks: true,
  examples: [
    { title: 'Mail and watch at once', data: { branches: ['mail', 'watch'] }, takes: null },
  ],
  label: ({ branches }) => `Go along ${branches.join(' and ')}`,
  async run({ branches }) {
    return { port: null, forks: branches, reason: { code: 'path.forked' } };
  },
});
