import { z } from 'zod';
import { describeDuration, waitDuration } from '../duration';
import { defineNodeType } from '../node-type';

export const wait = defineNodeType({
  type: 'wait',
  kind: 'flow',
  summary: 'Waits for a length of time.',
  description:
    'Holds the path until the duration has passed since the visit began. The deadline is computed from that stored start, so a restart neither lengthens nor repeats the wait.',
  config: z.strictObject({ for: waitDuration.describe('How long to wait, at most 365 days.') }),
  ports: ['next'],
  examples: [
    { title: 'Wait a day', data: { for: '1 day' }, takes: 'next' },
    { title: 'Wait 90 minutes', data: { for: { amount: 90, unit: 'minutes' } }, takes: 'next' },
  ],
  takesTime: (config) => config.for > 0,
  waiting: (config, startedAt) => ({ until: startedAt + config.for, for: 'time' }),
  label: (config) => `Wait ${describeDuration(config.for)}`,
  async run(config, { visit, waitUntil }) {
    await waitUntil(visit.startedAt + config.for);
    return { port: 'next', reason: { code: 'wait.elapsed' } };
  },
});
