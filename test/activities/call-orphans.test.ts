/** Calls that an ended journey left claimed: nothing stays so for ever, and nothing is called again. */
import { CALL_ALIVE_FOR_MS, orphanedCalls } from '../../activities/call-orphans';
import { createHttpChannel, type HttpChannel } from '../../src/channels/http';
import type { Database } from '../../src/db/client';
import { recordEffect } from '../../src/db/effects';
import { closeEnrollment } from '../../src/db/enrollments';
import { memoStep } from '../../src/db/steps';
import { type AbandonedCall, listAbandonedCalls } from '../../src/db/upkeep';
import { createLogger } from '../../src/log';
import { type CallCase, callCase, caller } from '../support/calls';
import { type ReceivingServer, startReceivingServer } from '../support/http';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
let outbox: Database;
let server: ReceivingServer;
let http: HttpChannel;
beforeAll(async () => {
  t = await testDatabase();
  outbox = await t.open({ role: 'throughline_relay' });
});
afterAll(() => t?.close());
beforeEach(async () => {
  await t.admin`delete from effects`;
  server = await startReceivingServer();
  http = createHttpChannel({ allow: ['127.0.0.1'] });
});
afterEach(async () => {
  await http.close();
  await server.close();
});

const log = createLogger('test', 'silent');

const round = (stopping = new AbortController().signal) =>
  orphanedCalls({ outbox, db: t.db, log }).run(null, stopping);

async function effectOf({ enrollmentId }: CallCase) {
  const [row] = await t.admin`select * from effects where enrollment_id = ${enrollmentId}`;
  if (row === undefined) throw new Error('There is no effect.');
  return row;
}

/** A call as its worker leaves it that is killed between claim and outcome. */
async function claimed(
  type: CallCase['type'] = 'webhook',
  workspaceId = t.workspaceId,
): Promise<CallCase> {
  const of = await callCase(t.db, workspaceId, { type, data: { url: `${server.url}/hook` } });
  server.answer = (_response, _call, socket) => void socket.destroy();
  await expect(caller(t.db, http)(of)).rejects.toMatchObject({ type: 'http.interrupted' });
  await t.admin`update effects set status = 'claimed', reason = null, response = null, resolved_at = null
    where enrollment_id = ${of.enrollmentId}`;
  return of;
}

const end = ({ workspaceId, enrollmentId }: CallCase) =>
  t.db.inWorkspace(workspaceId, (tx) =>
    closeEnrollment(tx, enrollmentId, { status: 'cancelled', at: new Date() }),
  );

const age = ({ enrollmentId }: CallCase, milliseconds: number) =>
  t.admin`update effects set claimed_at = clock_timestamp() - ${milliseconds} * interval '1 ms'
    where enrollment_id = ${enrollmentId}`;

async function orphan(...given: Parameters<typeof claimed>): Promise<CallCase> {
  const of = await claimed(...given);
  await end(of);
  await age(of, CALL_ALIVE_FOR_MS + 1_000);
  return of;
}

const UNKNOWN = { status: 'unknown', reason: 'interrupted', attempt: 1, response: null };

test.each(['webhook', 'http_request'] as const)(
  'a %s that was claimed when its journey ended becomes unknown, and is not made again',
  async (type) => {
    const of = await orphan(type);
    expect(await round()).toBeNull();
    const row = await effectOf(of);
    expect(row).toMatchObject(UNKNOWN);
    expect(row['resolved_at']).not.toBeNull();
    expect(row['request']).not.toBeNull();
    await round();
    expect(await effectOf(of)).toEqual(row);
    expect(server.calls).toHaveLength(1);
  },
);

test('one whose visit is over becomes unknown too, though the journey goes on', async () => {
  const of = await claimed();
  await age(of, CALL_ALIVE_FOR_MS + 1_000);
  const { workspaceId, enrollmentId } = of;
  const at = new Date();
  await t.db.inWorkspace(workspaceId, (tx) =>
    memoStep(tx, {
      ...{ enrollmentId, nodeId: 'call', visit: 1, nodeType: 'webhook' },
      ...{ status: 'failed', port: 'error', startedAt: at, endedAt: at },
    }),
  );
  await round();
  expect(await effectOf(of)).toMatchObject(UNKNOWN);
});

test('a claim of a journey under way is left to its next attempt', async () => {
  const of = await claimed();
  await age(of, 10 * CALL_ALIVE_FOR_MS);
  await round();
  expect(await effectOf(of)).toMatchObject({ status: 'claimed' });
  server.answer = (response) => void response.end();
  expect(await caller(t.db, http)(of)).toEqual({ outcome: 'done', status: 200 });
});

test('a claim that an attempt may still record is left to it', async () => {
  const of = await orphan();
  await age(of, CALL_ALIVE_FOR_MS - 30_000);
  await round();
  expect(await effectOf(of)).toMatchObject({ status: 'claimed' });
});

test('one that was claimed again, or recorded, between finding and settling is left alone', async () => {
  const [again, recorded] = [await orphan(), await orphan()];
  const relay = Object.assign(Object.create(outbox) as Database, {
    sql: async (...query: Parameters<typeof outbox.sql>) => {
      const rows = await outbox.sql(...query);
      await age(again, 0);
      await t.admin`update effects set status = 'failed', reason = 'http.refused'
        where enrollment_id = ${recorded.enrollmentId}`;
      return rows;
    },
  });
  const never = new AbortController().signal;
  await orphanedCalls({ outbox: relay, db: t.db, log }).run(null, never);
  expect(await effectOf(again)).toMatchObject({ status: 'claimed' });
  expect(await effectOf(recorded)).toMatchObject({ status: 'failed', reason: 'http.refused' });
});

test('what ended otherwise stays as it is', async () => {
  for (const status of ['done', 'failed', 'blocked', 'unknown']) {
    const of = await orphan();
    await t.admin`update effects set status = ${status}, reason = 'as it was'
      where enrollment_id = ${of.enrollmentId}`;
    await round();
    expect(await effectOf(of)).toMatchObject({ status, reason: 'as it was' });
  }
});

test('an attempt that wakes up after all still says what it knows', async () => {
  const of = await orphan();
  await round();
  const effectKey = `${of.enrollmentId}:call:1`;
  const outcome = { status: 'done', reason: null, response: { status: 200 } } as const;
  const recorded = await t.db.inWorkspace(of.workspaceId, (tx) =>
    recordEffect(tx, { effectKey, attempt: 1 }, outcome),
  );
  expect(recorded).toBe(true);
  expect(await effectOf(of)).toMatchObject({
    ...{ status: 'done', reason: null, resolution: 'answered' },
  });
});

test('they are found in every workspace, page by page, by the relay alone', async () => {
  const workspaces = [t.workspaceId, await t.newWorkspace(), await t.newWorkspace()];
  const all: CallCase[] = [];
  for (const workspaceId of workspaces) all.push(await orphan('webhook', workspaceId));
  const about = { quietMs: CALL_ALIVE_FOR_MS, limit: 2 };
  const first = await listAbandonedCalls(outbox, { ...about, after: null });
  const last: AbandonedCall | null = first.at(-1) ?? null;
  const rest = await listAbandonedCalls(outbox, { ...about, after: last });
  expect([first.length, rest.length]).toEqual([2, 1]);
  const found = [...first, ...rest].map((each) => each.workspaceId);
  expect(found.sort()).toEqual(workspaces.sort());
  await expect(listAbandonedCalls(t.db, { ...about, after: null })).rejects.toMatchObject({
    code: '42501',
  });
  await round();
  for (const of of all) expect(await effectOf(of)).toMatchObject(UNKNOWN);
});

test('nothing is begun once the process stops', async () => {
  const of = await orphan();
  await round(AbortSignal.abort());
  expect(await effectOf(of)).toMatchObject({ status: 'claimed' });
});
