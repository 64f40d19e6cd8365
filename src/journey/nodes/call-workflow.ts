import { z } from 'zod';
import { describeDuration, MAX_WAIT_MS, waitDuration } from '../duration';
import { ENDED, entryFields, mockedStatus, previewOfEntry } from '../enroll-fields';
import { EvaluationFailed } from '../facts';
import type { JsonObject } from '../json';
import { type AwaitedEvent, defineNodeType } from '../node-type';
import { templatesIn } from '../value';

const config = z.strictObject({
  ...entryFields,
  timeout: waitDuration
    .optional()
    .describe('How long to wait for its end; 365 days when absent, which is the most.'),
});

type Port = 'next' | 'goal_reached' | 'exited' | 'failed' | 'cancelled' | 'blocked' | 'timed_out';

/** The port of every end status. */
const END_PORTS = {
  completed: 'next',
  goal_reached: 'goal_reached',
  exited: 'exited',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<string, Port>;

export const callWorkflow = defineNodeType({
  type: 'call_workflow',
  kind: 'effect',
  summary: 'Lets the contact into another workflow and waits for the end of that.',
  description:
    'Takes `next` when the other enrollment completes, and the port of its status when it ends otherwise; a status without an edge takes `next` too. `blocked` and `timed_out` mean that she was not let in, or that it has not ended in time; then it goes on by itself, as it does when this enrollment ends first. In a dry run the other workflow does not run and counts as completed at once; a mock with an output such as `{ status: goal_reached }` ends it otherwise, and `blocked` and `timed_out` take those ports.',
  config,
  ports: ['next', 'goal_reached', 'exited', 'failed', 'cancelled', 'blocked', 'timed_out'],
  examples: [
    { title: 'Collect feedback first', data: { workflow: 'feedback' }, takes: 'next' },
    {
      title: 'A week to win her back',
      data: { workflow: 'win-back', variables: { plan: '{{ contact.plan }}' }, timeout: '1 week' },
      takes: 'next',
    },
  ],
  templates: templatesIn,
  retry: 'patient',
  awaits: (_config, memory) => endsOf(memory),
  waiting: ({ workflow, timeout }, anchor) => ({
    until: anchor + (timeout ?? MAX_WAIT_MS),
    for: `the end of ${workflow}`,
  }),
  namesWorkflow: ({ workflow }) => workflow,
  label: ({ workflow, timeout }) =>
    `Call ${workflow}${timeout === undefined ? '' : `, at most ${describeDuration(timeout)}`}`,
  async dryRun(data, facts, evaluators, mocked) {
    const entry = await previewOfEntry('call_workflow', data, facts, evaluators, mocked);
    const status = mockedStatus(mocked) ?? 'completed';
    if (entry.result.outcome === 'blocked') return entry;
    // Another call must not find the end of this one in its own.
    if (status === 'timed_out')
      return { ...entry, result: { ...entry.result, enrollmentId: 'simulated-unending' } };
    if (!Object.hasOwn(END_PORTS, status)) throw unknownStatus(status);
    const { enrollmentId } = entry.result;
    const properties = { enrollmentId, workflowKey: data.workflow, status, goalId: null };
    return { ...entry, writes: [{ kind: 'track_event', event: ENDED, properties }] };
  },
  async run({ timeout }, context) {
    const { visit } = context;
    if (!Object.hasOwn(visit.memory, 'enrollmentId')) {
      const entered = await context.perform('enrollInWorkflow', {});
      if (entered.outcome === 'blocked') {
        const { reason } = entered;
        return {
          port: 'blocked',
          reason: { code: `enrollment.blocked.${reason}` },
          output: { reason },
        };
      }
      context.remember({ enrollmentId: entered.enrollmentId });
    }
    const output = visit.memory;
    const found = await context.waitForEvent('now', visit.anchor + (timeout ?? MAX_WAIT_MS));
    if (found === null) return { port: 'timed_out', reason: { code: 'wait.timed_out' }, output };
    const port = found.port as Port;
    const status = port === 'next' ? 'completed' : port;
    return { port, reason: { code: `enrollment.${status}` }, output: { ...output, status } };
  },
});

function unknownStatus(status: string): EvaluationFailed {
  const known = [...Object.keys(END_PORTS), 'blocked', 'timed_out'].join(', ');
  return new EvaluationFailed(
    'mock.unknown_status',
    `The mock's status ${JSON.stringify(status.slice(0, 60))} is none of ${known}.`,
  );
}

/** The end of the enrollment that the visit remembers, by each of its statuses. */
function endsOf({ enrollmentId = null }: JsonObject): readonly AwaitedEvent[] {
  return Object.entries(END_PORTS).map(([status, port]) => ({
    types: [ENDED],
    port,
    filter: {
      operator: 'AND',
      conditions: [
        { field: 'event.enrollmentId', operator: 'equals', value: enrollmentId },
        { field: 'event.status', operator: 'equals', value: status },
      ],
    },
  }));
}
