import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/db/client';
import { claimChore, finishChore, listOpenEnrollments } from '../../src/db/upkeep';
import { newId } from '../../src/ids';
import { createLogger, type Logger } from '../../src/log';
import { type Chore, maintenance, startUpkeep } from '../../src/temporal/upkeep';
import { enrollment } from '../db/rows';
import { eventually } from '../support/eventually';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
let relay: Database;
beforeAll(async () => {
  t = await testDatabase();
  relay = await t.open({ role: 'throughline_relay' });
});
afterAll(() => t?.close());

const silent = createLogger('test', 'silent');

/** A logger that keeps what it is told. */
function recording(): { log: Logger; entries: Record<string, unknown>[] } {
  const entries: Record<string, unknown>[] = [];
  const note = (fields: Record<string, unknown>) => void entries.push(fields);
  return { log: { info: note, warn: note } as unknown as Logger, entries };
}

const chore = (work: Chore['run'], everyMs = 60_000): Chore => ({
  name: newId(),
  everyMs,
  run: work,
});

test('the database is tidied up at the start: coming partitions are made, old ids forgotten', async () => {
  const [last] = await t.admin<{ name: string }[]>`
    select relname as name from pg_class where relname ~ '^events_\\d{4}_\\d{2}$' and relkind = 'r' order by 1 desc`;
  const name = last?.name ?? '';
  await t.admin`drop table ${t.admin(name)}`;
  await t.admin`
    insert into event_ids (workspace_id, external_id, event_id, received_at)
    values (${t.workspaceId}, 'old', ${newId()}, now() - interval '31 days'),
      (${t.workspaceId}, 'new', ${newId()}, now() - interval '29 days')`;
  const { log, entries } = recording();
  const upkeep = startUpkeep({ db: relay, chores: [maintenance(relay, log)], log });
  await eventually('it is tidied up', async () => entries.length > 0);
  await upkeep.stop();
  expect(entries).toMatchObject([
    { event: 'upkeep.maintained', durationMs: expect.any(Number) as number },
  ]);
  expect(await t.admin`select to_regclass(${name}) is not null as made`).toMatchObject([
    { made: true },
  ]);
  expect(await t.admin`select external_id from event_ids`).toMatchObject([{ external_id: 'new' }]);
});

test('of many processes one does a chore, and the others wait until it is due again', async () => {
  let runs = 0;
  let atOnce = 0;
  const most: number[] = [];
  const slow = chore(async () => {
    runs += 1;
    atOnce += 1;
    most.push(atOnce);
    await sleep(50);
    atOnce -= 1;
    return null;
  });
  const processes = Array.from({ length: 5 }, () =>
    startUpkeep({ db: relay, chores: [slow], log: silent }),
  );
  await eventually('it was done', async () => runs > 0);
  await sleep(300);
  await Promise.all(processes.map((one) => one.stop()));
  expect([runs, Math.max(...most)]).toEqual([1, 1]);
});

test('a chore comes again when it is due, and goes on where it left off, in any process', async () => {
  const seen: unknown[] = [];
  const counting = chore(async (progress) => {
    seen.push(progress);
    return Number(progress ?? 0) + 1;
  }, 100);
  for (const wanted of [2, 4]) {
    const upkeep = startUpkeep({ db: relay, chores: [counting], log: silent });
    await eventually(`it ran ${wanted} times`, async () => seen.length >= wanted);
    await upkeep.stop();
  }
  expect(seen.slice(0, 4)).toEqual([null, 1, 2, 3]);
});

test('a chore that fails is told, keeps its progress and is tried again', async () => {
  const seen: unknown[] = [];
  const failing = chore(async (progress) => {
    seen.push(progress);
    if (seen.length === 2) throw new TypeError('ada@example.com');
    return 'so far';
  }, 100);
  const { log, entries } = recording();
  const upkeep = startUpkeep({ db: relay, chores: [failing], log });
  await eventually('it ran three times', async () => seen.length >= 3);
  await upkeep.stop();
  expect(seen.slice(0, 3)).toEqual([null, 'so far', 'so far']);
  expect(entries).toMatchObject([
    { event: 'upkeep.failed', chore: failing.name, error: 'TypeError' },
  ]);
});

test('stopping interrupts a long chore and waits for it', async () => {
  let over = false;
  let begun = false;
  const long = chore(async (_progress, stopping) => {
    begun = true;
    await sleep(60_000, undefined, { signal: stopping }).catch(() => undefined);
    over = true;
    return null;
  });
  const upkeep = startUpkeep({ db: relay, chores: [long], log: silent });
  await eventually('it has begun', async () => begun);
  await upkeep.stop();
  expect(over).toBe(true);
});

test('a claimant that died gives a chore up when its lease ends', async () => {
  const name = newId();
  expect(await claimChore(relay, name, 80)).toEqual({ claimed: true, progress: null });
  const held = await claimChore(relay, name, 80);
  expect(held).toMatchObject({ claimed: false, dueInMs: expect.any(Number) as number });
  await eventually('it is given up', async () => (await claimChore(relay, name, 10_000)).claimed);
  await finishChore(relay, name, { dueInMs: 60_000, progress: { at: 1 } });
  expect(await claimChore(relay, name, 80)).toMatchObject({ claimed: false });
});

test('open enrollments of all workspaces are listed page by page, by the relay alone', async () => {
  const other = await t.newWorkspace();
  const all: string[] = [];
  for (const workspaceId of [t.workspaceId, t.workspaceId, other])
    all.push((await t.db.inWorkspace(workspaceId, enrollment)).id);
  await t.db.inWorkspace(other, enrollment);
  await t.admin`update enrollments set ended_at = now() where id <> all(${all})`;
  const page = { startedBefore: new Date(), limit: 2 };
  const first = await listOpenEnrollments(relay, { ...page, after: null });
  const rest = await listOpenEnrollments(relay, { ...page, after: first[1] ?? null });
  expect([first.length, rest.length]).toEqual([2, 1]);
  expect([...first, ...rest].map(({ id }) => id).sort()).toEqual([...all].sort());
  const early = { ...page, startedBefore: new Date('2026-01-01T00:00:00Z'), after: null };
  expect(await listOpenEnrollments(relay, early)).toEqual([]);
  const refused = { code: '42501' };
  await expect(listOpenEnrollments(t.db, { ...page, after: null })).rejects.toMatchObject(refused);
  await expect(claimChore(t.db, 'x', 1)).rejects.toMatchObject(refused);
  await expect(finishChore(t.db, 'x', { dueInMs: 1, progress: null })).rejects.toMatchObject(
    refused,
  );
});
