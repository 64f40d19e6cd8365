import { randomUUID } from 'node:crypto';
import { recordEvent } from '../../src/db/events';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('a batch is accepted item by item: an unknown contact rejects its own event alone', async () => {
  const externalId = randomUUID();
  const { id } = (await api.post('/contacts', { externalId })).body as { id: string };
  const eventId = randomUUID();
  const response = await api.post('/events', [
    {
      contactId: id,
      id: eventId,
      type: 'cart.paid',
      properties: { total: 40 },
      occurredAt: '2026-03-27T09:00:00+01:00',
    },
    { externalId, id: eventId, type: 'cart.paid' },
    { email: 'nobody@example.com', type: 'cart.paid' },
    { contactId: randomUUID(), type: 'cart.paid', createContact: true },
    { externalId, type: 'enrollment.ended' },
    { externalId, type: 'cart.seen' },
  ]);
  expect(response.status).toBe(202);
  expect(response.body).toEqual({
    accepted: 2,
    duplicates: 1,
    rejected: 3,
    results: [
      { index: 2, code: 'contact.not_found', message: expect.any(String) },
      { index: 3, code: 'contact.not_found', message: expect.any(String) },
      { index: 4, code: 'event.rejected', message: expect.any(String) },
    ],
  });
  const { data } = (await api.get(`/events?type=cart.paid&contactId=${id}`)).body;
  expect(data).toEqual([
    expect.objectContaining({
      externalId: eventId,
      properties: { total: 40 },
      occurredAt: '2026-03-27T08:00:00.000Z',
      causedBy: null,
    }),
  ]);
});

test('createContact makes the contact once for a whole batch', async () => {
  const email = `${randomUUID()}@example.com`;
  const event = { email, type: 'site.visited', createContact: true };
  expect((await api.post('/events', [event, event, event])).body).toMatchObject({
    accepted: 3,
    rejected: 0,
  });
  const { data } = (await api.get('/contacts')).body as { data: { email: string }[] };
  expect(data.filter((contact) => contact.email === email)).toHaveLength(1);
});

test('every accepted event is left for the relay, which is woken', async () => {
  const externalId = randomUUID();
  await api.post('/contacts', { externalId });
  const before = api.wakes();
  await api.post('/events', [
    { externalId, type: 'a.b' },
    { externalId, type: 'a.c' },
  ]);
  expect(api.wakes()).toBe(before + 1);
  const [left] = await api.db.inWorkspace(api.workspaceId, async (tx) => [
    ...(await tx.execute(
      `select count(*)::int as count from outbox join events on events.id = (payload ->> 'eventId')::uuid where type in ('a.b', 'a.c')`,
    )),
  ]);
  expect(left).toEqual({ count: 2 });
});

test('batches that name the same ids in opposite order at once all succeed', async () => {
  const externalId = randomUUID();
  await api.post('/contacts', { externalId });
  const batch = Array.from({ length: 60 }, () => ({ externalId, type: 'a.b', id: randomUUID() }));
  const answers = await Promise.all([
    api.post('/events', batch),
    api.post('/events', [...batch].reverse()),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  const sum = (field: 'accepted' | 'duplicates') =>
    answers.reduce((total, { body }) => total + (body[field] as number), 0);
  expect([sum('accepted'), sum('duplicates')]).toEqual([60, 60]);
});

test('an event needs a name and somebody it is about', async () => {
  expectProblem(await api.post('/events', { externalId: 'x' }), 422, 'request.invalid');
  expectProblem(
    await api.post('/events', { externalId: 'x', type: 'not a name' }),
    422,
    'request.invalid',
  );
  const noZone = await api.post('/events', {
    externalId: 'x',
    type: 'a.b',
    occurredAt: '2026-03-27T09:00:00',
  });
  expect(noZone.body.issues).toMatchObject([{ code: 'request.wrong_value', path: 'occurredAt' }]);
});

test('the list filters by time, both ends included', async () => {
  const externalId = randomUUID();
  await api.post('/contacts', { externalId });
  const at = (minute: string) => ({
    externalId,
    type: 'time.told',
    occurredAt: `2026-01-01T00:${minute}:00Z`,
  });
  await api.post('/events', [at('00'), at('01'), at('02')]);
  const { data } = (
    await api.get('/events?type=time.told&from=2026-01-01T00:01:00Z&to=2026-01-01T00:02:00Z')
  ).body;
  expect(data).toHaveLength(2);
});

describe('events of one enrollment, and counts', () => {
  test('are what let her in, what it caused, and what its messages met', async () => {
    await api.post('/workflows', waiting('mine'));
    await api.post('/workflows/mine/activate');
    const { body: entered } = await api.post('/workflows/mine/enrollments', {
      contact: { externalId: randomUUID() },
    });
    const { contactId } = (await api.get(`/enrollments/${entered.id}`)).body as {
      contactId: string;
    };
    const at = new Date();
    const record = (type: string, more: object = {}) =>
      api.db.inWorkspace(api.workspaceId, async (tx) => {
        const event = { contactId, type, occurredAt: at, receivedAt: at, ...more };
        return (await recordEvent(tx, event)).event.id;
      });
    const trigger = await record('cart.left');
    await api.admin`update enrollments set trigger_event_id = ${trigger} where id = ${entered.id}`;
    await record('cart.seen');
    const opened = await record('email.opened', { deliveryKey: `${entered.id}:mail:1` });
    const tracked = await record('own.thing', { causedBy: `enrollment:${entered.id}` });
    const told = await record('enrollment.ended', { properties: { enrollmentId: entered.id } });
    const { body } = await api.get(`/events?enrollmentId=${entered.id}`);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([told, tracked, opened, trigger]);
    const counts = await api.get(`/events/counts?enrollmentId=${entered.id}`);
    expect(counts.body).toMatchObject({
      total: 4,
      types: ['cart.left', 'email.opened', 'enrollment.ended', 'own.thing'].map((type) => {
        return { type, count: 1, firstAt: at.toISOString(), lastAt: at.toISOString() };
      }),
    });
    const { key } = api.other;
    expect((await api.get(`/events?enrollmentId=${entered.id}`, key)).body.data).toEqual([]);
    expect((await api.get('/events/counts', key)).body).toEqual({ total: 0, types: [] });
  });

  test('counts take the filters of the list, the most frequent first', async () => {
    const externalId = randomUUID();
    const { id: contactId } = (await api.post('/contacts', { externalId })).body as { id: string };
    const event = (type: string, day: number) => ({
      ...{ contactId, type, occurredAt: `2026-03-0${day}T00:00:00Z` },
    });
    await api.post('/events', [event('x.b', 1), event('x.a', 2), event('x.a', 4)]);
    const of = `contactId=${contactId}&to=2026-03-31T00:00:00Z`;
    expect((await api.get(`/events/counts?${of}`)).body).toEqual({
      total: 3,
      types: [
        {
          ...{ type: 'x.a', count: 2 },
          ...{ firstAt: '2026-03-02T00:00:00.000Z', lastAt: '2026-03-04T00:00:00.000Z' },
        },
        expect.objectContaining({ type: 'x.b', count: 1 }),
      ],
    });
    const later = await api.get(`/events/counts?${of}&from=2026-03-03T00:00:00Z`);
    expect(later.body).toMatchObject({ total: 1, types: [{ type: 'x.a' }] });
    expect((await api.get(`/events/counts?${of}&type=x.b`)).body.total).toBe(1);
    expectProblem(await api.get('/events/counts?limit=1'), 422, 'request.invalid');
  });
});
