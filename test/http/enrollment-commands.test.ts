import { randomUUID } from 'node:crypto';
import { commandsPending, judgeCommand } from '../../src/db/commands';
import { closeEnrollment } from '../../src/db/enrollments';
import { initialState } from '../../src/journey/state';
import type { JsonObject } from '../../src/journey/json';
import { expectProblem, startApi, type TestApi, waiting } from './api';

interface AuditEntry {
  readonly action: string;
  readonly detail: object;
}

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await active('journey');
  await active('many', { whenActive: 'parallel' });
});
afterAll(() => api.close());

async function active(key: string, enrollment: object = {}): Promise<void> {
  await api.post('/workflows', waiting(key, { settings: { enrollment } }));
  await api.post(`/workflows/${key}/activate`);
}

const enroll = async (workflow = 'journey', more: object = {}): Promise<string> =>
  (
    await api.post(`/workflows/${workflow}/enrollments`, {
      contact: { externalId: randomUUID() },
      ...more,
    })
  ).body.id as string;

const inside: <T>(work: Parameters<typeof api.db.inWorkspace<T>>[1]) => Promise<T> = (work) =>
  api.db.inWorkspace(api.workspaceId, work);

const end = (id: string, more: Partial<Parameters<typeof closeEnrollment>[2]> = {}) =>
  inside((tx) => closeEnrollment(tx, id, { status: 'completed', at: new Date(), ...more }));

const failAt = (id: string, resumeState: object | null) =>
  end(id, {
    status: 'failed',
    error: { code: 'http.status_4xx', nodeId: 'pause' },
    resumeState: resumeState as JsonObject | null,
  });

const auditOf = async (id: string) => (await api.get(`/audit?subjectId=${id}`)).body.data;
const commandsOf = async (id: string) => (await api.get(`/enrollments/${id}/commands`)).body.data;

test('a command that nobody judges in time is stored, and pending', async () => {
  const id = await enroll();
  const before = api.wakes();
  const answer = await api.post(`/enrollments/${id}/pause`, { clock: 'freeze' });
  expect([answer.status, answer.body]).toEqual([
    202,
    { status: 'pending', commandId: expect.any(String) },
  ]);
  expect(answer.headers.location).toBe(`/api/v1/enrollments/${id}/commands`);
  expect(api.wakes()).toBe(before + 1);
  expect(await commandsOf(id)).toEqual([
    expect.objectContaining({
      id: answer.body.commandId,
      type: 'pause',
      input: { clock: 'freeze', late: 'send' },
      status: 'pending',
      reason: null,
    }),
  ]);
});

test('a command that was judged meanwhile is answered as it was judged', async () => {
  const id = await enroll();
  const judging = (status: 'applied' | 'refused', reason: string | null) => async () => {
    await inside(async (tx) => {
      for (const row of await commandsPending(tx, id))
        await judgeCommand(tx, row, { status, reason, number: 1, at: new Date() });
    });
    throw new Error('Temporal went away after that.');
  };
  const tell = api.steering.tell;
  api.steering.tell = (...telling) => judging('applied', null)().catch(() => tell(...telling));
  const applied = await api.post(`/enrollments/${id}/skip`, { node: 'pause' });
  expect([applied.status, applied.body.id]).toEqual([200, id]);
  api.steering.tell = (...telling) =>
    judging('refused', 'command.no_such_node: gone')().catch(() => tell(...telling));
  const refused = await api.post(`/enrollments/${id}/jump`, { to: 'gone' });
  api.steering.tell = tell;
  expectProblem(refused, 409, 'command.refused');
  expect(refused.body).toMatchObject({
    reason: 'command.no_such_node',
    detail: expect.stringMatching(/"gone".*Read "currentNodeIds"/),
  });
  expect((await auditOf(id)).map(({ action, detail }: AuditEntry) => [action, detail])).toEqual([
    ['enrollment.jump', expect.objectContaining({ status: 'refused', input: { to: 'gone' } })],
    ['enrollment.skip', expect.objectContaining({ status: 'applied' })],
  ]);
});

test('a command to an enrollment that has ended is refused at once, with a row that says why', async () => {
  const id = await enroll();
  await end(id);
  const answer = await api.post(`/enrollments/${id}/cancel`, { reason: 'Ada asked me to.' });
  expectProblem(answer, 409, 'command.refused');
  expect(answer.body).toMatchObject({ reason: 'command.ended' });
  expect(await commandsOf(id)).toMatchObject([
    { type: 'cancel', status: 'refused', reason: 'command.ended' },
  ]);
  const [entry] = await auditOf(id);
  expect(entry).toMatchObject({
    action: 'enrollment.cancel',
    subjectType: 'enrollment',
    actor: expect.any(String),
    detail: { status: 'refused', reason: 'command.ended', input: {} },
  });
});

test('an end refuses what is pending', async () => {
  const id = await enroll();
  await api.post(`/enrollments/${id}/pause`);
  await end(id);
  expect(await commandsOf(id)).toMatchObject([{ status: 'refused', reason: 'command.ended' }]);
  expect(await auditOf(id)).toHaveLength(1);
});

test('the same key twice orders once', async () => {
  const id = await enroll();
  const key = randomUUID();
  const order = () => api.post(`/enrollments/${id}/pause`).set('Idempotency-Key', key);
  const [first, second] = [await order(), await order()];
  expect(second.headers['idempotent-replayed']).toBe('true');
  expect(second.body).toEqual(first.body);
  expect(await commandsOf(id)).toHaveLength(1);
});

test('inputs are checked, and so are ids and scopes', async () => {
  const id = await enroll();
  expectProblem(await api.post(`/enrollments/${id}/jump`), 422, 'request.invalid');
  const typo = await api.post(`/enrollments/${id}/pause`, { lat: 'exit' });
  expectProblem(typo, 422, 'request.invalid');
  expect(typo.body.issues[0]).toMatchObject({ code: 'request.unknown_field', suggestion: 'late' });
  for (const act of ['pause', 'retry', 'cancel'])
    expectProblem(
      await api.post(`/enrollments/${randomUUID()}/${act}`),
      404,
      'enrollment.not_found',
    );
  expectProblem(
    await api.post(`/enrollments/${id}/pause`, {}, api.other.key),
    404,
    'enrollment.not_found',
  );
  const reading = await api.keyWith(['enrollments:read']);
  expectProblem(await api.post(`/enrollments/${id}/pause`, {}, reading), 403, 'auth.forbidden');
  expectProblem(await api.get('/audit', reading), 403, 'auth.forbidden');
  expect(await commandsOf(id)).toEqual([]);
});

test('one that failed is open again, under a workflow id of its own', async () => {
  const id = await enroll();
  const state = { ...initialState(id, 'pause', 0, 1) };
  await failAt(id, state);
  const base = (await api.get(`/enrollments/${id}`)).body.temporal.workflowId as string;
  for (const number of [1, 2]) {
    const answer = await api.post(`/enrollments/${id}/retry`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: 'running',
      endedAt: null,
      error: null,
      currentNodeIds: ['pause'],
      temporal: { workflowId: `${base}/retry-${number}`, runId: null },
    });
    await failAt(id, state);
  }
  const starts = await inside((tx) =>
    tx.execute(
      `select 1 from outbox where kind = 'start' and payload ->> 'enrollmentId' = '${id}'`,
    ),
  );
  expect(starts).toHaveLength(3);
  expect(await auditOf(id)).toMatchObject([
    { action: 'enrollment.retry', detail: { status: 'applied', retry: 2 } },
    { action: 'enrollment.retry', detail: { status: 'applied', retry: 1 } },
  ]);
});

test('a retry is refused where nothing failed, nothing says where to go on, or she is inside again', async () => {
  const refusals: [string, string][] = [];
  const refused = async (id: string, reason: string) => {
    const answer = await api.post(`/enrollments/${id}/retry`);
    expectProblem(answer, 409, 'command.refused');
    expect(answer.body.reason).toBe(reason);
    const [entry] = await auditOf(id);
    expect(entry).toMatchObject({ action: 'enrollment.retry', detail: { reason } });
    refusals.push([id, reason]);
  };
  const open = await enroll();
  await refused(open, 'command.not_failed');
  await failAt(open, null);
  await refused(open, 'command.not_resumable');
  const contact = { externalId: randomUUID() };
  const first = await enroll('journey', { contact });
  await failAt(first, initialState(first, 'pause', 0, 1));
  const second = await enroll('journey', { contact });
  await refused(first, 'already_active');
  await end(second);
  expect((await api.post(`/enrollments/${first}/retry`)).status).toBe(200);
  // Where she could go on after the failure before says nothing about this one.
  await end(first, { status: 'failed', error: { code: 'enrollment.execution_lost' } });
  await refused(first, 'command.not_resumable');
  const [one] = [await enroll('many', { contact, key: 'a' })];
  await failAt(one, initialState(one, 'pause', 0, 1));
  await enroll('many', { contact, key: 'b' });
  expect((await api.post(`/enrollments/${one}/retry`)).status).toBe(200);
  const { contactId } = (await api.get(`/enrollments/${one}`)).body;
  await failAt(one, initialState(one, 'pause', 0, 1));
  await api.delete(`/contacts/${contactId}`);
  await refused(one, 'command.erased');
  expect(refusals).toHaveLength(5);
});

test('acts on a workflow leave rows, also when they are refused', async () => {
  const { id } = (await api.post('/workflows', waiting('audited'))).body;
  expectProblem(await api.post(`/workflows/${id}/pause`), 409, 'workflow.not_active');
  await api.post(`/workflows/${id}/activate`);
  expect((await api.post(`/workflows/${id}/pause`, { late: 'skip' })).body.status).toBe('paused');
  await api.post(`/workflows/audited/archive`);
  expectProblem(await api.post(`/workflows/${id}/activate`), 409, 'workflow.archived');
  const page = (await api.get(`/audit?subjectId=${id}&limit=3`)).body;
  const rest = (await api.get(`/audit?subjectId=${id}&limit=3&cursor=${page.nextCursor}`)).body;
  expect(
    [...page.data, ...rest.data].map(({ action, detail }: AuditEntry) => [action, detail]),
  ).toMatchObject([
    ['workflow.activate', { status: 'refused', reason: 'workflow.archived' }],
    ['workflow.archive', { status: 'applied', was: 'paused' }],
    ['workflow.pause', { status: 'applied', was: 'active', late: 'skip' }],
    ['workflow.activate', { status: 'applied', was: 'draft' }],
    ['workflow.pause', { status: 'refused', reason: 'workflow.not_active' }],
  ]);
  expect((await api.get(`/audit?subjectId=${id}`, api.other.key)).body.data).toEqual([]);
});
