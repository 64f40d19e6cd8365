import { z } from 'zod';
import { conditionGroup } from '../condition';
import { eventType, nodeId } from '../definition';
import { describeDuration, waitDuration } from '../duration';
import { defineNodeType } from '../node-type';

const since = z
  .union([
    z.enum(['last_send', 'enrolled', 'now']),
    z.strictObject({ node: nodeId.describe('The node whose latest visit is meant.') }),
  ])
  .default('last_send')
  .describe(
    'From when events count: the last message sent on this path (none sent: the enrollment), the enrollment, now, or the visit of a node. With `last_send` or a node, message events count only for that message.',
  );

export const waitForEvent = defineNodeType({
  type: 'wait_for_event',
  kind: 'flow',
  summary: 'Waits until an event arrives or the time is up.',
  description:
    'Looks back to where `since` says, so an event that came just before the wait counts. An event at the very deadline still counts, and before the wait times out it looks once more for events that arrived late. The event that started the enrollment satisfies no wait; one event satisfies one wait per path.',
  config: z.strictObject({
    event: eventType.describe('The event to wait for.'),
    filter: conditionGroup.optional().describe('Which of these events count; all when absent.'),
    timeout: waitDuration.describe('How long to wait at most, from the start of the visit.'),
    since,
  }),
  ports: ['received', 'timed_out'],
  examples: [
    {
      title: 'Three days for the last e-mail to be opened',
      data: { event: 'email.opened', timeout: '3 days' },
      takes: 'timed_out',
    },
    {
      title: 'A payment over 100, from the enrollment on',
      data: {
        event: 'payment.successful',
        filter: [{ field: 'event.total', operator: 'greater_than', value: 100 }],
        timeout: '2h',
        since: 'enrolled',
      },
      takes: 'timed_out',
    },
  ],
  takesTime: (config) => config.timeout > 0,
  awaits: ({ event, filter }) => [
    { types: [event], port: 'received', ...(filter === undefined ? {} : { filter }) },
  ],
  waiting: (config, startedAt) => ({ until: startedAt + config.timeout, for: config.event }),
  label: (config) => `Wait for ${config.event}, at most ${describeDuration(config.timeout)}`,
  async run(config, { visit, waitForEvent }) {
    const found = await waitForEvent(config.since, visit.startedAt + config.timeout);
    if (found === null) return { port: 'timed_out', reason: { code: 'wait.timed_out' } };
    return {
      port: 'received',
      reason: { code: 'wait.event_received' },
      output: { eventId: found.id, occurredAt: found.occurredAt },
    };
  },
});
