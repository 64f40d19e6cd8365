/** Facts that are asked for side by side: what follows them must be the same on replay, however slow each of them is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { define } from '../support/define';
import { disturbed } from '../support/disturbed-database';
import { eventually } from '../support/eventually';
import { historiesOf } from '../support/executions';
import { createReplay } from '../support/histories';
import { type Journeys, startJourneys } from '../support/journeys';

let world: Journeys | undefined;
afterEach(async () => world?.close());

test.each([
  ['a look', { look: 900, findEvent: 100, advance: 380 }],
  ['a search', { look: 50, findEvent: 900, advance: 380 }],
])(
  'replays a fork whose paths went on while %s was slow',
  async (_what, delays) => {
    const replay = await createReplay();
    world = await startJourneys();
    // The database takes its time for some activities: that is the fault itself.
    const delayOf: Readonly<Record<string, number>> = delays;
    const db = disturbed(world.db, (activity) => sleep(delayOf[activity] ?? 0));
    await world.replaceWorkers({ db });
    const definition = define({
      nodes: {
        hear: ['wait_for_event', { event: 'qualified', timeout: '1 day' }],
        fork: ['parallel', { branches: ['a', 'b', 'c'] }],
        a: ['wait', { for: 1_100 }],
        b: ['wait', { for: 1_200 }],
        c: ['wait', { for: 1_300 }],
        meet: ['join', {}],
      },
      edges: [
        ...['hear:received -> fork', 'hear:timed_out -> end', 'meet -> end'],
        ...['fork:a -> a', 'fork:b -> b', 'fork:c -> c', 'a -> meet', 'b -> meet', 'c -> meet'],
      ],
      goals: [{ id: 'good', event: 'never' }],
    });
    const { id: contactId } = await world.contact();
    const row = await world.enroll(await world.publish(definition), contactId);
    const handle = world.client.workflow.getHandle(row.temporalWorkflowId);
    await eventually('she waits, and no task is under way', async () => {
      const { raw } = await handle.describe();
      return (await world?.row(row.id))?.status === 'waiting' && raw.pendingWorkflowTask === null;
    });
    await world.event(contactId, 'qualified');
    expect(await world.ended(row.id)).toMatchObject({ status: 'completed' });
    for (const history of await historiesOf(world.client, row.temporalWorkflowId))
      await replay({ workflowId: row.temporalWorkflowId, definition, history });
  },
  60_000,
);

test('a path goes on while the look at goals fails again and again', async () => {
  world = await startJourneys();
  let isBroken = false;
  let asked = 0;
  const db = disturbed(world.db, (activity) => {
    if (!isBroken || activity !== 'look') return;
    asked += 1;
    throw new Error('This fact cannot be read.');
  });
  await world.replaceWorkers({ db });
  const definition = define({
    nodes: {
      hear: ['wait_for_event', { event: 'qualified', timeout: '1 day' }],
      mark: ['add_tag', { tag: 'qualified' }],
      rest: ['wait', { for: '1 day' }],
    },
    edges: ['hear:received -> mark', 'hear:timed_out -> end', 'mark -> rest', 'rest -> end'],
    goals: [{ id: 'good', event: 'bought' }],
  });
  const { id: contactId } = await world.contact();
  const row = await world.enroll(await world.publish(definition), contactId);
  await eventually('she waits', async () => (await world?.row(row.id))?.status === 'waiting');
  isBroken = true;
  await world.event(contactId, 'qualified');
  await eventually('the look has failed more than once', async () => asked > 2);
  await eventually('she rests', async () => {
    const steps = (await world?.steps(row.id)) ?? [];
    return steps.some(({ nodeId }) => nodeId === 'rest');
  });
  isBroken = false;
  await world.event(contactId, 'bought');
  expect(await world.ended(row.id)).toMatchObject({ status: 'goal_reached' });
}, 60_000);
