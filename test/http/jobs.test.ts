import type { Tx } from '../../src/db/client';
import { commandsPending, judgeCommand } from '../../src/db/commands';
import { orderNext } from '../../src/db/job-batch';
import { newId } from '../../src/ids';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const inside = <T>(work: (tx: Tx) => Promise<T>) => api.db.inWorkspace(api.workspaceId, work);
const batch = (jobId: string) => inside((tx) => orderNext(tx, jobId, new Date()));

/** A workflow with some people who wait; their ids in order. */
async function people(key: string, count: number): Promise<string[]> {
  await api.post('/workflows', waiting(key));
  await api.post(`/workflows/${key}/activate`);
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const contact = { email: `${key}-${n}@example.com` };
    ids.push((await api.post(`/workflows/${key}/enrollments`, { contact })).body.id);
  }
  return ids;
}

const commandsOf = (key: string, body: object) =>
  api.post(`/workflows/${key}/enrollments/commands`, body);

test('a dry run counts whom it would be for, and stores nothing', async () => {
  const [first = '', second = ''] = await people('dry', 3);
  await api.admin`update enrollments set status = 'waiting', current_node_ids = '{pause}' where id = ${first}`;
  await api.admin`update enrollments set status = 'completed', ended_at = now() where id = ${second}`;
  const count = async (where: object) =>
    (await commandsOf('dry', { type: 'cancel', where, dryRun: true })).body;
  expect(await count({})).toEqual({ count: 2 });
  expect(await count({ nodeId: 'pause' })).toEqual({ count: 1 });
  expect(await count({ status: 'waiting', version: 1 })).toEqual({ count: 1 });
  expect(await count({ version: 2 })).toEqual({ count: 0 });
  expect(await count({ enrollmentIds: [first, second, newId()] })).toEqual({ count: 1 });
  expect(await api.admin`select 1 from jobs`).toHaveLength(0);
});

test('it orders in batches of a second, in order, each enrollment once, and tells its progress', async () => {
  const ids = await people('batches', 5);
  const created = await commandsOf('batches', {
    ...{ type: 'cancel', input: { reason: 'over' }, where: {}, perSecond: 2 },
  });
  expect(created.status).toBe(202);
  expect(created.body).toMatchObject({ status: 'running', total: 5, ordered: 0, perSecond: 2 });
  const { id } = created.body as { id: string };
  // Whoever enters now is not meant.
  const contact = { email: 'late@example.com' };
  await api.post('/workflows/batches/enrollments', { contact });
  expect([await batch(id), await batch(id)]).toEqual(['running', 'running']);
  const ordered = await api.admin`
    select enrollment_id as id, type, input from commands where job_id = ${id} order by id`;
  const order = { type: 'cancel', input: { reason: 'over' } };
  expect([...ordered]).toEqual(ids.slice(0, 4).map((enrollment) => ({ id: enrollment, ...order })));

  await inside(async (tx) => {
    const [[applied], [refused]] = await Promise.all([
      commandsPending(tx, ids[0] ?? ''),
      commandsPending(tx, ids[1] ?? ''),
    ]);
    const judged = { number: 1, at: new Date() };
    if (applied) await judgeCommand(tx, applied, { status: 'applied', reason: null, ...judged });
    const reason = 'command.no_such_node: x';
    if (refused) await judgeCommand(tx, refused, { status: 'refused', reason, ...judged });
  });
  expect([await batch(id), await batch(id)]).toEqual(['done', 'done']);
  const progress = { applied: 1, refused: 1, pending: 3, reasons: { 'command.no_such_node': 1 } };
  const read = await api.get(`/jobs/${id}`);
  expect(read.body).toMatchObject({ status: 'done', ordered: 5, ...progress });
  const { body: list } = await api.get('/jobs?limit=1');
  expect(list.data).toMatchObject([{ id, ...progress }]);
});

test('it waits for the judgement of what it has ordered, but not for ever', async () => {
  await people('unjudged', 4);
  const { body: job } = await commandsOf('unjudged', { type: 'skip', where: {}, perSecond: 1 });
  await batch(job.id);
  await batch(job.id);
  expect(await batch(job.id)).toBe('running');
  expect((await api.get(`/jobs/${job.id}`)).body).toMatchObject({ ordered: 2, pending: 2 });
  await api.admin`update commands set requested_at = now() - interval '2 minutes' where job_id = ${job.id}`;
  await batch(job.id);
  expect((await api.get(`/jobs/${job.id}`)).body).toMatchObject({ ordered: 3 });
});

test('paused it orders nothing, resumed it goes on behind the last, cancelled it is over', async () => {
  await people('steered', 3);
  const { body: job } = await commandsOf('steered', {
    ...{ type: 'skip', where: {}, perSecond: 1 },
  });
  const steer = (order: string) => api.post(`/jobs/${job.id}/${order}`);
  await batch(job.id);
  expect((await steer('pause')).body).toMatchObject({ status: 'paused', ordered: 1 });
  expect(await batch(job.id)).toBe('paused');
  expect((await steer('pause')).status).toBe(200);
  expect((await steer('resume')).body).toMatchObject({ status: 'running', ordered: 1 });
  await batch(job.id);
  expect((await steer('cancel')).body).toMatchObject({ status: 'cancelled', ordered: 2 });
  expect(await batch(job.id)).toBe('cancelled');
  expectProblem(await steer('resume'), 409, 'job.ended');
  expect((await api.get(`/jobs/${job.id}`)).body.endedAt).toEqual(expect.any(String));
  const audit = await api.admin`
    select action from audit where subject_type = 'job' and subject_id = ${job.id} order by id`;
  expect(audit.map(({ action }) => action)).toEqual([
    ...['job.created', 'job.paused', 'job.resumed', 'job.cancelled'],
  ]);
  const bells = await api.admin`
    select 1 from outbox where kind = 'job' and payload ->> 'jobId' = ${job.id}`;
  expect(bells).toHaveLength(4);
});

test('a retry is for those who have failed, each judged as it is ordered', async () => {
  const [first = '', second = '', third = '', open = ''] = await people('failed', 4);
  const state = api.admin.json({ cursors: [{ node: 'pause' }] });
  const error = api.admin.json({ code: 'http.status_5xx', nodeId: 'pause' });
  await api.admin`
    update enrollments set status = 'failed', ended_at = now(), error = ${error},
      resume_state = ${state}
    where id in ${api.admin([first, second, third])}`;
  await api.admin`update enrollments set resume_state = null where id = ${second}`;
  const count = async (where: object) =>
    (await commandsOf('failed', { type: 'retry', where, dryRun: true })).body;
  expect(await count({})).toEqual({ count: 3 });
  expect(await count({ nodeId: 'pause', status: 'failed' })).toEqual({ count: 3 });
  expect(await count({ nodeId: 'other' })).toEqual({ count: 0 });
  const found = await api.get('/workflows/failed/enrollments?status=failed&nodeId=pause&version=1');
  expect(found.body.data.map(({ id }: { id: string }) => id)).toEqual([third, second, first]);

  const { body: job } = await commandsOf('failed', { type: 'retry', where: {}, perSecond: 2 });
  expect(job).toMatchObject({ command: { type: 'retry', input: {} }, total: 3 });
  expect([await batch(job.id), await batch(job.id)]).toEqual(['running', 'done']);
  expect((await api.get(`/jobs/${job.id}`)).body).toMatchObject({
    ...{ ordered: 3, applied: 2, refused: 1, pending: 0 },
    reasons: { 'command.not_resumable': 1 },
  });
  const rows = await api.admin`
    select id, status, retries, error from enrollments where id in ${api.admin([first, second, third, open])}
    order by id`;
  expect(rows.map(({ status, retries }) => [status, retries])).toEqual([
    ['running', 1],
    ['failed', 0],
    ['running', 1],
    ['running', 0],
  ]);
  const starts = await api.admin`
    select lane from outbox where kind = 'start' and payload ->> 'enrollmentId' = ${first}
    order by sequence`;
  expect(starts.map(({ lane }) => lane)).toEqual(['live', 'bulk']);
  const { body: commands } = await api.get(`/enrollments/${second}/commands`);
  expect(commands.data).toMatchObject([
    { type: 'retry', status: 'refused', reason: 'command.not_resumable', jobId: job.id },
  ]);
  for (const [type, status] of [
    ['retry', 'waiting'],
    ['skip', 'failed'],
  ])
    expectProblem(await commandsOf('failed', { type, where: { status } }), 422, 'request.invalid');
});

test('an input that the command does not take is refused before anybody gets it', async () => {
  await people('wrong', 1);
  const refused = await commandsOf('wrong', { type: 'jump', input: { node: 'a' }, where: {} });
  expectProblem(refused, 422, 'request.invalid');
  expectProblem(
    await commandsOf('wrong', { type: 'cancel', where: {}, perSecond: 1_001 }),
    422,
    'request.invalid',
  );
  expectProblem(await commandsOf('wrong', { type: 'cancel' }), 422, 'request.invalid');
});

test("another workspace's jobs are none", async () => {
  await people('mine', 1);
  const { body: job } = await commandsOf('mine', { type: 'cancel', where: {} });
  const { key } = api.other;
  expectProblem(await api.get(`/jobs/${job.id}`, key), 404, 'job.not_found');
  expectProblem(await api.post(`/jobs/${job.id}/cancel`, {}, key), 404, 'job.not_found');
  expect((await api.get('/jobs', key)).body.data).toEqual([]);
});
