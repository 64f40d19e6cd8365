import { z } from 'zod';
import { type ConditionGroup, conditionGroup } from '../condition';
import { eventType, nodeId, portName } from '../names';
import { describeDuration, waitDuration } from '../duration';
import { type AwaitedEvent, defineNodeType } from '../node-type';

const since = z
  .union([
    z.enum(['last_send', 'enrolled', 'now']),
    z.strictObject({ node: nodeId.describe('The node whose latest visit is meant.') }),
  ])
  .default('last_send')
  .describe(
    'From when events count: the last message sent on this path (none sent: the enrollment), the enrollment, now, or the visit of a node. With `last_send` or a node, message events count only for that message.',
  );

const awaited = z.strictObject({
  event: eventType.describe('An event to wait for.'),
  filter: conditionGroup.optional().describe('Which of these events count; all when absent.'),
  port: portName.default('received').describe('The port it leads to.'),
});

const one = {
  event: eventType.describe('The event to wait for.'),
  filter: conditionGroup.optional().describe('Which of these events count; all when absent.'),
};

const common = {
  timeout: waitDuration.describe('How long to wait at most, from the start of the visit.'),
  since,
};

const config = z.union([
  z.strictObject({ ...one, ...common }),
  z.strictObject({
    events: z.array(awaited).min(1).max(20).describe('Several events, each with a port.'),
    filter: conditionGroup.optional().describe('What must hold of any of them.'),
    ...common,
  }),
]);

type Config = z.infer<typeof config>;

export const waitForEvent = defineNodeType({
  type: 'wait_for_event',
  kind: 'flow',
  summary: 'Waits until an event arrives or the time is up.',
  description:
    'Looks back to where `since` says, so an event that came just before the wait counts. An event at the very deadline still counts, and before the wait times out it looks once more for events that arrived late. Of several the earliest counts. The event that started the enrollment satisfies no wait; one event satisfies one wait per path.',
  config,
  ports: (data) => [...new Set(awaitedBy(data).map(({ port }) => port)), 'timed_out'],
  portNames: '`received` or the ports named, `timed_out`',
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
    {
      title: 'Opened or clicked, each its own way',
      data: {
        events: [
          { event: 'email.opened', port: 'opened' },
          { event: 'email.clicked', port: 'clicked' },
        ],
        timeout: '2 days',
      },
      takes: 'timed_out',
    },
  ],
  takesTime: (data) => data.timeout > 0,
  outputInstants: ['occurredAt'],
  awaits: awaitedBy,
  waiting: (data, anchor) => ({ until: anchor + data.timeout, for: namesOf(data) }),
  label: (data) => `Wait for ${namesOf(data)}, at most ${describeDuration(data.timeout)}`,
  async run(data, { visit, waitForEvent: lookFor }) {
    const found = await lookFor(data.since, visit.anchor + data.timeout);
    if (found === null) return { port: 'timed_out', reason: { code: 'wait.timed_out' } };
    return {
      port: found.port,
      reason: { code: 'wait.event_received' },
      output: { eventId: found.id, occurredAt: found.occurredAt },
    };
  },
});

function awaitedBy(data: Config): readonly AwaitedEvent[] {
  if ('event' in data) {
    return [{ types: [data.event], port: 'received', ...filtered(data.filter) }];
  }
  return data.events.map(({ event, filter, port }) => ({
    types: [event],
    port,
    ...filtered(both(filter, data.filter)),
  }));
}

const filtered = (filter: ConditionGroup | undefined) => (filter === undefined ? {} : { filter });

function both(
  one: ConditionGroup | undefined,
  other: ConditionGroup | undefined,
): ConditionGroup | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { operator: 'AND', conditions: [one, other] };
}

function namesOf(data: Config): string {
  return 'event' in data ? data.event : data.events.map(({ event }) => event).join(' or ');
}
