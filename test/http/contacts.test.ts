import { randomUUID } from 'node:crypto';
import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const eventsOf = async (id: string) =>
  (
    (await api.get(`/contacts/${id}/events?limit=200`)).body.data as {
      type: string;
      properties: object;
    }[]
  )
    .map(({ type, properties }) => ({ type, ...properties }))
    .reverse();

test('a post creates a contact, and the next one with its address changes it', async () => {
  const email = `${randomUUID()}@Example.com`;
  const created = await api.post('/contacts', {
    email,
    attributes: { plan: 'pro', seats: 3 },
    tags: ['vip'],
    score: 2,
  });
  expect(created.status).toBe(201);
  expect(created.headers.location).toBe(`/api/v1/contacts/${created.body.id}`);
  expect(created.body).toMatchObject({
    email,
    firstName: null,
    tags: ['vip'],
    score: 2,
    createdAt: expect.stringMatching(/Z$/),
  });
  const changed = await api.post('/contacts', {
    email: email.toLowerCase(),
    externalId: email,
    attributes: { seats: null, city: 'Rome' },
  });
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({
    id: created.body.id,
    externalId: email,
    attributes: { plan: 'pro', city: 'Rome' },
  });
  expect((await api.get(`/contacts/${created.body.id}`)).body).toEqual(changed.body);
});

test('a time zone that does not exist is stored, and the answer warns of it', async () => {
  const warned = await api.post('/contacts', {
    externalId: randomUUID(),
    timeZone: 'Europe/Berln',
  });
  expect(warned.status).toBe(201);
  expect(warned.body.timeZone).toBe('Europe/Berln');
  expect(warned.body.warnings).toEqual([
    {
      code: 'request.wrong_value',
      path: 'timeZone',
      message: expect.stringContaining('so it counts as none. Did you mean "Europe/Berlin"?'),
      suggestion: 'Europe/Berlin',
    },
  ]);
  const { id } = warned.body as { id: string };
  const patched = await api.patch(`/contacts/${id}`, { timeZone: 'Mars/X' });
  expect(patched.body.warnings).toMatchObject([{ path: 'timeZone' }]);
  for (const timeZone of ['Europe/Berlin', 'UTC', null])
    expect((await api.patch(`/contacts/${id}`, { timeZone })).body).not.toHaveProperty('warnings');
  expect((await api.get(`/contacts/${id}`)).body).not.toHaveProperty('warnings');
});

test('changes are events of the contact, and no change is none', async () => {
  const { id } = (await api.post('/contacts', { externalId: randomUUID(), tags: ['a'] })).body as {
    id: string;
  };
  expect(await eventsOf(id)).toEqual([
    { type: 'contact.created', changed: ['externalId', 'tags'] },
    { type: 'contact.tag_added', tag: 'a' },
  ]);
  await api.patch(`/contacts/${id}`, { tags: ['b'], score: 5, attributes: { plan: 'pro' } });
  expect((await eventsOf(id)).slice(2)).toEqual([
    { type: 'contact.updated', changed: ['score', 'tags', 'attributes.plan'] },
    { type: 'contact.tag_added', tag: 'b' },
    { type: 'contact.tag_removed', tag: 'a' },
    { type: 'contact.score_changed', score: 5 },
    { type: 'contact.field_changed', field: 'score' },
    { type: 'contact.field_changed', field: 'attributes.plan' },
  ]);
  await api.patch(`/contacts/${id}`, { tags: ['b'], score: 5, attributes: { plan: 'pro' } });
  expect(await eventsOf(id)).toHaveLength(8);
});

test('consent is merged by channel, and each change is one of a field', async () => {
  const created = await api.post('/contacts', {
    externalId: randomUUID(),
    consent: { email: true, sms: false, push: null },
  });
  expect(created.body.consent).toEqual({ email: true, sms: false });
  const { id } = created.body as { id: string };
  const patched = await api.patch(`/contacts/${id}`, { consent: { email: false, sms: null } });
  expect(patched.body.consent).toEqual({ email: false });
  expect((await api.get(`/contacts/${id}`)).body.consent).toEqual({ email: false });
  await api.patch(`/contacts/${id}`, { consent: { email: false } });
  expect(await eventsOf(id)).toEqual([
    { type: 'contact.created', changed: ['externalId', 'consent.email', 'consent.sms'] },
    { type: 'contact.updated', changed: ['consent.email', 'consent.sms'] },
    { type: 'contact.field_changed', field: 'consent.email' },
    { type: 'contact.field_changed', field: 'consent.sms' },
  ]);
});

test('a no to a channel that nobody heeds is refused', async () => {
  for (const consent of [{ mail: false }, { email: 'no' }, { 'email.No!': false }, false]) {
    const { status, body } = await api.post('/contacts', { externalId: randomUUID(), consent });
    expect({ status, issues: body.issues }).toMatchObject({
      status: 422,
      issues: [{ path: expect.stringMatching(/^consent/) }],
    });
  }
});

test('null clears a field, and an identifier of somebody else is a conflict', async () => {
  const [mine, theirs] = [randomUUID(), randomUUID()];
  const { id } = (await api.post('/contacts', { externalId: mine, firstName: 'Ada' })).body as {
    id: string;
  };
  await api.post('/contacts', { externalId: theirs, email: `${theirs}@example.com` });
  expect((await api.patch(`/contacts/${id}`, { firstName: null })).body.firstName).toBeNull();
  expectProblem(
    await api.patch(`/contacts/${id}`, { externalId: theirs }),
    409,
    'contact.conflict',
  );
  expectProblem(
    await api.post('/contacts', { externalId: mine, email: `${theirs}@example.com` }),
    409,
    'contact.conflict',
  );
});

test('lists page through everything once, the newest first', async () => {
  const created: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    created.unshift(
      (await api.post('/contacts', { externalId: randomUUID() }, api.other.key)).body.id as string,
    );
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { data, nextCursor } = (await api.get(`/contacts?limit=2${query}`, api.other.key))
      .body as { data: { id: string }[]; nextCursor: string | null };
    seen.push(...data.map(({ id }) => id));
    cursor = nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(created);
});

test('a contact is found by her address in any case, or by an id of the caller', async () => {
  const email = `${randomUUID()}@Example.com`;
  const externalId = randomUUID();
  const { body: her } = await api.post('/contacts', { email, externalId });
  await api.post('/contacts', { email: `${randomUUID()}@example.com` });
  const [byEmail, byId] = [`email=${email.toUpperCase()}`, `externalId=${externalId}`];
  for (const query of [byEmail, byId, `${byEmail}&${byId}`]) {
    const found = await api.get(`/contacts?${query}`);
    expect(found.body).toEqual({ data: [her], nextCursor: null });
  }
  expect((await api.get('/contacts?email=nobody@example.com')).body.data).toEqual([]);
  const strangers = await api.get(`/contacts?externalId=${externalId}`, api.other.key);
  expect(strangers.body.data).toEqual([]);
});
