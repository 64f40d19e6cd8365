import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const of = async (address: string) =>
  (await api.get(`/suppressions?address=${encodeURIComponent(address)}`)).body.data;

test('an address is suppressed once, in any spelling, and let go again', async () => {
  const created = await api.post('/suppressions', { address: 'Ada@Example.com' });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    ...{ channel: 'email', address: 'ada@example.com', reason: 'manual', eventId: null },
    createdBy: expect.any(String),
  });
  const { id } = created.body;
  expect(created.headers.location).toBe(`/api/v1/suppressions/${id}`);
  const again = await api.post('/suppressions', {
    address: 'ada@example.com',
    reason: 'complaint',
  });
  expect(again).toMatchObject({ status: 200, body: created.body });
  expect((await api.get(`/suppressions/${id}`)).body).toEqual(created.body);
  expect(await of('ADA@example.com')).toEqual([created.body]);
  expect((await api.delete(`/suppressions/${id}`)).body).toEqual(created.body);
  expect(await of('ada@example.com')).toEqual([]);
  expectProblem(await api.get(`/suppressions/${id}`), 404, 'suppression.not_found');
  expectProblem(await api.delete(`/suppressions/${id}`), 404, 'suppression.not_found');
  const { body } = await api.get(`/audit?subjectId=${id}`);
  expect(body.data).toMatchObject([
    { action: 'suppression.delete', detail: { reason: 'manual' } },
    { action: 'suppression.create', detail: { reason: 'manual' } },
  ]);
});

test('a bounce for good and a complaint suppress the address of the contact', async () => {
  const events = [
    { email: 'gone@example.com', type: 'email_bounced', properties: { kind: 'hard' } },
    { email: 'full@example.com', type: 'email.bounced', properties: { kind: 'soft' } },
    { email: 'angry@example.com', type: 'EMAIL_COMPLAINED' },
  ];
  await api.post(
    '/events',
    events.map((event) => ({ ...event, createContact: true })),
  );
  expect(await of('gone@example.com')).toMatchObject([{ reason: 'hard_bounce', createdBy: null }]);
  expect(await of('full@example.com')).toEqual([]);
  expect(await of('angry@example.com')).toMatchObject([{ reason: 'complaint' }]);
  const { data } = (await api.get('/suppressions?reason=complaint')).body;
  expect(data).toMatchObject([{ address: 'angry@example.com' }]);
  const [event] = (await api.get('/events?type=email.complained')).body.data;
  expect(data[0].eventId).toBe(event.id);
});

test('whoever is erased stays suppressed, under no name', async () => {
  const address = 'kanarie@example.com';
  const { body: contact } = await api.post('/contacts', { email: address });
  const { body: before } = await api.post('/suppressions', { address });
  await api.delete(`/contacts/${contact.id}`);
  expect(await of(address)).toEqual([{ ...before, address: null }]);
  const rows = await api.admin`select 1 from suppressions s where s::text like '%kanarie%'`;
  expect(rows).toHaveLength(0);
});

test('they are listed by parts, the newest first', async () => {
  for (const name of ['one', 'two', 'three'])
    await api.post('/suppressions', { address: `${name}@list.example.com` });
  const first = (await api.get('/suppressions?limit=2&reason=manual')).body;
  expect(first.data).toMatchObject([
    { address: 'three@list.example.com' },
    { address: 'two@list.example.com' },
  ]);
  const next = await api.get(`/suppressions?limit=2&reason=manual&cursor=${first.nextCursor}`);
  expect(next.body.data[0]).toMatchObject({ address: 'one@list.example.com' });
});

test.each([
  [{}, 'address'],
  [{ address: 'ada' }, 'address'],
  [{ address: `${'a'.repeat(65)}@example.com` }, 'address'],
  [{ address: 'ada@example.com', reason: 'because' }, 'reason'],
  [{ address: 'ada@example.com', note: 'x' }, 'note'],
])('%j is refused', async (body, path) => {
  const refused = await api.post('/suppressions', body);
  expectProblem(refused, 422, 'request.invalid');
  expect(refused.body.issues).toMatchObject([{ path }]);
});

test('reading and writing take a scope each', async () => {
  const reading = await api.keyWith(['contacts:read']);
  expect((await api.get('/suppressions', reading)).status).toBe(200);
  const body = { address: 'ada@example.com' };
  expectProblem(await api.post('/suppressions', body, reading), 403, 'auth.forbidden');
});

test("another workspace's suppressions are none", async () => {
  const { body } = await api.post('/suppressions', { address: 'mine@example.com' });
  const { key } = api.other;
  expectProblem(await api.get(`/suppressions/${body.id}`, key), 404, 'suppression.not_found');
  expectProblem(await api.delete(`/suppressions/${body.id}`, key), 404, 'suppression.not_found');
  expect((await api.get('/suppressions', key)).body.data).toEqual([]);
  const theirs = await api.post('/suppressions', { address: 'mine@example.com' }, key);
  expect(theirs.status).toBe(201);
});
