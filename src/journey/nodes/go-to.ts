import { z } from 'zod';
import { defineNodeType } from '../node-type';

export const goTo = defineNodeType({
  type: 'go_to',
  kind: 'decision',
  summary: 'Goes on at another node.',
  description:
    'An edge as a node, for drawings that would be crossed by a long line. A way back makes a cycle, which must contain a wait.',
  config: z.strictObject({
    target: z.string().min(1).max(64).describe('The node to go on at, or `end`.'),
  }),
  ports: ['next'],
  jumpsTo: ({ target }) => target,
  examples: [{ title: 'Go to the end', data: { target: 'end' }, takes: 'next' }],
  label: ({ target }) => `Go to "${target}"`,
  decide: ({ target }) => ({
    port: 'next',
    reason: { code: 'path.moved', detail: `to ${target}` },
  }),
});
