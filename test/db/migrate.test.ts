import { getTableColumns } from 'drizzle-orm';
import postgres from 'postgres';
import { openDatabase } from '../../src/db/client';
import { migrate } from '../../src/db/migrate';
import * as schema from '../../src/db/schema';
import { emptyDatabase, testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

async function withDatabase(
  owner: string | undefined,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const database = await emptyDatabase(owner);
  try {
    await work(database.url);
  } finally {
    await database.drop();
  }
}

async function loginAs(url: string, user: string): Promise<string> {
  await t.admin.unsafe(`drop role if exists ${user}; create role ${user} login password 'pw'`);
  return Object.assign(new URL(url), { username: user, password: 'pw' }).href;
}

test('two processes that migrate one empty database at once both succeed, and again is harmless', async () => {
  await withDatabase(undefined, async (url) => {
    await Promise.all([migrate({ url }), migrate({ url })]);
    await migrate({ url });
    const db = await openDatabase({ url });
    expect(await db.sql`select to_regclass('public.events') is not null as made`).toMatchObject([
      { made: true },
    ]);
    await db.close();
  });
});

test('a user without superuser rights migrates as the owner role where the roles exist', async () => {
  await withDatabase('throughline_owner', async (empty) => {
    const url = await loginAs(empty, 'test_deployer');
    await t.admin.unsafe('grant throughline_owner, throughline_app to test_deployer');
    await migrate({ url });
    const db = await openDatabase({ url });
    await db.close();
    await expect(openDatabase({ url, role: 'throughline_relay' })).rejects.toThrow(
      /grant throughline_relay to that user/,
    );
  });
});

test('a user that may not act as the owner is told what an administrator has to do', async () => {
  await withDatabase(undefined, async (empty) => {
    const url = await loginAs(empty, 'test_visitor');
    await expect(migrate({ url })).rejects.toThrow(
      /may not act as throughline_owner. As a superuser: grant throughline_owner/,
    );
    await t.admin.unsafe('grant throughline_owner to test_visitor');
    await expect(migrate({ url })).rejects.toThrow(
      /may not create tables in the database "empty_\w+". As a superuser: grant create/,
    );
  });
});

test('the schema that drizzle knows is the schema of the database', async () => {
  const columns = await t.admin`
    select count(*)::int as n from information_schema.columns c join pg_class p on p.relname = c.table_name
    where c.table_schema = 'public' and not p.relispartition and p.relkind in ('r', 'p')`;
  const known = Object.values(schema).flatMap((table) => Object.keys(getTableColumns(table)));
  expect(columns[0]?.['n']).toBe(known.length);
});

describe('partitions of events', () => {
  const partitions = async () =>
    (
      await t.admin`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'events'::regclass order by 1`
    ).map((row) => row['name'] as string);
  const asOwner = async (statement: string) => {
    const owner = postgres(t.url, {
      max: 1,
      connection: { role: 'throughline_owner' },
      onnotice: () => undefined,
    });
    try {
      await owner.unsafe(statement);
    } finally {
      await owner.end();
    }
  };

  test('this month and the next three have one, and the rest falls into the default', async () => {
    const month = (ahead: number) => {
      const now = new Date();
      const date = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead));
      return `events_${date.toISOString().slice(0, 7).replace('-', '_')}`;
    };
    expect(await partitions()).toEqual(
      [month(0), month(1), month(2), month(3), 'events_default'].sort(),
    );
  });

  test('rows received before their partition was made move into it', async () => {
    await t.admin.unsafe(`set session_replication_role = replica;
      insert into events (workspace_id, id, contact_id, type, properties, occurred_at, received_at)
      select '${t.workspaceId}', gen_random_uuid(), gen_random_uuid(), 'x', '{}', now(), at::timestamptz
      from unnest(array['2020-05-31T23:59:59.999Z', '2020-06-01T00:00:00Z', '2020-06-30T23:59:59.999Z', '2020-07-01T00:00:00Z']) as at;
      reset session_replication_role`);
    await asOwner(`set timezone = 'Asia/Tokyo'; alter table events drop constraint events_workspace_id_contact_id_contacts_workspace_id_id_fk;
      select throughline.ensure_event_partition('2020-06-01')`);
    expect(await t.admin`select count(*)::int as n from events_2020_06`).toMatchObject([{ n: 2 }]);
    expect(await t.admin`select count(*)::int as n from events_default`).toMatchObject([{ n: 2 }]);
    const forced =
      await t.admin`select relforcerowsecurity as forced from pg_class where oid in ('events_default'::regclass, 'events_2020_06'::regclass)`;
    expect([...forced]).toEqual([{ forced: true }, { forced: true }]);
  });

  test('maintenance forgets event ids after 30 days and idempotency keys after a day', async () => {
    await t.admin.unsafe(`
      insert into event_ids (workspace_id, external_id, event_id, received_at)
      select '${t.workspaceId}', d::text, gen_random_uuid(), now() - d * interval '1 day' from unnest(array[29, 31]) as d;
      insert into idempotency_keys (workspace_id, key, route, request_hash, started_at)
      select '${t.workspaceId}', h::text, 'r', 'h', now() - h * interval '1 hour' from unnest(array[23, 25]) as h`);
    const relay = await t.open({ role: 'throughline_relay' });
    await relay.sql`select throughline.maintain()`;
    expect([...(await t.admin`select external_id from event_ids`)]).toEqual([
      { external_id: '29' },
    ]);
    expect([...(await t.admin`select key from idempotency_keys`)]).toEqual([{ key: '23' }]);
  });
});
