/** An order of a backend for the golden histories: somebody is let in whom it has named in Temporal. */
import { newId } from '../../src/ids';
import { ThroughlineTemporal } from '../../src/temporal/backend';
import { define } from './define';
import { historiesOf, type PlayedWorkflow } from './executions';
import type { Journeys } from './journeys';

export async function playEntry(world: Journeys): Promise<PlayedWorkflow> {
  const definition = define({ nodes: { pause: ['wait', { for: '30 days' }] } });
  const workflow = await world.keyOf(await world.publish(definition));
  const { id: contactId } = await world.contact();
  const { workspaceId, client, journeysQueue: taskQueue } = world;
  const id = newId();
  const temporal = new ThroughlineTemporal(client);
  const entry = await temporal.start({ workspaceId, workflow, contactId }, { id, taskQueue });
  const { status } = await entry.outcome();
  if (status !== 'enrolled') throw new Error(`She was not let in, but ${status}.`);
  const workflowId = `enter/${workspaceId}/${id}`;
  return { workflowId, definition, runs: await historiesOf(client, workflowId) };
}
