import { z } from 'zod';
import { waitDuration } from '../duration';
import { defineNodeType } from '../node-type';

export const join = defineNodeType({
  type: 'join',
  kind: 'flow',
  summary: 'Waits for the branches of a fork and goes on as one path.',
  description:
    'Closes the innermost fork. With `any`, or once so many have arrived, the branches still under way are cancelled; a branch that ended is not waited for. What was sent last on any branch counts as sent last behind the join.',
  config: z.strictObject({
    wait: z
      .union([z.enum(['all', 'any']), z.int().min(1).max(10)])
      .default('all')
      .describe('How many branches must arrive: all, any, or a number.'),
    timeout: waitDuration.optional().describe('How long to wait, from the first arrival on.'),
  }),
  ports: ({ timeout }): ('next' | 'timed_out')[] =>
    timeout === undefined ? ['next'] : ['next', 'timed_out'],
  portNames: '`next`; with `timeout`: `timed_out`',
  joins: ({ wait }) => (wait === 'any' ? 1 : wait),
  examples: [
    { title: 'Wait for all branches', data: {}, takes: 'next' },
    {
      title: 'The first one, a day at most',
      data: { wait: 'any', timeout: '1 day' },
      takes: 'next',
    },
  ],
  waiting: ({ timeout }, anchor) => ({
    until: timeout === undefined ? null : anchor + timeout,
    for: 'branches',
  }),
  label: ({ wait }) =>
    `Wait for ${wait === 1 || wait === 'any' ? 'one branch' : `${wait} branches`}`,
  async run({ timeout }, { visit, waitForBranches }) {
    const deadline = timeout === undefined ? null : visit.anchor + timeout;
    const arrived = await waitForBranches(deadline);
    return arrived
      ? { port: 'next', reason: { code: 'join.joined' } }
      : { port: 'timed_out', reason: { code: 'join.timed_out' } };
  },
});
