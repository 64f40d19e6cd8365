/** A job for the golden histories: three orders, one a second, paused on the way. */
import { upsertContact } from '../../src/db/contacts';
import { getJob, holdJob, type JobOrder, startCommandJob, steerJob } from '../../src/db/jobs';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { newId } from '../../src/ids';
import { admit } from './admit';
import { define } from './define';
import { eventually } from './eventually';
import { historiesOf, type PlayedWorkflow } from './executions';
import type { Journeys } from './journeys';

export async function playJob({
  db,
  workspaceId,
  client,
  wakeRelay,
}: Journeys): Promise<PlayedWorkflow> {
  const definition = define({ nodes: { pause: ['wait', { for: '30 days' }] } });
  const job = await db.inWorkspace(workspaceId, async (tx) => {
    const workflow = await createWorkflow(tx, { key: 'for-many', name: 'For many', draft: {} });
    const version = { definition, contentHash: newId(), listensTo: [], triggers: [] };
    await publishVersion(tx, { workflowId: workflow.id, ...version });
    for (const externalId of ['one', 'two', 'three']) {
      const { contact } = await upsertContact(tx, { externalId });
      await admit(tx, { workflowId: workflow.id, contactId: contact.id, at: new Date() });
    }
    const command = { type: 'cancel', input: {} } as const;
    const whom = { workflowId: workflow.id, selection: {}, perSecond: 1, createdBy: 'test' };
    return startCommandJob(tx, { ...whom, command });
  });
  wakeRelay();
  const workflowId = `job/${workspaceId}/${job.id}`;
  const stands = (what: string, is: (row: { ordered: number; status: string }) => boolean) =>
    eventually(`the job ${what}`, async () => {
      const row = await db.inWorkspace(workspaceId, (tx) => getJob(tx, job.id));
      return row !== null && is(row);
    });
  const steer = async (order: JobOrder) => {
    await db.inWorkspace(workspaceId, async (tx) => {
      const held = await holdJob(tx, job.id);
      if (held !== null) await steerJob(tx, held, order, 'test');
    });
    wakeRelay();
  };
  await stands('has ordered once', ({ ordered }) => ordered > 0);
  await steer('pause');
  await eventually('the batch after it has found the job paused', async () => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    return (events?.filter((event) => event.markerRecordedEventAttributes).length ?? 0) > 1;
  });
  await steer('resume');
  await stands('is done', ({ status }) => status === 'done');
  await client.workflow.getHandle(workflowId).result();
  return { workflowId, definition, runs: await historiesOf(client, workflowId) };
}
