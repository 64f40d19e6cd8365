import { randomUUID } from 'node:crypto';
import { holdIssuedKey } from '../../src/db/issued-keys';
import { newId } from '../../src/ids';
import { eventually } from '../support/eventually';
import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const make = async (body: object, key?: string) =>
  (await api.post('/api-keys', { name: 'test', scopes: ['events:write'], ...body }, key)).body;

const opens = async (key: string) => (await api.get('/contacts?limit=1', key)).status === 200;
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

const auditOf = async (id: string) => {
  const { body } = await api.get(`/audit?subjectId=${id}`);
  return body.data.map(({ action }: { action: string }) => action);
};

test('a key is shown once, does what its scopes say, and is known by its hash alone', async () => {
  const made = await api.post('/api-keys', { name: ' CRM ', scopes: ['contacts:read'] });
  expect(made.status).toBe(201);
  const { key, ...known } = made.body;
  expect(known).toMatchObject({
    ...{ name: 'CRM', scopes: ['contacts:read'], status: 'active', createdBy: expect.any(String) },
    ...{ expiresAt: null, lastUsedAt: null, replacedBy: null, revokedAt: null },
  });
  expect(key.startsWith(`tl_${known.prefix}_`)).toBe(true);
  expect(made.headers.location).toBe(`/api/v1/api-keys/${known.id}`);
  expect(await opens(key)).toBe(true);
  expectProblem(
    await api.post('/contacts', { email: 'a@example.com' }, key),
    403,
    'auth.forbidden',
  );
  const { body: read } = await api.get(`/api-keys/${known.id}`);
  expect({ ...read, lastUsedAt: null }).toEqual(known);
  const { body: list } = await api.get('/api-keys?limit=1');
  expect(list.data[0]).toMatchObject({ id: known.id });
  expect(JSON.stringify([read, list])).not.toContain(key.slice(16));
  const rows = await api.admin`select k::text from api_keys k where id = ${known.id}`;
  expect(JSON.stringify(rows)).not.toContain(key.slice(16));
  expect(await auditOf(known.id)).toEqual(['key.create']);
});

test('a request that is repeated under its Idempotency-Key makes no second key, and shows none', async () => {
  const send = () =>
    api.post('/api-keys', { name: 'once', scopes: ['events:write'] }).set('Idempotency-Key', once);
  const once = randomUUID();
  const [first, again] = [await send(), await send()];
  expect(first.body.key).toMatch(/^tl_/);
  expect(again.status).toBe(201);
  expect(again.body).toEqual({ ...first.body, key: null });
  const kept = await api.admin`select response::text from idempotency_keys where key = ${once}`;
  expect(JSON.stringify(kept)).not.toContain(first.body.key.slice(16));
});

test('that it is used is noted', async () => {
  const { id, key } = await make({ scopes: ['contacts:read'] });
  await opens(key);
  const { lastUsedAt } = await eventually('the use was noted', async () => {
    const { body } = await api.get(`/api-keys/${id}`);
    return body.lastUsedAt === null ? undefined : body;
  });
  expect(Math.abs(Date.parse(lastUsedAt) - Date.now())).toBeLessThan(60_000);
});

test('a key with an end opens nothing from then on', async () => {
  const { id, key, expiresAt } = await make({
    ...{ scopes: ['contacts:read'], expiresAt: inSeconds(3_600) },
  });
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  expect(await opens(key)).toBe(true);
  await api.admin`update api_keys set expires_at = now() where id = ${id}`;
  expectProblem(await api.get('/contacts', key), 401, 'auth.invalid');
  expect((await api.get(`/api-keys/${id}`)).body.status).toBe('expired');
  expectProblem(await api.post(`/api-keys/${id}/rotate`), 409, 'key.ended');
  const past = await api.post('/api-keys', {
    ...{ name: 'past', scopes: ['events:write'], expiresAt: inSeconds(-1) },
  });
  expectProblem(past, 422, 'request.invalid');
  expect(past.body.issues).toMatchObject([{ path: 'expiresAt' }]);
});

test('while it is rotated both keys are in force, then the new one alone', async () => {
  const old = await make({ name: 'shop', scopes: ['contacts:read'] });
  const rotated = await api.post(`/api-keys/${old.id}/rotate`, { overlapSeconds: 600 });
  expect(rotated.status).toBe(201);
  const { id, key } = rotated.body;
  expect(rotated.body).toMatchObject({ name: 'shop', scopes: ['contacts:read'], expiresAt: null });
  expect([await opens(old.key), await opens(key)]).toEqual([true, true]);
  const { body: replaced } = await api.get(`/api-keys/${old.id}`);
  expect(replaced).toMatchObject({ status: 'active', replacedBy: id });
  const left = Date.parse(replaced.expiresAt) - Date.now();
  expect(left).toBeGreaterThan(540_000);
  expect(left).toBeLessThanOrEqual(600_000);
  expectProblem(await api.post(`/api-keys/${old.id}/rotate`), 409, 'key.ended');
  expect(await auditOf(old.id)).toEqual(['key.rotate', 'key.create']);

  const again = await api.post(`/api-keys/${id}/rotate`, { overlapSeconds: 0 });
  expect([await opens(key), await opens(again.body.key)]).toEqual([false, true]);
});

test('a rotation lengthens no life: neither that of the old key, nor, unless told, of the new one', async () => {
  const old = await make({ expiresAt: inSeconds(60) });
  const { body: made } = await api.post(`/api-keys/${old.id}/rotate`, { overlapSeconds: 3_600 });
  expect(made.expiresAt).toBe(old.expiresAt);
  expect((await api.get(`/api-keys/${old.id}`)).body.expiresAt).toBe(old.expiresAt);
  const told = await api.post(`/api-keys/${made.id}/rotate`, { expiresAt: null });
  expect(told.body.expiresAt).toBeNull();
});

test('a revoked key is over at once, and revoking it again changes nothing', async () => {
  const { id, key } = await make({ scopes: ['contacts:read'] });
  const revoked = await api.delete(`/api-keys/${id}`);
  expect(revoked.body).toMatchObject({ status: 'revoked', revokedAt: expect.any(String) });
  expectProblem(await api.get('/contacts', key), 401, 'auth.invalid');
  expect((await api.delete(`/api-keys/${id}`)).body.revokedAt).toBe(revoked.body.revokedAt);
  expect(await auditOf(id)).toEqual(['key.revoke', 'key.create']);
  expectProblem(await api.post(`/api-keys/${id}/rotate`), 409, 'key.ended');
});

describe('a key that is not admin', () => {
  test.each([
    [['contacts:*'], ['contacts:read', 'contacts:write', 'contacts:*'], ['events:read', '*:read']],
    [['*:read'], ['audit:read', '*:read'], ['contacts:*', 'contacts:write', 'admin']],
    [['events:write'], ['events:write'], ['events:*', 'events:read', '*:write']],
  ])('with %j gives %j, and not %j', async (own, given, refused) => {
    const key = await api.keyWith([...own, 'api-keys:write']);
    for (const scope of given)
      expect((await api.post('/api-keys', { name: 'x', scopes: [scope] }, key)).status).toBe(201);
    for (const scope of refused) {
      const answer = await api.post('/api-keys', { name: 'x', scopes: [...given, scope] }, key);
      expectProblem(answer, 403, 'auth.forbidden');
      expect(answer.body.detail).toContain(`"${scope}"`);
    }
  });

  test('takes over and revokes no key that may do more', async () => {
    const { id, key } = await make({ scopes: ['contacts:write'] });
    const narrow = await api.keyWith(['contacts:read', 'api-keys:write']);
    expectProblem(await api.post(`/api-keys/${id}/rotate`, {}, narrow), 403, 'auth.forbidden');
    expectProblem(await api.delete(`/api-keys/${id}`, narrow), 403, 'auth.forbidden');
    expect((await api.post('/contacts', { externalId: 'still' }, key)).status).toBe(201);
  });

  test('needs a scope to read keys, and one to make them', async () => {
    const reading = await api.keyWith(['api-keys:read']);
    expect((await api.get('/api-keys', reading)).status).toBe(200);
    const body = { name: 'x', scopes: ['api-keys:read'] };
    expectProblem(await api.post('/api-keys', body, reading), 403, 'auth.forbidden');
    expectProblem(
      await api.get('/api-keys', await api.keyWith(['events:*'])),
      403,
      'auth.forbidden',
    );
  });
});

describe('the last admin key', () => {
  /** A workspace of its own, in which `only` is the one admin key. */
  async function workspace() {
    const own = await startApi();
    const { body } = await own.get('/api-keys');
    return { own, only: body.data[0].id as string };
  }

  test('cannot be revoked, nor given an end that nobody outlives', async () => {
    const { own, only } = await workspace();
    try {
      expectProblem(await own.delete(`/api-keys/${only}`), 409, 'key.last_admin');
      const end = { overlapSeconds: 0, expiresAt: inSeconds(3_600) };
      expectProblem(await own.post(`/api-keys/${only}/rotate`, end), 409, 'key.last_admin');
      expect((await own.get('/api-keys')).body.data).toHaveLength(1);

      await own.post('/api-keys', { name: 'a', scopes: ['admin'], expiresAt: inSeconds(3_600) });
      await own.post('/api-keys', { name: 'b', scopes: ['*:read', '*:write'] });
      expectProblem(await own.delete(`/api-keys/${only}`), 409, 'key.last_admin');
      const { body: second } = await own.post('/api-keys', { name: 'c', scopes: ['admin'] });
      expect((await own.delete(`/api-keys/${only}`)).status).toBe(200);
      expectProblem(await own.delete(`/api-keys/${second.id}`, second.key), 409, 'key.last_admin');
      expect((await own.post(`/api-keys/${second.id}/rotate`, {}, second.key)).status).toBe(201);
    } finally {
      await own.close();
    }
  });

  test('remains, when two revoke each other at once', async () => {
    const { own, only } = await workspace();
    try {
      const { body: other } = await own.post('/api-keys', { name: 'o', scopes: ['admin'] });
      const answers = await Promise.all([
        own.delete(`/api-keys/${other.id}`),
        own.delete(`/api-keys/${only}`, other.key),
      ]);
      const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
      // Who comes second finds her own key gone, or the last one.
      expect(statuses[0]).toBe(200);
      expect([401, 409]).toContain(statuses[1]);
      const left = await own.admin`
        select 1 from api_keys where revoked_at is null and scopes @> '{admin}'
          and workspace_id = ${own.workspaceId}`;
      expect(left).toHaveLength(1);
    } finally {
      await own.close();
    }
  });

  test('is held while another is being ended', async () => {
    const { own, only } = await workspace();
    try {
      const { body: other } = await own.post('/api-keys', { name: 'o', scopes: ['admin'] });
      const blocked = await own.db.inWorkspace(own.workspaceId, async (tx) => {
        await holdIssuedKey(tx, other.id);
        const revoking = own.admin.begin(async (sql) => {
          await sql`set local lock_timeout = '100ms'`;
          await sql`update api_keys set revoked_at = now() where id = ${only}`;
        });
        return revoking.then(
          () => 'not held',
          ({ code }: { code: string }) => code,
        );
      });
      expect(blocked).toBe('55P03');
    } finally {
      await own.close();
    }
  });
});

test.each([
  [{ scopes: ['admin'] }, 'name'],
  [{ name: 'x', scopes: [] }, 'scopes'],
  [{ name: 'x', scopes: ['everything'] }, 'scopes[0]'],
  [{ name: 'x', scopes: ['*:*'] }, 'scopes[0]'],
  [{ name: 'x', scopes: ['admin'], key: 'mine' }, 'key'],
  [{ name: 'x', scopes: ['admin'], expiresAt: 'tomorrow' }, 'expiresAt'],
])('%j is refused', async (body, path) => {
  const refused = await api.post('/api-keys', body);
  expectProblem(refused, 422, 'request.invalid');
  expect(refused.body.issues).toMatchObject([{ path }]);
});

test("another workspace's keys are none", async () => {
  const { id, key: mine } = await make({ scopes: ['contacts:read'] });
  const { key } = api.other;
  for (const wanted of [id, newId(), 'x']) {
    expectProblem(await api.get(`/api-keys/${wanted}`, key), 404, 'key.not_found');
    expectProblem(await api.post(`/api-keys/${wanted}/rotate`, {}, key), 404, 'key.not_found');
    expectProblem(await api.delete(`/api-keys/${wanted}`, key), 404, 'key.not_found');
  }
  expect(await opens(mine)).toBe(true);
  expect((await api.get('/api-keys', key)).body.data).toHaveLength(1);
});
