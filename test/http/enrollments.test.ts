import { randomUUID } from 'node:crypto';
import { claimDelivery, markUnknown, settleAccepted } from '../../src/db/deliveries';
import { claimEffect, claimEffectAgain, lockEffect, recordEffect } from '../../src/db/effects';
import { closeEnrollment, markStarted } from '../../src/db/enrollments';
import { memoStep } from '../../src/db/steps';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await active('open');
  await active('by-key', { whenActive: 'parallel' });
});
afterAll(() => api.close());

/** An active workflow that waits, with these settings for entering. */
async function active(key: string, enrollment: object = {}): Promise<void> {
  await api.post('/workflows', waiting(key, { settings: { enrollment } }));
  await api.post(`/workflows/${key}/activate`);
}

const contact = async () =>
  (await api.post('/contacts', { externalId: randomUUID() })).body.id as string;
const inWorkspace: typeof api.db.inWorkspace = (_id, work) =>
  api.db.inWorkspace(api.workspaceId, work);
const outboxOf = (enrollmentId: string) =>
  inWorkspace('', async (tx) => {
    const rows = await tx.execute(
      `select kind from outbox where payload ->> 'enrollmentId' = '${enrollmentId}'`,
    );
    return [...rows].map(({ kind }) => kind);
  });

test('an accepted enrollment is stored with the order to start it, and the relay is woken', async () => {
  const contactId = await contact();
  const before = api.wakes();
  const response = await api.post('/workflows/open/enrollments', {
    contactId,
    variables: { cartId: 'c1' },
  });
  expect(response.status).toBe(202);
  expect(response.headers.location).toBe(`/api/v1/enrollments/${response.body.id}`);
  expect(response.body).toEqual({
    id: expect.any(String),
    status: 'running',
    temporal: { workflowId: `journey/${api.workspaceId}/open/${contactId}/1`, runId: null },
  });
  expect(await outboxOf(response.body.id)).toEqual(['start']);
  expect(api.wakes()).toBe(before + 1);
  const stored = (
    await api
      .get(response.headers.location as string)
      .then(() => api.get(`/enrollments/${response.body.id}`))
  ).body;
  expect(stored).toMatchObject({
    workflowKey: 'open',
    version: 1,
    contactId,
    variables: { cartId: 'c1' },
    endedAt: null,
    error: null,
  });
});

test('a start that succeeds at once is told, one that throws costs nothing but the run id', async () => {
  api.starter.tryStart = async (row) => {
    await inWorkspace('', (tx) => markStarted(tx, row.id, 'run-1'));
    return { runId: 'run-1' };
  };
  const started = await api.post('/workflows/open/enrollments', { contactId: await contact() });
  expect(started.body.temporal.runId).toBe('run-1');
  api.starter.tryStart = () => Promise.reject(new Error('Temporal is away.'));
  const before = api.wakes();
  const stored = await api.post('/workflows/open/enrollments', { contactId: await contact() });
  expect([stored.status, stored.body.temporal.runId]).toEqual([202, null]);
  expect(await outboxOf(stored.body.id)).toEqual(['start']);
  expect(api.wakes()).toBe(before + 2);
  api.starter.tryStart = async () => null;
});

test('an inline contact is created or changed on the way', async () => {
  const email = `${randomUUID()}@example.com`;
  const first = await api.post('/workflows/by-key/enrollments', {
    contact: { email, firstName: 'Ada' },
    key: 'a',
  });
  const second = await api.post('/workflows/by-key/enrollments', {
    contact: { email, firstName: 'Augusta' },
    key: 'b',
  });
  const [one, two] = await Promise.all(
    [first, second].map(async ({ body }) => (await api.get(`/enrollments/${body.id}`)).body),
  );
  expect(one.contactId).toBe(two.contactId);
  expect((await api.get(`/contacts/${one.contactId}`)).body.firstName).toBe('Augusta');
});

test('who enters is said once', async () => {
  const contactId = await contact();
  expectProblem(await api.post('/workflows/open/enrollments', {}), 422, 'request.invalid');
  const both = { contactId, contact: { externalId: 'x' } };
  expectProblem(await api.post('/workflows/open/enrollments', both), 422, 'request.invalid');
  expectProblem(
    await api.post('/workflows/open/enrollments', { contactId: 'x' }),
    422,
    'request.invalid',
  );
  expectProblem(
    await api.post('/workflows/open/enrollments', { contactId: randomUUID() }),
    404,
    'contact.not_found',
  );
});

test('a refusal gives its reason, leaves an event and no enrollment', async () => {
  const contactId = await contact();
  await api.post('/workflows/open/enrollments', { contactId });
  const refused = await api.post('/workflows/open/enrollments', { contactId });
  expectProblem(refused, 409, 'enrollment.blocked');
  expect(refused.body.reason).toBe('already_active');
  expect((await api.get(`/contacts/${contactId}/enrollments`)).body.data).toHaveLength(1);
  const [latest] = (await api.get(`/contacts/${contactId}/events`)).body.data;
  expect(latest).toMatchObject({
    type: 'enrollment.blocked',
    properties: { workflowKey: 'open', reason: 'already_active' },
  });
});

test('a workflow that lets everybody in once, or is not active, refuses', async () => {
  const contactId = await contact();
  await api.post(
    '/workflows',
    waiting('one-time', { settings: { enrollment: { allowMultiple: false } } }),
  );
  expect((await api.post('/workflows/one-time/enrollments', { contactId })).body.reason).toBe(
    'workflow_not_active',
  );
  await api.post('/workflows/one-time/activate');
  const { id } = (await api.post('/workflows/one-time/enrollments', { contactId })).body as {
    id: string;
  };
  await inWorkspace('', (tx) => closeEnrollment(tx, id, { status: 'completed', at: new Date() }));
  expect((await api.post('/workflows/one-time/enrollments', { contactId })).body.reason).toBe(
    'already_entered',
  );
  await api.post('/workflows/one-time/pause');
  expect(
    (await api.post('/workflows/one-time/enrollments', { contactId: await contact() })).body.reason,
  ).toBe('workflow_not_active');
});

test('what of a contact written inline will not do what it says is warned of, as by POST /contacts', async () => {
  const enter = (timeZone: string) =>
    api
      .post('/workflows/open/enrollments', { contact: { externalId: timeZone, timeZone } })
      .set('Idempotency-Key', timeZone);
  const warned = await enter('Europe/Berln');
  expect(warned.status).toBe(202);
  expect(warned.body.warnings).toEqual([
    {
      code: 'request.wrong_value',
      path: 'contact.timeZone',
      message: expect.stringContaining('so it counts as none. Did you mean "Europe/Berlin"?'),
      suggestion: 'Europe/Berlin',
    },
  ]);
  expect((await enter('Europe/Berln')).body.warnings).toEqual(warned.body.warnings);
  expect((await enter('Europe/Berlin')).body).not.toHaveProperty('warnings');
});

describe('a refusal says what is in the way and what to do', () => {
  const enter = (key: string, body: object) => api.post(`/workflows/${key}/enrollments`, body);
  const end = (id: string) =>
    inWorkspace('', (tx) => closeEnrollment(tx, id, { status: 'completed', at: new Date() }));

  async function refused(key: string, body: { contactId: string }) {
    const response = await enter(key, body);
    expectProblem(response, 409, 'enrollment.blocked');
    const [latest] = (await api.get(`/contacts/${body.contactId}/events`)).body.data;
    const { reason, detail } = response.body as { reason: string; detail: string };
    expect(latest).toMatchObject({ type: 'enrollment.blocked', properties: { reason } });
    return { reason, detail, told: latest.properties };
  }

  test('to somebody who is inside', async () => {
    const contactId = await contact();
    await enter('by-key', { contactId, ...{ key: 'a' } });
    expect((await enter('by-key', { contactId, ...{ key: 'b' } })).status).toBe(202);
    const { reason, detail } = await refused('by-key', { contactId, ...{ key: 'a' } });
    expect({ reason, detail }).toEqual({
      reason: 'already_active',
      detail: expect.stringContaining('give another key'),
    });
  });

  test('to somebody who has entered too often, or too soon', async () => {
    await active('limited', { limit: 1, window: '1 day' });
    await active('once-in-all', { limit: 1 });
    await active('delayed', { reEnrollmentDelay: '1 hour' });
    const contactId = await contact();
    for (const key of ['limited', 'once-in-all', 'delayed'])
      await end((await enter(key, { contactId })).body.id);
    const limited = await refused('limited', { contactId });
    expect(limited.reason).toBe('limit_reached');
    expect(limited.detail).toMatch(/Try again from 20\d\d-\d\d-\d\dT[\d:.]+Z on\.$/);
    expect(limited.detail).toContain(limited.told.until);
    const everLimited = await refused('once-in-all', { contactId });
    expect(everLimited.detail).toContain('Raise the limit');
    const delayed = await refused('delayed', { contactId });
    expect(delayed.reason).toBe('too_soon');
    expect(delayed.detail).toContain(delayed.told.until);
  });

  test('to somebody who came through the trigger as often as it allows', async () => {
    const trigger = { type: 'manual', rateLimit: { max: 1, per: '1 day' } };
    await api.post('/workflows', waiting('rated', { trigger }));
    await api.post('/workflows/rated/activate');
    const contactId = await contact();
    await end((await enter('rated', { contactId })).body.id);
    const { reason, detail, told } = await refused('rated', { contactId });
    expect(reason).toBe('rate_limited');
    expect(detail).toContain(`Try again from ${told.until} on.`);
  });

  test('to somebody who does not meet the condition, with what was found', async () => {
    const entryWhen = [{ type: 'tag', operator: 'includes', value: 'vip' }];
    await active('for-vips', { entryWhen });
    const contactId = await contact();
    const { reason, detail, told } = await refused('for-vips', { contactId });
    expect(reason).toBe('entry_condition');
    expect(detail).toContain(told.detail);
    await api.patch(`/contacts/${contactId}`, { tags: ['vip'] });
    expect((await enter('for-vips', { contactId })).status).toBe(202);
  });

  test('to nobody where entering restarts', async () => {
    await active('restarting', { whenActive: 'restart' });
    const contactId = await contact();
    const first = (await enter('restarting', { contactId })).body.id;
    const second = (await enter('restarting', { contactId })).body.id;
    expect((await api.get(`/enrollments/${first}`)).body).toMatchObject({
      status: 'cancelled',
      reason: 'restarted',
    });
    expect((await api.get(`/enrollments/${second}`)).body).toMatchObject({ status: 'running' });
  });
});

test('waiting for the end answers when it ends, or when the time is up', async () => {
  const { id } = (await api.post('/workflows/open/enrollments', { contactId: await contact() }))
    .body as { id: string };
  const before = performance.now();
  expect((await api.get(`/enrollments/${id}?waitSeconds=1`)).body.endedAt).toBeNull();
  expect(performance.now() - before).toBeGreaterThan(900);
  const waiting = api.get(`/enrollments/${id}?waitSeconds=20`).then((response) => response);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await inWorkspace('', (tx) =>
    closeEnrollment(tx, id, { status: 'goal_reached', goalId: 'paid', at: new Date() }),
  );
  expect((await waiting).body).toMatchObject({
    status: 'goal_reached',
    goalId: 'paid',
    endedAt: expect.any(String),
  });
  for (const bad of ['31', '-1', '1.5', 'x']) {
    expectProblem(await api.get(`/enrollments/${id}?waitSeconds=${bad}`), 422, 'request.invalid');
  }
});

test('a step shows what became of its message or call, and how a doubt was settled', async () => {
  const contactId = await contact();
  const { id } = (await api.post('/workflows/open/enrollments', { contactId })).body as {
    id: string;
  };
  const at = new Date('2026-03-27T08:00:00Z');
  const shown = async () =>
    ((await api.get(`/enrollments/${id}/steps`)).body.data as { effect: object }[]).map(
      ({ effect }) => effect,
    );
  const named = (nodeId: string) => ({ enrollmentId: id, nodeId, visit: 1 });
  const keyed = (nodeId: string) => ({ ...named(nodeId), effectKey: `${id}:${nodeId}:1` });
  const mail = await inWorkspace('', async (tx) => {
    for (const nodeId of ['mail', 'call', 'pause'])
      await memoStep(tx, { ...named(nodeId), nodeType: 'x', status: 'running', startedAt: at });
    await claimEffect(tx, { ...keyed('call'), kind: 'webhook', status: 'claimed' });
    const claim = { ...keyed('mail'), contactId, channel: 'email', purpose: 'marketing' };
    return claimDelivery(tx, { ...claim, status: 'claimed' });
  });
  const open = {
    status: 'claimed',
    attempts: 1,
    reason: null,
    receipt: null,
    resolution: null,
    resolvedAt: null,
  };
  expect(await shown()).toEqual([open, open, null]);

  await inWorkspace('', async (tx) => {
    await markUnknown(tx, mail?.id ?? '', 'smtp.econnection');
    const known = await lockEffect(tx, `${id}:call:1`);
    if (known !== null) await claimEffectAgain(tx, known);
    await recordEffect(
      tx,
      { effectKey: `${id}:call:1`, attempt: 2 },
      { status: 'done', reason: null, response: null },
    );
  });
  const resolvedAt = expect.any(String) as string;
  const resent = { ...open, status: 'done', attempts: 2, resolution: 'resent', resolvedAt };
  const doubt = { ...open, status: 'unknown', reason: 'smtp.econnection' };
  expect(await shown()).toEqual([doubt, resent, null]);

  await inWorkspace('', (tx) => settleAccepted(tx, mail?.id ?? '', 'found'));
  const found = { ...open, status: 'sent', resolution: 'found', resolvedAt };
  expect(await shown()).toEqual([found, resent, null]);
});

test('steps are listed in order, and lists filter by status', async () => {
  const { id } = (await api.post('/workflows/open/enrollments', { contactId: await contact() }))
    .body as { id: string };
  const at = new Date('2026-03-27T08:00:00Z');
  const step = { enrollmentId: id, nodeType: 'wait', visit: 1, startedAt: at };
  await inWorkspace('', (tx) =>
    memoStep(tx, {
      ...step,
      nodeId: 'pause',
      status: 'completed',
      port: 'next',
      reason: 'wait.elapsed',
      endedAt: at,
    }),
  );
  const heard = { eventId: 'e', occurredAt: at.getTime() };
  await inWorkspace('', (tx) =>
    memoStep(tx, {
      ...step,
      ...{ nodeId: 'heard', nodeType: 'wait_for_event', status: 'completed', port: 'received' },
      ...{ output: heard, endedAt: at },
    }),
  );
  await inWorkspace('', (tx) => memoStep(tx, { ...step, nodeId: 'more', status: 'running' }));
  expect((await api.get(`/enrollments/${id}/steps`)).body).toEqual({
    data: [
      expect.objectContaining({
        nodeId: 'pause',
        visit: 1,
        status: 'completed',
        port: 'next',
        reason: 'wait.elapsed',
        endedAt: at.toISOString(),
      }),
      expect.objectContaining({
        nodeId: 'heard',
        // Stored in milliseconds, as histories have it.
        output: { eventId: 'e', occurredAt: '2026-03-27T08:00:00.000Z' },
      }),
      expect.objectContaining({ nodeId: 'more', status: 'running', endedAt: null }),
    ],
    nextCursor: null,
  });
  await inWorkspace('', (tx) => closeEnrollment(tx, id, { status: 'cancelled', at }));
  const { data } = (await api.get('/workflows/open/enrollments?status=cancelled')).body;
  expect(data.map((row: { id: string }) => row.id)).toEqual([id]);
  const wrong = await api.get('/workflows/open/enrollments?status=canceled');
  expect(wrong.body.issues[0]).toMatchObject({
    code: 'request.wrong_value',
    path: 'status',
    suggestion: 'cancelled',
  });
});
