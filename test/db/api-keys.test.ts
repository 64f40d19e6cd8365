import {
  createApiKey,
  ensureDevWorkspace,
  generateApiKey,
  lookUpApiKey,
} from '../../src/db/api-keys';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const create = () =>
  t.db.inWorkspace(t.workspaceId, (tx) =>
    createApiKey(tx, { name: 'test', scopes: ['events:write'] }),
  );

test('a key names its workspace and scopes, and is stored only as a hash', async () => {
  const { id, key } = await create();
  expect(key).toMatch(/^tl_[0-9a-zA-Z]{12}_[0-9a-zA-Z_-]{43}$/);
  expect(await lookUpApiKey(t.db, key)).toEqual({
    workspaceId: t.workspaceId,
    keyId: id,
    scopes: ['events:write'],
  });
  const [row] = await t.admin`select * from api_keys where id = ${id}`;
  expect(JSON.stringify(row)).not.toContain(key.slice(16));
});

test('a key that is wrong, unknown, revoked or no key at all is nobody', async () => {
  const { id, key } = await create();
  const flipped = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
  for (const presented of [
    flipped,
    generateApiKey(),
    key.slice(0, 20),
    '',
    'nonsense',
    `${key} `,
    'x'.repeat(10_000),
    'a\0b',
  ]) {
    expect(await lookUpApiKey(t.db, presented)).toBeNull();
  }
  await t.admin`update api_keys set revoked_at = now() where id = ${id}`;
  expect(await lookUpApiKey(t.db, key)).toBeNull();
});

test('two keys with one prefix are told apart by their secrets', async () => {
  const { id, key } = await create();
  const second = await create();
  await t.admin`update api_keys set prefix = ${key.split('_')[1] ?? ''} where id = ${second.id}`;
  expect((await lookUpApiKey(t.db, key))?.keyId).toBe(id);
});

test('the relay looks no keys up', async () => {
  const relay = await t.open({ role: 'throughline_relay' });
  await expect(lookUpApiKey(relay, generateApiKey())).rejects.toMatchObject({ code: '42501' });
  await expect(relay.sql`select * from api_keys`).rejects.toMatchObject({ code: '42501' });
});

test('the dev workspace is made once, with every key it was started with, whatever its form', async () => {
  const keys = [generateApiKey(), 'local-dev-key'];
  for (const key of [...keys, ...keys]) {
    const workspaceId = await ensureDevWorkspace(t.url, key);
    expect(await lookUpApiKey(t.db, key)).toMatchObject({ workspaceId, scopes: ['admin'] });
  }
  expect(await t.admin`select 1 from api_keys where name = 'dev'`).toHaveLength(2);
});
