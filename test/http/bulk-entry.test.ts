import request from 'supertest';
import { enterNext } from '../../src/db/entry-batch';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { orderNext } from '../../src/db/job-batch';
import { MOST_ROWS } from '../../src/http/csv/read-csv';
import { newId } from '../../src/ids';
import { tablesHolding } from '../support/tables-holding';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const judge = createEvaluators().condition;
/** On a busy machine a second may be over before its turns are. */
const LONG_MS = 60_000;
const batch = (jobId: string) =>
  enterNext(api.db, { workspaceId: api.workspaceId, jobId }, judge, LONG_MS);
/** Does all that a job has to do. */
async function whole(jobId: string): Promise<void> {
  while ((await batch(jobId)) === 'running');
}

async function active(key: string, enrollment: object = {}): Promise<void> {
  await api.post('/workflows', waiting(key, { settings: { enrollment } }));
  await api.post(`/workflows/${key}/activate`);
}

const bulk = (key: string, body: object) => api.post(`/workflows/${key}/enrollments/bulk`, body);
const sendCsv = (key: string, text: string, query = '') =>
  request(api.address)
    .post(`/api/v1/workflows/${key}/enrollments/bulk${query}`)
    .set('Authorization', `Bearer ${api.key}`)
    .set('Content-Type', 'text/csv')
    .send(text);
const contact = async (fields: object): Promise<string> =>
  (await api.post('/contacts', fields)).body.id;
const jobOf = async (id: string) => (await api.get(`/jobs/${id}`)).body;
const refusedBy = async (id: string) => (await api.get(`/jobs/${id}/refused`)).body.data;
const entered = async (key: string): Promise<{ contactId: string; causedBy: string }[]> =>
  (await api.get(`/workflows/${key}/enrollments?limit=200`)).body.data;

test('everybody on a list enters once, behind what is live, and each who may not is told', async () => {
  await active('from-list');
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push(await contact({ externalId: `listed-${n}` }));
  await api.post('/lists', { key: 'vips' });
  const contacts = ids.map((contactId) => ({ contactId }));
  await api.post('/lists/vips/members', { contacts });
  await api.post('/workflows/from-list/enrollments', { contactId: ids[3] });

  const dry = await bulk('from-list', { list: 'vips', dryRun: true });
  expect(dry.status).toBe(200);
  const inside = { contactId: ids[3], reason: 'already_active', detail: null };
  expect(dry.body).toEqual({
    ...{ total: 5, wouldEnter: 4, wouldNot: 1, passedOver: 0, complete: true },
    reasons: { already_active: 1 },
    refused: [{ ...inside, position: 4, enrollmentId: null }],
  });
  expect(await api.admin`select 1 from jobs`).toHaveLength(0);

  const made = await bulk('from-list', { list: 'vips', variables: { code: 'x' }, perSecond: 3 });
  expect(made.status).toBe(202);
  expect(made.headers['location']).toBe(`/api/v1/jobs/${made.body.id}`);
  expect(made.body).toMatchObject({
    ...{ type: 'enrollments', status: 'running', total: 5, ordered: 0, perSecond: 3 },
    command: { type: 'enroll', input: { variables: { code: 'x' } } },
    where: { list: { key: 'vips' } },
  });
  const { id } = made.body as { id: string };
  // Whoever is put on the list now was not meant.
  await api.admin`select pg_sleep(0.01)`;
  const late = await contact({ externalId: 'listed-late' });
  await api.post('/lists/vips/members', { contacts: [{ contactId: late }] });
  expect(await batch(id)).toBe('running');
  expect(await jobOf(id)).toMatchObject({ ordered: 3, applied: 3, refused: 0, pending: 0 });
  await whole(id);
  expect(await jobOf(id)).toMatchObject({
    ...{ status: 'done', total: 5, ordered: 5, applied: 4, refused: 1, pending: 0, passedOver: 0 },
    reasons: { already_active: 1 },
  });
  expect(await refusedBy(id)).toEqual([{ ...inside, position: 4, enrollmentId: null }]);
  const by = (await entered('from-list')).filter((each) => each.causedBy === `job:${id}`);
  expect(by.map(({ contactId }) => contactId).toSorted()).toEqual(
    ids.filter((each) => each !== ids[3]),
  );
  expect(by[0]).toMatchObject({ variables: { code: 'x' } });
  const rows = await api.admin`
    select o.kind, o.lane, count(*)::int from outbox o left join events e on e.id::text = o.payload ->> 'eventId'
    where o.payload ->> 'enrollmentId' in (select id::text from enrollments where caused_by = ${`job:${id}`})
      or e.caused_by = ${`job:${id}`} group by 1, 2 order by 1`;
  expect([...rows]).toEqual([
    { kind: 'event', lane: 'bulk', count: 1 },
    { kind: 'start', lane: 'bulk', count: 4 },
  ]);
  const audit = await api.admin`
    select action, detail from audit where subject_type = 'job' and subject_id = ${id}`;
  expect([...audit]).toMatchObject([
    { action: 'job.created', detail: { commandType: 'enroll', total: 5 } },
  ]);
  const story = await api.get(`/contacts/${ids[0]}/explain?workflow=from-list`);
  expect(JSON.stringify(story.body)).toContain('with many others, by a job');
});

test('a filter takes contacts of that moment who meet it, and counts the others', async () => {
  await active('from-filter', {
    entryWhen: [{ field: 'plan', operator: 'not_equals', value: 'none' }],
  });
  const people = [
    ...[{ plan: 'pro' }, { plan: 'free' }, { plan: 'pro', city: 'Porto' }, { plan: 'none' }],
  ];
  for (const [n, attributes] of people.entries())
    await contact({ externalId: `filtered-${n}`, attributes });
  const conditions = [
    { field: 'contact.externalId', operator: 'starts_with', value: 'filtered-' },
    { field: 'plan', operator: 'in', value: ['pro', 'none'] },
  ];
  const dry = await bulk('from-filter', { filter: conditions, dryRun: true });
  expect(dry.body).toMatchObject({
    ...{ wouldEnter: 2, wouldNot: 1, reasons: { entry_condition: 1 }, complete: true },
  });
  const { total, passedOver } = dry.body as { total: number; passedOver: number };
  expect(passedOver).toBe(total - 3);

  const { body: job } = await bulk('from-filter', { filter: conditions });
  await contact({ externalId: 'filtered-late', attributes: { plan: 'pro' } });
  await whole(job.id);
  expect(await jobOf(job.id)).toMatchObject({
    ...{ status: 'done', total, ordered: total, applied: 2, refused: 1, passedOver, pending: 0 },
    where: { filter: { operator: 'AND' } },
  });
});

test('contacts by id enter in their order; who is not known, or named twice, is told', async () => {
  await active('from-ids', { whenActive: 'restart' });
  const [ada, bo] = [await contact({ externalId: 'ada' }), await contact({ externalId: 'bo' })];
  const nobody = newId();
  const contactIds = [bo, nobody, ada, bo];
  const dry = await bulk('from-ids', { contactIds, dryRun: true });
  const reasons = { 'contact.not_found': 1, 'row.duplicate': 1 };
  expect(dry.body).toMatchObject({ total: 4, wouldEnter: 2, wouldNot: 2, reasons });
  const { body: job } = await bulk('from-ids', { contactIds });
  expect(job.where).toEqual({ contactIds: 4 });
  await whole(job.id);
  expect(await jobOf(job.id)).toMatchObject({ ordered: 4, applied: 2, refused: 2, reasons });
  expect(await refusedBy(job.id)).toMatchObject([
    { position: 2, contactId: nobody, reason: 'contact.not_found' },
    { position: 4, contactId: bo, reason: 'row.duplicate' },
  ]);
  const newestFirst = (await entered('from-ids')).map(({ contactId }) => contactId);
  expect(newestFirst).toEqual([ada, bo]);
  // What was still to be done for them is no row any more.
  const left = await api.admin`select status from job_people where job_id = ${job.id}`;
  expect(left.map(({ status }) => status)).toEqual(['refused', 'refused']);
});

const FILE = [
  'externalId,email,firstName,plan,variables.code',
  'row-1,row-1@example.com,Ada,pro,A',
  'row-2,not-an-address,,,',
  'row-3,taken@example.com,,,',
  'row-4,row-4@example.com,,,',
].join('\n');

test('a file makes contacts or changes them, row by row, and tells each wrong row by its line', async () => {
  await active('from-csv');
  await contact({ externalId: 'row-1', firstName: 'A.', tags: ['kept'] });
  await contact({ email: 'taken@example.com' });
  await contact({ externalId: 'row-3' });

  const asked = '?dryRun=true&perSecond=7';
  const before = await api.admin`select count(*)::int from contacts`;
  const dry = await sendCsv('from-csv', FILE, asked);
  const reasons = { 'row.invalid': 1, 'contact.conflict': 1 };
  expect(dry.body).toMatchObject({ total: 4, wouldEnter: 2, wouldNot: 2, reasons });
  expect(await api.admin`select count(*)::int from contacts`).toEqual(before);

  const made = await sendCsv('from-csv', FILE, '?perSecond=7');
  expect(made.status).toBe(202);
  expect(made.body).toMatchObject({
    ...{ total: 4, ordered: 1, refused: 1, perSecond: 7, where: { csv: { rows: 4 } } },
    command: { type: 'enroll', input: {} },
  });
  await whole(made.body.id);
  expect(await jobOf(made.body.id)).toMatchObject({ status: 'done', applied: 2, reasons });
  expect(await refusedBy(made.body.id)).toMatchObject([
    {
      position: 3,
      contactId: null,
      reason: 'row.invalid',
      detail: 'email: Expected an e-mail address.',
    },
    { position: 4, reason: 'contact.conflict' },
  ]);
  const { body } = await api.get('/contacts?externalId=row-1');
  expect(body.data).toMatchObject([
    { email: 'row-1@example.com', firstName: 'Ada', tags: ['kept'], attributes: { plan: 'pro' } },
  ]);
  const variables = (await entered('from-csv')).map((each) => ({ ...each })) as unknown[];
  expect(variables).toMatchObject([{ variables: {} }, { variables: { code: 'A' } }]);
  const events = await api.admin`
    select distinct o.lane from outbox o join events e on e.id::text = o.payload ->> 'eventId'
    where e.contact_id = ${body.data[0].id} and e.type = 'contact.updated'`;
  expect([...events]).toEqual([{ lane: 'bulk' }]);
});

test('the text of a file in JSON is the same, and its rows come before the variables of all', async () => {
  await active('json-csv');
  const csv = 'email,variables.code\nj-1@example.com,own\nj-2@example.com,\n';
  const { body: job } = await bulk('json-csv', { csv, variables: { code: 'all', from: 'file' } });
  await whole(job.id);
  const variables = (await entered('json-csv')).map(
    (each) => (each as object as { variables: object }).variables,
  );
  expect(variables).toEqual([
    { code: 'all', from: 'file' },
    { code: 'own', from: 'file' },
  ]);
});

test('nobody enters twice by one job, whatever the workflow allows', async () => {
  await active('parallel', { whenActive: 'parallel', allowMultiple: true });
  const id = await contact({ externalId: 'twice', email: 'twice@example.com' });
  const csv = 'externalId,email\ntwice,\n,twice@example.com\n';
  const { body: job } = await bulk('parallel', { csv, key: 'k' });
  await whole(job.id);
  expect(await jobOf(job.id)).toMatchObject({ applied: 1, reasons: { 'row.duplicate': 1 } });
  expect(await entered('parallel')).toMatchObject([{ contactId: id, key: 'k' }]);
  const again = () => api.admin`
    insert into enrollments (workspace_id, id, workflow_id, workflow_key, version, contact_id, number, status, caused_by, started_at, temporal_workflow_id)
    select workspace_id, ${newId()}, workflow_id, workflow_key, version, contact_id, 99, status, caused_by, started_at, 'x'
    from enrollments where caused_by = ${`job:${job.id}`}`;
  await expect(again()).rejects.toMatchObject({ constraint_name: 'enrollments_job' });
});

test('it is paused, goes on and is cancelled like other jobs; what was still to come is forgotten', async () => {
  await active('steered-entry');
  const rows = Array.from({ length: 6 }, (_, n) => `forgotten-${n}@example.com`).join('\n');
  const { body: job } = await bulk('steered-entry', { csv: `email\n${rows}`, perSecond: 2 });
  const steer = (order: string) => api.post(`/jobs/${job.id}/${order}`);
  await batch(job.id);
  expect((await steer('pause')).body).toMatchObject({ status: 'paused', ordered: 2 });
  expect(await batch(job.id)).toBe('paused');
  expect((await steer('resume')).body).toMatchObject({ status: 'running' });
  await batch(job.id);
  expect((await steer('cancel')).body).toMatchObject({
    status: 'cancelled',
    ordered: 4,
    applied: 4,
  });
  expect(await batch(job.id)).toBe('cancelled');
  expectProblem(await steer('resume'), 409, 'job.ended');
  expect(await tablesHolding(api.admin, 'forgotten-5@')).toEqual([]);
});

test('while the workflow is paused the job waits; when it is archived, everybody is refused', async () => {
  await active('held');
  const contactIds = [await contact({ externalId: 'held-1' })];
  const { body: job } = await bulk('held', { contactIds });
  await api.post('/workflows/held/pause');
  expect(await batch(job.id)).toBe('running');
  expect(await jobOf(job.id)).toMatchObject({ ordered: 0 });
  await api.post('/workflows/held/archive');
  await whole(job.id);
  expect(await jobOf(job.id)).toMatchObject({ refused: 1, reasons: { workflow_not_active: 1 } });
});

test('a person who is erased is forgotten by the file that is still to come', async () => {
  await active('erased-entry');
  const id = await contact({ externalId: 'Canary-Row', email: 'canary-row@example.com' });
  const csv =
    'email,externalId,plan\nCANARY-ROW@example.com,,canary-row\n,Canary-Row,x\nother@example.com,,x\n';
  const { body: job } = await bulk('erased-entry', { csv });
  expect(await tablesHolding(api.admin, 'canary-row')).toContain('job_people');
  await api.delete(`/contacts/${id}`);
  expect(await tablesHolding(api.admin, 'canary-row')).toEqual([]);
  await whole(job.id);
  expect(await jobOf(job.id)).toMatchObject({ applied: 1, reasons: { 'contact.not_found': 2 } });
  expect(await tablesHolding(api.admin, 'canary-row')).toEqual([]);
});

test('one source is needed, and what cannot be asked of somebody outside is said', async () => {
  await active('wrong');
  const contactIds = [newId()];
  for (const body of [
    {},
    { list: 'a', contactIds },
    { contactIds: [] },
    { contactIds: ['x'] },
    { contactIds, perSecond: 1_001 },
    { filter: [{ field: 'variables.code', operator: 'exists' }] },
    { filter: [{ type: 'event', event: 'cart.paid' }] },
    { filter: { operator: 'OR', conditions: [[{ type: 'step', node: 'a' }]] } },
    { filter: 'plan' },
    { csv: 'plan\nx' },
    { csv: `email\n${'a'.repeat(5_000_000)}` },
  ])
    expectProblem(await bulk('wrong', body), 422, 'request.invalid');
  const where = await bulk('wrong', {
    filter: [{ field: 'plan', operator: 'exists' }, [{ type: 'event', event: 'cart.paid' }]],
  });
  expect(where.body.issues).toMatchObject([{ path: 'filter[1][0]' }]);
  expectProblem(await bulk('wrong', { list: 'nowhere' }), 404, 'list.not_found');
  expectProblem(await bulk('nowhere', { contactIds }), 404, 'workflow.not_found');
  await api.post('/workflows', waiting('draft-only'));
  expectProblem(await bulk('draft-only', { contactIds }), 409, 'workflow.not_active');
  const dry = await bulk('draft-only', {
    contactIds: [await contact({ externalId: 'd' })],
    dryRun: true,
  });
  expect(dry.body).toMatchObject({ reasons: { workflow_not_active: 1 } });
  expectProblem(
    await sendCsv('wrong', 'email\na@example.com', '?perSecond=0'),
    422,
    'request.invalid',
  );
  expectProblem(
    await api.post('/contacts', 'email\n').set('Content-Type', 'text/csv'),
    415,
    'request.unsupported_media_type',
  );
});

test("another workspace's lists, people, workflows and jobs are none", async () => {
  await active('mine');
  await api.post('/lists', { key: 'mine' });
  const id = await contact({ externalId: 'mine' });
  const { body: job } = await bulk('mine', { contactIds: [id] });
  const { key, workspaceId } = api.other;
  const theirs = (body: object) => api.post('/workflows/theirs/enrollments/bulk', body, key);
  expectProblem(await api.get(`/jobs/${job.id}/refused`, key), 404, 'job.not_found');
  await api.post('/workflows', waiting('theirs'), key);
  await api.post('/workflows/theirs/activate', {}, key);
  expectProblem(await theirs({ list: 'mine' }), 404, 'list.not_found');
  expect((await theirs({ contactIds: [id], dryRun: true })).body).toMatchObject({
    reasons: { 'contact.not_found': 1 },
  });
  const filter = [{ field: 'externalId', operator: 'exists' }];
  expect((await theirs({ filter, dryRun: true })).body).toMatchObject({ total: 0, wouldEnter: 0 });
  // Nor does a worker find a job under another workspace's id.
  expect(await enterNext(api.db, { workspaceId, jobId: job.id }, judge)).toBeNull();
});

test('a job of commands lists who did not take its command', async () => {
  await active('commanded');
  const { body } = await api.post('/workflows/commanded/enrollments', {
    contact: { email: 'cmd@example.com' },
  });
  await api.admin`update enrollments set status = 'failed', ended_at = now() where id = ${body.id}`;
  const { body: job } = await api.post('/workflows/commanded/enrollments/commands', {
    type: 'retry',
    where: {},
  });
  await api.db.inWorkspace(api.workspaceId, (tx) => orderNext(tx, job.id, new Date()));
  expect(await refusedBy(job.id)).toMatchObject([
    { position: null, enrollmentId: body.id, reason: 'command.not_resumable', detail: null },
  ]);
});

test('the same request under its key makes one job', async () => {
  await active('idempotent-entry');
  const send = (query = '') =>
    sendCsv('idempotent-entry', 'email\nonce@example.com', query).set('Idempotency-Key', 'once');
  const [first, second] = [await send(), await send()];
  expect(second.body.id).toBe(first.body.id);
  expectProblem(await send('?dryRun=true'), 422, 'request.idempotency_mismatch');
});

test('a file of as many rows as there may be is stored at once, and one that is larger is refused', async () => {
  await active('large');
  const row = (n: number) => `large-${n},${'x'.repeat(80)},${n}`;
  const csv = [
    'externalId,note,variables.n',
    ...Array.from({ length: MOST_ROWS }, (_, n) => row(n)),
  ];
  const made = await sendCsv('large', csv.join('\n'));
  expect(made.body).toMatchObject({ total: MOST_ROWS, ordered: 0 });
  expect(await batch(made.body.id)).toBe('running');
  expect(await jobOf(made.body.id)).toMatchObject({ ordered: 50, applied: 50 });
  const steered = await api.post(`/jobs/${made.body.id}/cancel`);
  expect(steered.body.status).toBe('cancelled');
  expect(await api.admin`select 1 from job_people where job_id = ${made.body.id}`).toHaveLength(0);
  expectProblem(await sendCsv('large', [...csv, row(-1)].join('\n')), 422, 'request.invalid');
  const longer = `externalId\n${'a,'.repeat(7_000_000)}`;
  expectProblem(await sendCsv('large', longer), 413, 'request.too_large');
});
