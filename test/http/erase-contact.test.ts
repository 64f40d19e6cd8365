import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eraseContact } from '../../src/db/erase-contact';
import { claimDelivery } from '../../src/db/deliveries';
import { holdContact } from '../../src/db/contacts';
import { recordEvent } from '../../src/db/events';
import { memoStep } from '../../src/db/steps';
import { newId } from '../../src/ids';
import { tablesHolding } from '../support/tables-holding';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.post('/workflows', waiting('journey'));
  await api.post('/workflows/journey/activate');
});
afterAll(() => api.close());

const inside: typeof api.db.inWorkspace = (_id, work) => api.db.inWorkspace(api.workspaceId, work);

interface Person {
  readonly id: string;
  readonly externalId: string;
  readonly enrollmentId: string;
  /** Occurs in everything that was stored about her. */
  readonly canary: string;
  /** The request that made her. */
  create(): ReturnType<TestApi['post']>;
}

/** Somebody of whom every table knows something. */
async function person(): Promise<Person> {
  const canary = `kanarie${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const idempotencyKey = randomUUID();
  const create = () =>
    api
      .post('/contacts', {
        externalId: `crm-${canary}`,
        email: `${canary}@example.com`,
        phone: `+49 ${canary}`,
        firstName: canary,
        lastName: canary,
        attributes: { [canary]: { deep: [canary] } },
        tags: [canary],
        consent: { email: false },
      })
      .set('Idempotency-Key', idempotencyKey);
  const id = (await create()).body.id as string;
  const event = { contactId: id, type: 'cart.left', properties: { name: canary } };
  await api.post('/events', [
    { ...event, id: `e-${canary}` },
    { ...event, type: 'cart.paid' },
  ]);
  const enrolled = await api.post('/workflows/journey/enrollments', {
    contactId: id,
    key: canary,
    variables: { name: canary },
  });
  const enrollmentId = enrolled.body.id as string;
  await journeyOf(id, enrollmentId, canary);
  return { id, externalId: `crm-${canary}`, enrollmentId, canary, create };
}

async function journeyOf(contactId: string, enrollmentId: string, canary: string): Promise<void> {
  const startedAt = new Date();
  await inside('', async (tx) => {
    await memoStep(tx, {
      ...{ enrollmentId, nodeId: 'ask', visit: 1, nodeType: 'condition', status: 'completed' },
      ...{ port: 'true', reason: `condition.true: ${canary} is ${canary}`, startedAt },
      output: { answer: canary },
      endedAt: startedAt,
    });
    await memoStep(tx, {
      ...{
        enrollmentId,
        nodeId: 'pause',
        visit: 1,
        nodeType: 'wait',
        status: 'waiting',
        startedAt,
      },
    });
    await claimDelivery(tx, {
      ...{ effectKey: `${enrollmentId}:mail:1`, enrollmentId, nodeId: 'mail', visit: 1, contactId },
      ...{ channel: 'email', purpose: 'marketing', status: 'sent', requestHash: 'h' },
      ...{ toAddress: `${canary}@example.com`, subject: canary, request: { text: canary } },
      providerResponse: `250 <${canary}@example.com> ok`,
    });
  });
  const { admin, workspaceId } = api;
  const [listId, at] = [newId(), new Date()];
  await admin`insert into effects (workspace_id, effect_key, enrollment_id, node_id, visit, kind, status, request, response, claimed_at)
    values (${workspaceId}, ${`${enrollmentId}:hook:1`}, ${enrollmentId}, 'hook', 1, 'webhook', 'done', ${admin.json({ body: canary })}, ${admin.json({ body: canary })}, ${at})`;
  await admin`insert into commands (workspace_id, id, enrollment_id, type, input, requested_by, requested_at)
    values (${workspaceId}, ${newId()}, ${enrollmentId}, 'pause', ${admin.json({ note: canary })}, 'test', ${at})`;
  await admin`insert into lists (workspace_id, id, key, name) values (${workspaceId}, ${listId}, ${listId}, 'List')`;
  await admin`insert into list_members (workspace_id, list_id, contact_id, added_at) values (${workspaceId}, ${listId}, ${contactId}, ${at})`;
}

test('nothing that says who the person was is left in any table', async () => {
  const { id, canary, enrollmentId } = await person();
  expect(await tablesHolding(api.admin, canary)).toEqual([
    'commands',
    'contacts',
    'deliveries',
    'effects',
    'enrollments',
    'event_ids',
    'events',
    'idempotency_keys',
    'steps',
  ]);
  const bystander = await person();
  const answer = await api.delete(`/contacts/${id}`);
  expect({ status: answer.status, body: answer.body }).toEqual({
    status: 200,
    body: { id, cancelledEnrollments: 1 },
  });
  expect(await tablesHolding(api.admin, canary)).toEqual([]);
  expect(await api.admin`select 1 from list_members where contact_id = ${id}`).toHaveLength(0);
  expect(await api.admin`select consent from contacts where id = ${id}`).toEqual([{ consent: {} }]);
  expect(await tablesHolding(api.admin, bystander.canary)).toHaveLength(9);
  const steps = (await api.get(`/enrollments/${enrollmentId}/steps`)).body.data;
  expect(steps).toMatchObject([
    { nodeId: 'ask', status: 'completed', port: 'true', reason: 'condition.true', output: null },
    { nodeId: 'pause', status: 'cancelled' },
  ]);
});

test('an enrollment that was warned of her fields tells nothing of them any more', async () => {
  const canary = `kanarie${randomUUID().slice(0, 8)}`;
  const [externalId, key] = [randomUUID(), randomUUID()];
  const enter = () =>
    api
      .post('/workflows/journey/enrollments', { contact: { externalId, timeZone: canary } })
      .set('Idempotency-Key', key);
  const { id, warnings } = (await enter()).body;
  expect(warnings[0].message).toContain(canary);
  const { contactId } = (await api.get(`/enrollments/${id}`)).body;
  await api.delete(`/contacts/${contactId}`);
  expect(await tablesHolding(api.admin, canary)).toEqual([]);
  expect((await enter()).body).toEqual({ id, status: 'running', temporal: expect.anything() });
});

test('answers to dry runs with her data, and to a suppression of her address, tell nothing any more', async () => {
  const canary = `kanarie${randomUUID().slice(0, 8)}`;
  const address = `${canary}@example.com`;
  const { id: contactId } = (await api.post('/contacts', { email: address })).body;
  const node = { id: 'mail', type: 'send_email', data: { subject: 'Hi', text: '{{ email }}' } };
  const definition = waiting('shown', {
    nodes: [node],
    edges: [{ source: 'mail', target: 'end' }],
  });
  await api.post('/workflows', definition).expect(201);
  const ask = (path: string, body: object) =>
    api
      .post(path, body)
      .set('Idempotency-Key', `${canary}${path}`.slice(7))
      .expect(/kanarie/);
  await ask('/workflows/test', { definition, contactId });
  await ask('/workflows/shown/test', { contactId });
  const { body: suppression } = await ask('/suppressions', { address: address.toUpperCase() });
  await api.delete(`/contacts/${contactId}`).expect(200);
  expect(await tablesHolding(api.admin, canary)).toEqual([]);
  const again = api.post('/suppressions', { address: address.toUpperCase() });
  const key = `${canary}/suppressions`.slice(7);
  expect((await again.set('Idempotency-Key', key)).body).toEqual({ ...suppression, address: null });
});

test('enrollments under way are cancelled and rung, and nobody finds her any more', async () => {
  const { id, enrollmentId, canary } = await person();
  const wakes = api.wakes();
  await api.delete(`/contacts/${id}`);
  expect((await api.get(`/enrollments/${enrollmentId}`)).body).toMatchObject({
    status: 'cancelled',
    reason: 'contact erased',
    variables: {},
    key: null,
    currentNodeIds: [],
  });
  const bells = await api.admin`
    select 1 from outbox where kind = 'bell' and payload ->> 'enrollmentId' = ${enrollmentId}`;
  expect(bells).toHaveLength(1);
  expect(api.wakes()).toBe(wakes + 1);
  for (const path of ['', '/enrollments', '/events'])
    expectProblem(await api.get(`/contacts/${id}${path}`), 404, 'contact.not_found');
  expectProblem(await api.patch(`/contacts/${id}`, { score: 1 }), 404, 'contact.not_found');
  expectProblem(await api.delete(`/contacts/${id}`), 404, 'contact.not_found');
  expectProblem(
    await api.post('/workflows/journey/enrollments', { contactId: id }),
    404,
    'contact.not_found',
  );
  expectProblem(await api.post('/contacts', { id, firstName: 'Eve' }), 409, 'contact.conflict');
  const events = await api.post('/events', [
    { contactId: id, type: 'a.b' },
    { email: `${canary}@example.com`, type: 'a.b' },
  ]);
  expect(events.body).toMatchObject({ accepted: 0, rejected: 2 });
  const listed = (await api.get('/contacts?limit=200')).body.data as { id: string }[];
  expect(listed.map((one) => one.id)).not.toContain(id);
});

test('the same identifiers make a new person, a late retry of the old request does not', async () => {
  const { id, externalId, canary, create } = await person();
  await api.delete(`/contacts/${id}`);
  const replayed = await create();
  expect(replayed.headers['idempotent-replayed']).toBe('true');
  expect(replayed.body).toEqual({ id });
  expect(await tablesHolding(api.admin, canary)).toEqual([]);
  const anew = await api.post('/contacts', { externalId });
  expect(anew.status).toBe(201);
  expect(anew.body.id).not.toBe(id);
  expect(anew.body).toMatchObject({ email: null, tags: [], attributes: {} });
  const again = await api.post('/events', { id: `e-${canary}`, externalId, type: 'a.b' });
  expect(again.body).toMatchObject({ accepted: 1 });
});

test('the audit says who erased whom', async () => {
  const { id } = await person();
  await api.delete(`/contacts/${id}`);
  const rows = await api.admin`select actor, action from audit where subject_id = ${id}`;
  expect([...rows]).toEqual([
    { actor: expect.stringMatching(/^[0-9a-f-]{36}$/), action: 'contact.erased' },
  ]);
});

test("another workspace's person, and a text that is no id, are nobody", async () => {
  const { id, canary } = await person();
  expectProblem(await api.delete(`/contacts/${id}`, api.other.key), 404, 'contact.not_found');
  expectProblem(await api.delete('/contacts/x'), 404, 'contact.not_found');
  expectProblem(await api.delete(`/contacts/${newId()}`), 404, 'contact.not_found');
  const reading = await api.keyWith(['*:read']);
  expectProblem(await api.delete(`/contacts/${id}`, reading), 403, 'auth.forbidden');
  expect(await tablesHolding(api.admin, canary)).toHaveLength(9);
});

describe('a transaction beside the erasure', () => {
  test('that began to write about her first is waited for, and erased too', async () => {
    const { id, canary } = await person();
    let erasing: Promise<{ status: number }> = Promise.resolve({ status: 0 });
    await inside('', async (tx) => {
      await holdContact(tx, id);
      erasing = api.delete(`/contacts/${id}`).then(({ status }) => ({ status }));
      await sleep(300);
      const at = new Date();
      const event = { contactId: id, type: 'a.b', properties: { canary }, externalId: canary };
      await recordEvent(tx, { ...event, occurredAt: at, receivedAt: at });
    });
    expect(await erasing).toEqual({ status: 200 });
    expect(await tablesHolding(api.admin, canary)).toEqual([]);
  });

  test('that comes while it runs finds nobody', async () => {
    const { id, canary } = await person();
    const late: Promise<{ body: object; status: number }>[] = [];
    await inside('', async (tx) => {
      await eraseContact(tx, id, new Date());
      late.push(
        api
          .post('/events', { contactId: id, type: 'a.b', properties: { canary } })
          .then(({ body, status }) => ({ body, status })),
        api
          .post('/workflows/journey/enrollments', { contactId: id, variables: { canary } })
          .then(({ body, status }) => ({ body, status })),
        api
          .patch(`/contacts/${id}`, { firstName: canary })
          .then(({ body, status }) => ({ body, status })),
      );
      await sleep(300);
    });
    expect(await Promise.all(late)).toMatchObject([
      { body: { accepted: 0, rejected: 1 } },
      { status: 404 },
      { status: 404 },
    ]);
    expect(await tablesHolding(api.admin, canary)).toEqual([]);
  });
});
