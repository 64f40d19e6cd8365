import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type ISql, type TransactionSql } from 'postgres';
import type { Database } from '../../src/db/client';
import {
  claimOutbox,
  completeOutbox,
  enqueue,
  enqueueClaimed,
  type OutboxRow,
  retryOutbox,
  settleOutbox,
} from '../../src/db/outbox';
import type { OutboxLane } from '../../src/db/schema/outbox';
import { newId } from '../../src/ids';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
let relay: Database;
beforeAll(async () => {
  t = await testDatabase();
  relay = await t.open({ role: 'throughline_relay' });
});
afterAll(() => t?.close());
beforeEach(() => t.admin`delete from outbox`);

const LONG = 60_000;
const fill = (workspaceId: string, count: number, lane: OutboxLane = 'live') =>
  t.db.inWorkspace(workspaceId, async (tx) => {
    for (let n = 0; n < count; n += 1) await enqueue(tx, { kind: 'event', payload: { n }, lane });
  });
const claim = (limit: number, leaseMs = LONG, lane?: OutboxLane) =>
  claimOutbox(relay, { limit, leaseMs, lane });
const perWorkspace = (rows: OutboxRow[], workspaceId: string) =>
  rows.filter((row) => row.workspaceId === workspaceId).length;

test('concurrent claims give every row to exactly one claimant', async () => {
  await fill(t.workspaceId, 60);
  await fill(await t.newWorkspace(), 40);
  const batches = await Promise.all(Array.from({ length: 20 }, () => claim(10)));
  const rest = await claim(100);
  const ids = [...batches.flat(), ...rest].map((row) => row.id);
  expect(ids).toHaveLength(100);
  expect(new Set(ids).size).toBe(100);
});

test('a claim waits for nobody: rows locked by a claim under way are skipped', async () => {
  await fill(t.workspaceId, 4);
  await relay.sql.begin(async (sql) => {
    expect(await sql`select * from throughline.claim_outbox(2, ${LONG}, null)`).toHaveLength(2);
    const others = relay.sql.begin(async (second) => {
      await second`set local lock_timeout = '1s'`;
      return second`select * from throughline.claim_outbox(10, ${LONG}, null)`;
    });
    expect(await others).toHaveLength(2);
  });
});

test('a row comes back when its lease has run out, and its late claimant changes nothing', async () => {
  await fill(t.workspaceId, 1);
  const late = await claim(10, 40);
  expect(late).toMatchObject([
    { attempts: 1, kind: 'event', lane: 'live', payload: { n: 0 }, workspaceId: t.workspaceId },
  ]);
  expect(await claim(10)).toEqual([]);
  await sleep(60);
  const next = await claim(10);
  expect(next).toMatchObject([{ id: late[0]?.id, attempts: 2 }]);
  await completeOutbox(relay, late);
  await retryOutbox(relay, late[0] as OutboxRow, { delayMs: 0, error: 'late' });
  expect(
    await t.admin`select attempts, last_error from outbox where claimed_until is not null`,
  ).toMatchObject([{ attempts: 2, last_error: null }]);
  await completeOutbox(relay, next);
  expect(await t.admin`select 1 from outbox`).toHaveLength(0);
});

test('workspaces take turns: a backlog of one delays no other', async () => {
  const small = await t.newWorkspace();
  await fill(t.workspaceId, 100);
  await fill(small, 3);
  const rows = await claim(10);
  expect([perWorkspace(rows, small), perWorkspace(rows, t.workspaceId)]).toEqual([3, 7]);
});

test('with more workspaces than the limit each is served at most once per claim', async () => {
  const workspaces = await Promise.all(Array.from({ length: 12 }, () => t.newWorkspace()));
  for (const workspaceId of workspaces) await fill(workspaceId, 5);
  const rows = await claim(8);
  expect(new Set(rows.map((row) => row.workspaceId)).size).toBe(8);
});

test('a lane is claimed alone, and without one live rows come before bulk rows', async () => {
  await fill(t.workspaceId, 5, 'bulk');
  await fill(t.workspaceId, 3, 'live');
  const lanes = (rows: OutboxRow[]) => rows.map((row) => row.lane).sort();
  expect(lanes(await claim(1, LONG, 'bulk'))).toEqual(['bulk']);
  expect(lanes(await claim(4))).toEqual(['bulk', 'live', 'live', 'live']);
  expect(await claim(10, LONG, 'live')).toEqual([]);
});

test('a row given back is due after its delay', async () => {
  await fill(t.workspaceId, 1);
  const [row] = await claim(1);
  await retryOutbox(relay, row as OutboxRow, { delayMs: 80, error: 'unavailable' });
  expect(await claim(1)).toEqual([]);
  await sleep(100);
  expect(await claim(1)).toMatchObject([{ id: row?.id, attempts: 2 }]);
  expect(await t.admin`select last_error from outbox`).toMatchObject([
    { last_error: 'unavailable' },
  ]);
});

test('a row is due at the commit that left it', async () => {
  for (let n = 0; n < 50; n += 1) {
    await fill(t.workspaceId, 1);
    expect(await claim(1)).toHaveLength(1);
  }
});

test('the application may leave rows, and neither claim, complete nor retry them', async () => {
  await fill(t.workspaceId, 1);
  const row: OutboxRow = {
    workspaceId: t.workspaceId,
    id: t.workspaceId,
    kind: 'event',
    lane: 'live',
    payload: {},
    attempts: 1,
    createdAt: new Date(),
  };
  await expect(claimOutbox(t.db, { limit: 1, leaseMs: 1 })).rejects.toMatchObject({
    code: '42501',
  });
  await expect(completeOutbox(t.db, [row])).rejects.toMatchObject({ code: '42501' });
  await expect(retryOutbox(t.db, row, { delayMs: 1, error: 'x' })).rejects.toMatchObject({
    code: '42501',
  });
});

test('rows left as claimed are nobody else’s until their lease ends', async () => {
  const entry = { kind: 'bell', payload: { n: 1 }, lane: 'bulk' } as const;
  const left = await t.db.inWorkspace(t.workspaceId, (tx) => enqueueClaimed(tx, [entry], 80));
  expect(left).toMatchObject([{ ...entry, attempts: 1, workspaceId: t.workspaceId }]);
  expect(await claim(10)).toEqual([]);
  await sleep(100);
  const late = await claim(10);
  expect(late).toMatchObject([{ id: left[0]?.id, attempts: 2, payload: { n: 1 } }]);
  await completeOutbox(relay, left);
  expect(await t.admin`select 1 from outbox`).toHaveLength(1);
});

test('a row is settled by its claimant alone, and only with the commit', async () => {
  await fill(t.workspaceId, 1);
  const [late] = await claim(1, 1);
  await sleep(20);
  const [row] = await claim(1);
  const settle = (held: OutboxRow | undefined) =>
    t.db.inWorkspace(t.workspaceId, (tx) => settleOutbox(tx, held as OutboxRow));
  expect(await settle(late)).toBe(false);
  const failing = t.db.inWorkspace(t.workspaceId, async (tx) => {
    expect(await settleOutbox(tx, row as OutboxRow)).toBe(true);
    throw new Error('It could not be stored.');
  });
  await expect(failing).rejects.toThrow('It could not be stored.');
  expect([await settle(row), await settle(row)]).toEqual([true, false]);
});

describe('plans made while the outbox was empty', () => {
  const FILLED = 20_000;
  const fillUp = () =>
    t.admin`insert into outbox (workspace_id, id, kind, payload) select ${t.workspaceId}, gen_random_uuid(), 'event', '{}' from generate_series(1, ${FILLED})`;

  // An empty table that was never looked at is taken for one of ten pages.
  beforeEach(() => t.admin`vacuum analyze outbox`);

  /** Rows of the outbox that this transaction has read so far. */
  const read = async (sql: ISql) => {
    const [row] = await sql<{ rows: number }[]>`
      select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'outbox'`;
    return row?.rows;
  };

  test('claiming, giving back and completing read only the rows that they are about', async () => {
    const one = (await t.open({ role: 'throughline_relay', max: 1 })).sql;
    const take = (sql: ISql, lease = LONG) =>
      sql<{ id: string; workspace_id: string; attempts: number }[]>`
        select workspace_id, id, attempts from throughline.claim_outbox(50, ${lease}, null)`;
    for (let n = 0; n < 10; n += 1) {
      expect(await take(one)).toHaveLength(0);
      await one`select throughline.complete_outbox('[]')`;
      await one`select throughline.retry_outbox(${one.json({ id: newId(), workspace_id: newId(), attempts: 1 })}, 0, '')`;
    }
    await fillUp();
    const [again] = await take(one, 1);
    await sleep(20);
    await one.begin(async (sql) => {
      const [first, ...rows] = await take(sql);
      expect(rows).toHaveLength(49);
      await sql`select throughline.complete_outbox(${sql.json(rows)})`;
      await sql`select throughline.retry_outbox(${sql.json(first ?? {})}, 0, '')`;
      expect(await read(sql)).toBeLessThan(1_000);
    });
    expect(again).toMatchObject({ attempts: 1 });
    expect(await t.admin`select count(*)::int as n from outbox`).toMatchObject([
      { n: FILLED - 49 },
    ]);
  });

  test('settling reads only the row that it is about', async () => {
    const one = postgres(t.url, { max: 1, connection: { role: 'throughline_app' } });
    const settle = (sql: ISql, id: string) =>
      sql`select throughline.settle_outbox(${id}, 0) as settled`;
    const inside = (work: (sql: TransactionSql) => Promise<void>) =>
      one.begin(async (sql) => {
        await sql`select set_config('throughline.workspace', ${t.workspaceId}, true)`;
        await work(sql);
      });
    try {
      for (let n = 0; n < 10; n += 1)
        await inside(async (sql) => void (await settle(sql, newId())));
      await fillUp();
      const [row] = await t.admin<{ id: string }[]>`select id from outbox limit 1`;
      await inside(async (sql) => {
        expect([...(await settle(sql, row?.id ?? ''))]).toEqual([{ settled: true }]);
        expect(await read(sql)).toBeLessThan(10);
      });
    } finally {
      await one.end();
    }
  });
});
