import { randomUUID } from 'node:crypto';
import { beginIdempotent } from '../../src/db/idempotency';
import { contentHash } from '../../src/language/content-hash';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.post('/workflows', waiting('once'));
  await api.post('/workflows/once/activate');
});
afterAll(() => api.close());

const contact = async () =>
  (await api.post('/contacts', { externalId: randomUUID() })).body.id as string;

test('twenty posts at once with one key enroll once and get one answer', async () => {
  const contactId = await contact();
  const key = randomUUID();
  const posts = Array.from({ length: 20 }, () =>
    api.post('/workflows/once/enrollments', { contactId, key: 'k' }).set('Idempotency-Key', key),
  );
  const answers = await Promise.all(posts);
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(
    19,
  );
  expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
  expect((await api.get(`/contacts/${contactId}/enrollments`)).body.data).toHaveLength(1);
});

test('twenty events at once with one id count once', async () => {
  const contactId = await contact();
  const id = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => api.post('/events', { contactId, id, type: 'a.b' })),
  );
  expect(answers.reduce((sum, { body }) => sum + (body.accepted as number), 0)).toBe(1);
  expect(answers.reduce((sum, { body }) => sum + (body.duplicates as number), 0)).toBe(19);
  const stored = (await api.get(`/contacts/${contactId}/events?limit=200`)).body.data as {
    type: string;
  }[];
  expect(stored.filter(({ type }) => type === 'a.b')).toHaveLength(1);
});

test('the order of fields does not make another request; another value or address does', async () => {
  const key = randomUUID();
  const email = `${randomUUID()}@example.com`;
  expect(
    (await api.post('/contacts', { email, firstName: 'A' }).set('Idempotency-Key', key)).status,
  ).toBe(201);
  const again = await api.post('/contacts', { firstName: 'A', email }).set('Idempotency-Key', key);
  expect(again.status).toBe(201);
  expect(again.headers['idempotent-replayed']).toBe('true');
  expectProblem(
    await api.post('/contacts', { email, firstName: 'B' }).set('Idempotency-Key', key),
    422,
    'request.idempotency_mismatch',
  );
  expectProblem(
    await api.post('/events', { email, type: 'a.b' }).set('Idempotency-Key', key),
    422,
    'request.idempotency_mismatch',
  );
});

test('a change and a deletion that come again are answered as the first time', async () => {
  const { id } = (await api.post('/contacts', { externalId: randomUUID() })).body as { id: string };
  const change = () =>
    api.patch(`/contacts/${id}`, { firstName: 'Ada' }).set('Idempotency-Key', `change-${id}`);
  expect((await change()).headers).not.toHaveProperty('idempotent-replayed');
  expect((await change()).headers['idempotent-replayed']).toBe('true');
  const erase = () => api.delete(`/contacts/${id}`).set('Idempotency-Key', `erase-${id}`);
  const erased = await erase();
  const again = await erase();
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect([again.status, again.body]).toEqual([erased.status, erased.body]);
  expectProblem(await api.delete(`/contacts/${id}`), 404, 'contact.not_found');
});

test('a refusal that was answered is replayed too', async () => {
  const key = randomUUID();
  const contactId = await contact();
  await api.post('/workflows/once/enrollments', { contactId });
  const refused = await api
    .post('/workflows/once/enrollments', { contactId })
    .set('Idempotency-Key', key);
  expectProblem(refused, 409, 'enrollment.blocked');
  const again = await api
    .post('/workflows/once/enrollments', { contactId })
    .set('Idempotency-Key', key);
  expect(again.status).toBe(409);
  expect(again.headers['idempotent-replayed']).toBe('true');
  const { data } = (await api.get(`/contacts/${contactId}/events`)).body as {
    data: { type: string }[];
  };
  expect(data.filter(({ type }) => type === 'enrollment.blocked')).toHaveLength(1);
});

test('an invalid request leaves its key free', async () => {
  const key = randomUUID();
  expectProblem(
    await api.post('/contacts', {}).set('Idempotency-Key', key),
    422,
    'request.invalid',
  );
  expect(
    (await api.post('/contacts', { externalId: key }).set('Idempotency-Key', key)).status,
  ).toBe(201);
});

test('a key whose first request is still running is told so after a short wait', async () => {
  const key = randomUUID();
  const body = { externalId: key };
  const route = 'POST /api/v1/contacts';
  let release = () => {};
  let held = () => {};
  const holding = new Promise<void>((resolve) => (held = resolve));
  const first = api.db.inWorkspace(api.workspaceId, async (tx) => {
    await beginIdempotent(tx, { key, route, requestHash: contentHash([route, body]) });
    held();
    await new Promise<void>((resolve) => (release = resolve));
    throw new Error('The first request fails.');
  });
  await holding;
  const response = await api.post('/contacts', body).set('Idempotency-Key', key);
  release();
  await expect(first).rejects.toThrow('fails');
  expectProblem(response, 409, 'request.in_progress');
  expect(response.headers['retry-after']).toBe('1');
  expect((await api.post('/contacts', body).set('Idempotency-Key', key)).status).toBe(201);
});

test('keys of two workspaces do not meet, and an unusable key is refused', async () => {
  const key = randomUUID();
  expect(
    (await api.post('/contacts', { externalId: 'x' }).set('Idempotency-Key', key)).headers,
  ).not.toHaveProperty('idempotent-replayed');
  const theirs = await api
    .post('/contacts', { externalId: 'x' }, api.other.key)
    .set('Idempotency-Key', key);
  expect(theirs.status).toBe(201);
  expect(theirs.headers).not.toHaveProperty('idempotent-replayed');
  expectProblem(
    await api.post('/contacts', { externalId: 'x' }).set('Idempotency-Key', 'x'.repeat(256)),
    422,
    'request.invalid',
  );
});
