import type { Tx } from '../../src/db/client';
import { getJob, holdJob, type JobOrder, startCommandJob, steerJob } from '../../src/db/jobs';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';

let t: Journeys;
beforeAll(async () => {
  t = await startJourneys();
});
afterAll(() => t?.close());

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);
const workflowOf = (jobId: string) => t.client.workflow.getHandle(`job/${t.workspaceId}/${jobId}`);

/** People who wait, and a job that is to cancel one of them each second, and has found itself paused. */
async function pausedJob(people: number) {
  const workflowId = await t.publish(define({ nodes: { long: ['wait', { for: '30 days' }] } }));
  const ids: string[] = [];
  for (let n = 0; n < people; n += 1)
    ids.push((await t.enroll(workflowId, (await t.contact()).id)).id);
  const { id } = await inside(async (tx) => {
    const made = await startCommandJob(tx, {
      ...{ workflowId, selection: {}, perSecond: 1, createdBy: 'test' },
      command: { type: 'cancel', input: {} },
    });
    await steerJob(tx, made, 'pause', 'test');
    return made;
  });
  await eventually('the workflow of the job has looked', async () => {
    const { events } = await workflowOf(id)
      .fetchHistory()
      .catch(() => ({ events: [] }));
    return events?.some((event) => event.markerRecordedEventAttributes);
  });
  return { id, ids };
}

const job = (id: string) => inside((tx) => getJob(tx, id));
const steer = (id: string, order: JobOrder) =>
  inside(async (tx) => {
    const held = await holdJob(tx, id);
    return held && steerJob(tx, held, order, 'test');
  });

test('a job that is paused orders nothing until its bell rings, and ends with the last one', async () => {
  const { id, ids } = await pausedJob(3);
  expect(await job(id)).toMatchObject({ status: 'paused', ordered: 0 });
  await steer(id, 'resume');
  for (const enrollment of ids) expect((await t.ended(enrollment)).status).toBe('cancelled');
  await workflowOf(id).result();
  expect(await job(id)).toMatchObject({ status: 'done', ordered: 3, total: 3 });
});

test('a job that is cancelled while it is paused ends, and gives no order', async () => {
  const { id } = await pausedJob(1);
  await steer(id, 'cancel');
  await workflowOf(id).result();
  expect(await job(id)).toMatchObject({ status: 'cancelled', ordered: 0 });
});

test('a job whose workflow was terminated is taken up by the next bell', async () => {
  const { id } = await pausedJob(2);
  await workflowOf(id).terminate();
  await steer(id, 'resume');
  await eventually('everything is ordered', async () => (await job(id))?.status === 'done');
  expect(await job(id)).toMatchObject({ ordered: 2 });
});
