import { eq } from 'drizzle-orm';
import type { Database, Tx } from '../../src/db/client';
import { claimEffect } from '../../src/db/effects';
import { closeEnrollment, type EnrollmentRow } from '../../src/db/enrollments';
import { enrollments } from '../../src/db/schema/enrollments';
import { enterStep, memoStep } from '../../src/db/steps';
import { listStuck, noteStuck } from '../../src/db/stuck';
import { newId } from '../../src/ids';
import { nodeTypes } from '../../src/journey/nodes/index';
import type { Logger } from '../../src/log';
import { stuckWatch } from '../../src/temporal/stuck';
import { delivery, enrollment } from '../db/rows';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
let relay: Database;
beforeAll(async () => {
  t = await testDatabase();
  relay = await t.open({ role: 'throughline_relay' });
});
afterAll(() => t?.close());
beforeEach(async () => {
  await t.admin`update enrollments set ended_at = now(), status = 'exited' where ended_at is null`;
  await t.admin`delete from outbox`;
});

const MINUTE = 60_000;
const QUIET_MS = 15 * MINUTE;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);
const inside = <T>(work: (tx: Tx) => Promise<T>, workspaceId = t.workspaceId) =>
  t.db.inWorkspace(workspaceId, work);

type Change = Partial<typeof enrollments.$inferInsert>;

/** Somebody who entered two hours ago, was started, and is as told. */
const somebody = (change: Change = {}, workspaceId = t.workspaceId): Promise<EnrollmentRow> =>
  inside(async (tx) => {
    const { id } = await enrollment(tx);
    const set = { startedAt: ago(120), temporalRunId: newId(), ...change };
    const [row] = await tx.update(enrollments).set(set).where(eq(enrollments.id, id)).returning();
    if (row === undefined) throw new Error('There is no such enrollment.');
    return row;
  }, workspaceId);

const waits = (until: Date, nodes = ['pause']): Change => ({
  ...{ status: 'waiting', waitUntil: until, waitingFor: 'time', currentNodeIds: nodes },
});

/** Enters a node so many minutes ago. */
const enters = (id: string, nodeType: string, minutes: number, nodeId = 'pause') =>
  inside((tx) =>
    enterStep(tx, {
      ...{ enrollmentId: id, nodeId, visit: 1, nodeType },
      ...{ status: 'waiting', at: ago(minutes) },
    }),
  );

/** The reasons of the workspace's open enrollments, by id. */
async function found(): Promise<Record<string, string>> {
  const page = { after: null, quietMs: QUIET_MS, ringAgainMs: 60 * MINUTE, limit: 500 };
  await noteStuck(relay, page);
  const { data } = await inside((tx) => listStuck(tx, {}, {}));
  return Object.fromEntries(data.map((row) => [row.enrollment.id, row.reason]));
}

test('who waits for what is still to come, stands still by order, or has just come is not stuck', async () => {
  const { id: waiting } = await somebody(waits(ago(-60)));
  await enters(waiting, 'wait', 60);
  const { id: late } = await somebody(waits(ago(5)));
  await enters(late, 'wait', 60);
  await somebody({ ...waits(ago(60)), status: 'paused' });
  await somebody({ startedAt: ago(5), temporalRunId: null });
  const { id: listens } = await somebody({ ...waits(ago(0)), waitUntil: null });
  await enters(listens, 'wait_for_event', 60);
  const { id: between } = await somebody();
  await inside((tx) =>
    memoStep(tx, {
      ...{ enrollmentId: between, nodeId: 'tag', visit: 1, nodeType: 'add_tag' },
      ...{ status: 'completed', startedAt: ago(60), endedAt: ago(1) },
    }),
  );
  expect(await found()).toEqual({});
});

test('whoever nobody started, whose wait is over, or who stands nowhere is stuck', async () => {
  const { id: unstarted } = await somebody({ temporalRunId: null });
  const { id: late } = await somebody(waits(ago(20)));
  await enters(late, 'wait', 60);
  const { id: nowhere } = await somebody();
  expect(await found()).toEqual({
    [unstarted]: 'not_started',
    [late]: 'wait_over',
    [nowhere]: 'no_step',
  });
});

test('of somebody on two paths no wait is taken for over: it may be the one of the other path', async () => {
  const { id } = await somebody(waits(ago(20), ['pause', 'other']));
  await enters(id, 'wait', 60);
  expect(await found()).toEqual({});
});

describe('an effect that is open', () => {
  const EFFECTS = [...nodeTypes.values()].flatMap(({ kind, type }) =>
    kind === 'effect' ? [type] : [],
  );

  test.each(EFFECTS)('%s: without a claim it is stuck', async (type) => {
    const { id } = await somebody({ ...waits(ago(0)), waitUntil: null });
    await enters(id, type, 60);
    expect(await found()).toEqual({ [id]: 'step_open' });
  });

  const sending = async (status: string, claimedAt: Date) => {
    const { id, contactId } = await somebody({ ...waits(ago(0)), waitUntil: null });
    await enters(id, 'send_email', 60);
    await inside((tx) =>
      delivery(tx, { contactId, enrollmentId: id, effectKey: `${id}:pause:1`, claimedAt }),
    );
    await t.admin`update deliveries set status = ${status} where enrollment_id = ${id}`;
    return id;
  };

  test.each([
    ['claimed', 5],
    ['failed', 60],
    ['unknown', 6_000],
    ['sent', 1],
  ])('a message that was %s %d minutes ago has its reason', async (status, minutes) => {
    await sending(status, ago(minutes));
    expect(await found()).toEqual({});
  });

  test.each([
    ['claimed', 60],
    ['failed', 1_500],
    ['sent', 60],
    ['blocked', 60],
  ])('a message that was %s %d minutes ago has none any more', async (status, minutes) => {
    const id = await sending(status, ago(minutes));
    expect(await found()).toEqual({ [id]: 'step_open' });
  });

  test('a workflow that was called may take its time', async () => {
    const { id } = await somebody({ ...waits(ago(0)), waitUntil: null });
    await enters(id, 'call_workflow', 600);
    const claim = { enrollmentId: id, effectKey: `${id}:pause:1`, nodeId: 'pause', visit: 1 };
    await inside((tx) => claimEffect(tx, { ...claim, kind: 'call_workflow', status: 'done' }));
    await t.admin`update effects set claimed_at = now() - interval '10 hours' where enrollment_id = ${id}`;
    expect(await found()).toEqual({});
  });
});

/** Looks once, as the upkeep does; returns what it told. */
async function goRound(page?: number): Promise<Record<string, unknown>[]> {
  const told: Record<string, unknown>[] = [];
  const log = { warn: (fields: Record<string, unknown>) => void told.push(fields) };
  const watch = stuckWatch({
    ...{ outbox: relay, quietMs: QUIET_MS, log: log as unknown as Logger },
    ...(page === undefined ? {} : { page }),
  });
  expect(await watch.run(null, new AbortController().signal)).toBeNull();
  return told;
}

const bells = async () =>
  (
    await t.admin`select payload ->> 'enrollmentId' as id, lane from outbox where kind = 'bell'`
  ).map((row) => [row['id'], row['lane']]);

test('the watch goes through all workspaces, tells of each once with ids alone, and rings', async () => {
  const other = await t.newWorkspace();
  const mine = await somebody(waits(ago(20)));
  await enters(mine.id, 'wait', 60);
  const theirs = await somebody({}, other);
  const unstarted = await somebody({ temporalRunId: null });
  await somebody(waits(ago(-60)));
  const told = await goRound(1);
  const line = { event: 'enrollment.stuck', workspaceId: t.workspaceId };
  expect(told).toHaveLength(3);
  expect(told).toEqual(
    expect.arrayContaining([
      { ...line, enrollmentId: mine.id, reason: 'wait_over' },
      { ...line, enrollmentId: unstarted.id, reason: 'not_started' },
      { ...line, workspaceId: other, enrollmentId: theirs.id, reason: 'no_step' },
    ]),
  );
  const rung = [mine.id, theirs.id].map((id) => [id, 'bulk']);
  expect(await bells()).toEqual(expect.arrayContaining(rung));
  expect(await goRound()).toEqual([]);
  expect(await bells()).toHaveLength(2);
  await t.admin`update stuck_enrollments set rung_at = now() - interval '2 hours'`;
  expect(await goRound()).toEqual([]);
  expect(await bells()).toHaveLength(4);
});

test('nobody is rung while the relay is behind', async () => {
  const { id } = await somebody();
  await t.admin`
    insert into outbox (workspace_id, id, kind, payload)
    select ${t.workspaceId}, gen_random_uuid(), 'job', '{}' from generate_series(1, 1000)`;
  expect(await goRound()).toMatchObject([{ enrollmentId: id }]);
  expect(await bells()).toEqual([]);
  await t.admin`update stuck_enrollments set found_at = now() - interval '2 hours'`;
  await t.admin`delete from outbox`;
  expect(await goRound()).toEqual([]);
  expect(await bells()).toEqual([[id, 'bulk']]);
});

test('who moves on or ends is taken off, and told of again when she stands still again', async () => {
  const one = await somebody(waits(ago(20)));
  await enters(one.id, 'wait', 60);
  const two = await somebody();
  expect(await goRound()).toHaveLength(2);
  await t.admin`update enrollments set wait_until = now() + interval '1 hour' where id = ${one.id}`;
  await inside((tx) => closeEnrollment(tx, two.id, { status: 'completed', at: new Date() }));
  expect(await goRound()).toEqual([]);
  expect(await t.admin`select 1 from stuck_enrollments`).toHaveLength(0);
  await t.admin`update enrollments set wait_until = now() - interval '1 hour' where id = ${one.id}`;
  expect(await goRound()).toMatchObject([{ enrollmentId: one.id }]);
});

test('the app can look at its own, and note nobody', async () => {
  const page = { after: null, quietMs: 1, ringAgainMs: 1, limit: 1 };
  await expect(noteStuck(t.db, page)).rejects.toMatchObject({ code: '42501' });
});
