/** What the simulator once told otherwise than Temporal. */
import { indexGraph } from '../../src/journey/graph';
import { simulate } from '../../src/journey/simulate';
import { define } from '../support/define';
import { simulation, START } from '../support/simulator';

const HOUR = 3_600_000;

test('a goal that the node before reached stops the message behind it', async () => {
  const definition = define({
    nodes: {
      tell: ['track_event', { event: 'cart.paid' }],
      mail: ['send_email', { subject: 'Pay', text: 'Please pay' }],
    },
    goals: [{ id: 'paid', event: 'cart.paid' }],
  });
  const result = await simulate(indexGraph(definition), simulation({}));
  expect(result).toMatchObject({ status: 'goal_reached', goalId: 'paid', sends: [] });
});

test('a called workflow that does not end is not ended by the end of another', async () => {
  const definition = define({
    nodes: {
      fork: ['parallel', { branches: ['a', 'b'] }],
      vain: ['call_workflow', { workflow: 'slow', timeout: '2 days' }],
      pause: ['wait', { for: '1h' }],
      call: ['call_workflow', { workflow: 'quick' }],
    },
    edges: ['fork:a -> vain', 'fork:b -> pause', 'pause -> call'],
  });
  const mocks = { vain: { output: { status: 'timed_out' } } };
  const { steps } = await simulate(indexGraph(definition), simulation({ mocks }));
  expect(steps.find(({ nodeId }) => nodeId === 'vain')).toMatchObject({
    port: 'timed_out',
    endedAt: START + 48 * HOUR,
  });
});

test('the hours that a filter names are those of the event, whenever somebody looks', async () => {
  const night = [{ type: 'time', window: { from: '22:00', to: '06:00', timeZone: 'UTC' } }];
  const definition = define({
    nodes: { long: ['wait', { for: '2 days' }] },
    goals: [{ id: 'late', event: 'cart.paid', condition: night }],
  });
  // One at noon, then something else at night.
  const script = [
    { at: START + 4 * HOUR, event: { type: 'cart.paid' } },
    { at: START + 15 * HOUR, event: { type: 'page.viewed' } },
  ];
  const result = await simulate(indexGraph(definition), simulation({ script }));
  expect(result).toMatchObject({ status: 'completed', goalId: null });
});

test('a visit that the end of the enrollment cut short says so', async () => {
  const definition = define({
    nodes: {
      fork: ['parallel', { branches: ['a', 'b'] }],
      long: ['wait', { for: '2 days' }],
      out: ['exit'],
    },
    edges: ['fork:a -> long', 'fork:b -> out'],
  });
  const { steps } = await simulate(indexGraph(definition), simulation({}));
  const long = steps.find(({ nodeId }) => nodeId === 'long');
  expect(long).toMatchObject({ status: 'cancelled', code: 'enrollment.ended' });
});
