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

test('those who failed are retried by a job, each once, and it tells who cannot be', async () => {
  const ids = await people('failed', 5);
  const [once = '', alike = '', elsewhere = '', lost = ''] = ids;
  const state = { cursors: [{ node: 'pause' }] };
  const failed = async (id: string, code: string, resume: object | null) =>
    api.admin`
      update enrollments set status = 'failed', ended_at = now(), current_node_ids = '{}',
        error = ${api.admin.json({ code, nodeId: 'pause' })},
        resume_state = ${resume === null ? null : api.admin.json(resume as never)} where id = ${id}`;
  await failed(once, 'call.refused', state);
  await failed(alike, 'call.refused', state);
  await failed(elsewhere, 'mail.refused', state);
  await failed(lost, 'call.refused', null);
  const count = async (where: object) =>
    (await commandsOf('failed', { type: 'retry', where, dryRun: true })).body.count;
  expect(await count({})).toBe(4);
  expect(await count({ errorCode: 'call.refused', nodeId: 'pause', status: 'failed' })).toBe(3);
  expect(await count({ nodeId: 'another' })).toBe(0);

  const where = { errorCode: 'call.refused' };
  const { body: job } = await commandsOf('failed', { type: 'retry', where, perSecond: 2 });
  expect(job).toMatchObject({ total: 3, command: { type: 'retry', input: {} } });
  expect([await batch(job.id), await batch(job.id), await batch(job.id)]).toEqual([
    ...['running', 'done', 'done'],
  ]);
  expect((await api.get(`/jobs/${job.id}`)).body).toMatchObject({
    ...{ ordered: 3, applied: 2, refused: 1, pending: 0 },
    reasons: { 'command.not_resumable': 1 },
  });
  const rows = await api.admin`
    select id, status, retries from enrollments where id = any(${ids}) and retries > 0 order by id`;
  expect([...rows]).toEqual(
    [once, alike].toSorted().map((id) => ({ id, status: 'running', retries: 1 })),
  );
  const starts = await api.admin`
    select lane from outbox where kind = 'start' and payload ->> 'enrollmentId' in (${once}, ${alike})
      and lane = 'bulk'`;
  expect(starts).toHaveLength(2);
  const { body: history } = await api.get(`/enrollments/${lost}/commands`);
  expect(history.data).toMatchObject([
    { type: 'retry', status: 'refused', reason: 'command.not_resumable', jobId: job.id },
  ]);
});

test('a retry is for those who failed, and nothing else is', async () => {
  await people('mixed', 1);
  for (const body of [
    { type: 'retry', where: { status: 'waiting' } },
    { type: 'cancel', where: { status: 'failed' } },
    { type: 'cancel', where: { errorCode: 'call.refused' } },
    { type: 'retry', input: { node: 'pause' }, where: {} },
  ])
    expectProblem(await commandsOf('mixed', body), 422, 'request.invalid');
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
