import { sql } from 'drizzle-orm';
import { newId } from '../../src/ids';
import { testDatabase, type TestDatabase } from '../support/postgres';

/** Every table and partition, from the catalogue: a table added later is tested without being named here. */
const TABLES = `
  select c.oid::regclass::text as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced, c.relispartition as part,
    pg_get_userbyid(c.relowner) as owner
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`;
interface TableInfo {
  name: string;
  secured: boolean;
  forced: boolean;
  part: boolean;
  owner: string;
}

const VALUES: Record<string, string> = {
  uuid: 'gen_random_uuid()',
  text: `'x'`,
  int4: '1',
  int8: '1',
  float8: '1',
  jsonb: `'{}'`,
  _text: `'{}'`,
  timestamptz: 'now()',
};

let t: TestDatabase;
let tables: TableInfo[];
let other: string;

beforeAll(async () => {
  t = await testDatabase();
  tables = [...(await t.admin.unsafe<TableInfo[]>(TABLES))];
  other = await t.newWorkspace();
  for (const { name, part } of tables)
    if (!part && name !== 'workspaces') await t.admin.unsafe(await insertOf(name, other));
});
afterAll(() => t?.close());

async function insertOf(table: string, workspaceId: string): Promise<string> {
  const columns = await t.admin<{ name: string; type: string }[]>`
    select attname as name, typname as type from pg_attribute a join pg_type y on y.oid = a.atttypid
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attnotnull
      and (not atthasdef) and attname <> 'workspace_id'`;
  const names = ['workspace_id', ...columns.map((column) => column.name)];
  const values = [`'${workspaceId}'`, ...columns.map((column) => VALUES[column.type] ?? 'null')];
  // As a replica, so that the row needs no parents.
  return `set session_replication_role = replica; insert into ${table} (${names.join()}) values (${values.join()}); reset session_replication_role`;
}

const plain = (statements: string) => statements.split('; ')[1] ?? '';

/** Rows that a statement touched inside the workspace, or the SQLSTATE that refused it. */
async function touched(workspaceId: string | null, statement: string): Promise<number | string> {
  const refused = (error: unknown) => (error as { code: string }).code;
  if (workspaceId === null) return t.db.sql.unsafe(statement).then((rows) => rows.count, refused);
  return t.db
    .inWorkspace(workspaceId, async (tx) => (await tx.execute(sql.raw(statement))).count)
    .catch(refused);
}

const count = async (table: string) =>
  (
    await t.admin.unsafe(
      `select md5(string_agg(t::text, '' order by t::text)) as sum from ${table} t`,
    )
  )[0]?.['sum'] as string;

test('every table is owned by the owner role, and its row-level security is enabled and forced', () => {
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['contacts', 'events', 'events_default', 'outbox', 'workspaces']),
  );
  for (const table of tables)
    expect(table).toMatchObject({ secured: true, forced: true, owner: 'throughline_owner' });
});

test('the connection acts as a role that is bound by row-level security', async () => {
  const me = () =>
    t.db
      .sql`select current_user as name, rolsuper, rolbypassrls from pg_roles where rolname = current_user`;
  expect([...(await me())]).toEqual([
    { name: 'throughline_app', rolsuper: false, rolbypassrls: false },
  ]);
  const inside = await t.db.inWorkspace(t.workspaceId, (tx) =>
    tx.execute(sql`select current_user as name`),
  );
  expect([...inside]).toEqual([{ name: 'throughline_app' }]);
});

test('the workspace of a row reads it', async () => {
  const whole = tables.filter(({ part }) => !part);
  const read = whole.map(async ({ name }) => [name, await touched(other, `select * from ${name}`)]);
  expect(await Promise.all(read)).toEqual(whole.map(({ name }) => [name, 1]));
});

test('another workspace reads, changes and deletes no row, and writes none in the name of the first', async () => {
  for (const { name, part } of tables) {
    const before = await count(name);
    const nothing = part ? ['42501'] : [0, '42501'];
    expect(nothing).toContain(
      await touched(t.workspaceId, `select * from ${name} where workspace_id = '${other}'`),
    );
    expect(nothing).toContain(
      await touched(
        t.workspaceId,
        `update ${name} set workspace_id = '${t.workspaceId}' where workspace_id = '${other}'`,
      ),
    );
    expect(nothing).toContain(
      await touched(t.workspaceId, `delete from ${name} where workspace_id = '${other}'`),
    );
    expect([name, await touched(t.workspaceId, plain(await insertOf(name, other)))]).toEqual([
      name,
      '42501',
    ]);
    expect([name, await count(name)]).toEqual([name, before]);
  }
});

test('without a workspace no row is seen, changed or written', async () => {
  for (const { name, part } of tables) {
    const nothing = part ? ['42501'] : [0, '42501'];
    expect(nothing).toContain(await touched(null, `select * from ${name}`));
    expect(nothing).toContain(
      await touched(null, `update ${name} set workspace_id = '${newId()}'`),
    );
    expect(nothing).toContain(await touched(null, `delete from ${name}`));
    expect([name, await touched(null, plain(await insertOf(name, other)))]).toEqual([
      name,
      '42501',
    ]);
  }
});

test('a row cannot be moved to another workspace', async () => {
  const moved = await touched(other, `update contacts set workspace_id = '${t.workspaceId}'`);
  expect(moved).toBe('42501');
});

test('primary keys and unique indexes start with the workspace', async () => {
  const indexes = await t.admin`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid, 1, true) as first
    from pg_index join pg_class c on c.oid = indrelid where indisunique and c.relnamespace = 'public'::regnamespace`;
  expect(indexes.length).toBeGreaterThan(tables.length);
  for (const { name, first } of indexes) expect([name, first]).toEqual([name, 'workspace_id']);
});

test('a look-up inside a workspace uses its index, though no query names the workspace', async () => {
  const plan = await t.db.inWorkspace(other, async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`);
    return tx.execute(sql`explain select * from steps where enrollment_id = ${newId()}`);
  });
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(text).toMatch(/Index Cond: .*workspace_id = .*current_setting.*enrollment_id = /);
});
