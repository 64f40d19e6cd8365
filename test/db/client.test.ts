import { sql } from 'drizzle-orm';
import { openDatabase } from '../../src/db/client';
import { createApiKey } from '../../src/db/api-keys';
import { upsertContact } from '../../src/db/contacts';
import { DatabaseError } from '../../src/db/failure';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const names = { bypass: 'test_bypass', stranger: 'test_stranger' };

test('a connection that bypasses row-level security is refused', async () => {
  await t.admin.unsafe(`create role ${names.bypass} bypassrls`);
  const opening = openDatabase({ url: t.url, role: names.bypass as 'throughline_app' });
  await expect(opening).rejects.toThrow(
    /bypasses row-level security.*without SUPERUSER and BYPASSRLS/,
  );
  const superuser = openDatabase({ url: t.url, role: 'postgres' as 'throughline_app' });
  await expect(superuser).rejects.toThrow(/acts as "postgres", which bypasses row-level security/);
});

test('a user that was not granted the role is told what to grant', async () => {
  await t.admin.unsafe(`create role ${names.stranger} login password 'pw'`);
  const url = Object.assign(new URL(t.url), { username: names.stranger, password: 'pw' }).href;
  await expect(openDatabase({ url })).rejects.toThrow(/grant throughline_app to that user/);
});

test('a role that does not exist asks for the migrations', async () => {
  const opening = openDatabase({ url: t.url, role: 'throughline_none' as 'throughline_app' });
  await expect(opening).rejects.toThrow(/no role throughline_none. Run the migrations/);
});

test('two hundred transactions at once over ten connections stay in their workspaces', async () => {
  const workspaces = await Promise.all(Array.from({ length: 8 }, () => t.newWorkspace()));
  const seen = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const workspaceId = workspaces[i % workspaces.length] ?? '';
      const rows = await t.db.inWorkspace(workspaceId, async (tx) => {
        await upsertContact(tx, { externalId: `${i}` });
        return tx.execute<{ workspace_id: string }>(
          sql`select distinct workspace_id from contacts`,
        );
      });
      return [workspaceId, rows.map((row) => row.workspace_id)];
    }),
  );
  for (const [workspaceId, found] of seen) expect(found).toEqual([workspaceId]);
  expect(
    await t.admin`select count(*)::int as n from contacts where external_id is not null`,
  ).toMatchObject([{ n: 200 }]);
});

test('the workspace ends with the transaction', async () => {
  const one = await t.open({ max: 1 });
  await one.inWorkspace(await t.newWorkspace(), (tx) => tx.execute(sql`select 1`));
  const left = await one.inWorkspace(t.workspaceId, async (tx) => {
    // Undoes the setting of this transaction, so that what an earlier one left behind shows.
    await tx.execute(sql`rollback`);
    const [row] = await tx.execute(
      sql`select current_setting('throughline.workspace', true) as value`,
    );
    await tx.execute(sql`begin`);
    return row?.['value'];
  });
  expect(left).toBe('');
});

test('what failed inside is rolled back, and the error passes unchanged', async () => {
  const mine = new Error('mine');
  const work = t.db.inWorkspace(t.workspaceId, async (tx) => {
    await createApiKey(tx, { name: 'rolled-back', scopes: [] });
    throw mine;
  });
  await expect(work).rejects.toBe(mine);
  expect(await t.admin`select 1 from api_keys where name = 'rolled-back'`).toHaveLength(0);
});

test('a transaction inside the transaction rolls back alone', async () => {
  const kept = await t.db.inWorkspace(t.workspaceId, async (tx) => {
    await tx.execute(
      sql`insert into lists (id, key, name) values (gen_random_uuid(), 'outer', 'x')`,
    );
    await tx
      .transaction(async (inner) => {
        await inner.execute(
          sql`insert into lists (id, key, name) values (gen_random_uuid(), 'inner', 'x')`,
        );
        throw new Error('inner');
      })
      .catch(() => undefined);
    return tx.execute<{ key: string }>(sql`select key from lists`);
  });
  expect([...kept]).toEqual([{ key: 'outer' }]);
});

test('a workspace id that is no UUID is refused before anything is sent', async () => {
  await expect(t.db.inWorkspace(`x'; drop table contacts`, async () => 1)).rejects.toThrow(
    /no workspace id/,
  );
});

test('a text with a NUL character is refused, and the connection goes on', async () => {
  const one = await t.open({ max: 1 });
  const write = (input: object) => one.inWorkspace(t.workspaceId, (tx) => upsertContact(tx, input));
  await expect(write({ firstName: 'a\0b' })).rejects.toMatchObject({
    code: 'request.forbidden_character',
  });
  await expect(write({ attributes: { note: 'a\0b' } })).rejects.toMatchObject({
    code: 'request.forbidden_character',
  });
  await expect(write({ attributes: { 'a\0b': 1 } })).rejects.toMatchObject({
    code: 'request.forbidden_character',
  });
  await expect(write({ firstName: 'fine' })).resolves.toMatchObject({ created: true });
});

test('an error of the database quotes no values, neither in message nor cause', async () => {
  const canary = 'canary@example.com';
  const failing = [
    sql`insert into workflows (id, key, name, draft) select gen_random_uuid(), ${canary}, 'x', '{}' from generate_series(1, 2)`,
    sql`select ${canary}::text::uuid`,
    sql`insert into contacts (id, email, score) values (gen_random_uuid(), ${canary}, null)`,
  ];
  for (const statement of failing) {
    const error: unknown = await t.db
      .inWorkspace(t.workspaceId, (tx) => tx.execute(statement))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DatabaseError);
    expect((error as Error).cause).toBeUndefined();
    expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain(canary);
  }
  const missing = t.db.inWorkspace(t.workspaceId, (tx) => tx.execute(sql`select * from nowhere`));
  await expect(missing).rejects.toThrow(
    'PostgreSQL answered 42P01: relation "nowhere" does not exist',
  );
});

test('close ends every connection', async () => {
  const db = await openDatabase({ url: t.url, name: 'closing' });
  await Promise.all(
    Array.from({ length: 20 }, () =>
      db.inWorkspace(t.workspaceId, (tx) => tx.execute(sql`select pg_sleep(0.01)`)),
    ),
  );
  const open = async () =>
    (
      await t.admin`select count(*)::int as n from pg_stat_activity where application_name = 'closing'`
    )[0]?.['n'] as number;
  expect(await open()).toBeGreaterThanOrEqual(10);
  await db.close();
  expect(await waitFor(open, 0)).toBe(0);
});

async function waitFor(read: () => Promise<number>, wanted: number): Promise<number> {
  for (let i = 0; i < 50 && (await read()) !== wanted; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return read();
}

test('queries of drizzle stay prepared on their connection, whatever the workspace', async () => {
  const one = await t.open({ max: 1 });
  const prepared = (workspaceId: string) =>
    one.inWorkspace(workspaceId, (tx) =>
      tx.execute<{ n: number }>(
        sql`select count(*)::int as n from pg_prepared_statements where statement like '%set_config%'`,
      ),
    );
  await prepared(t.workspaceId);
  const first = await prepared(t.workspaceId);
  const second = await prepared(await t.newWorkspace());
  expect([first[0]?.n, second[0]?.n]).toEqual([1, 1]);
});
