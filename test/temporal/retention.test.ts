import { eq } from 'drizzle-orm';
import type { Config } from '../../src/config';
import { closeEnrollment, type EnrollmentRow, getEnrollment } from '../../src/db/enrollments';
import { claimEffect } from '../../src/db/effects';
import type { Database, Tx } from '../../src/db/client';
import { recordEvent } from '../../src/db/events';
import { enrollments } from '../../src/db/schema/enrollments';
import { memoStep } from '../../src/db/steps';
import { newId } from '../../src/ids';
import type { Logger } from '../../src/log';
import { retention } from '../../src/temporal/retention';
import { contactId, delivery, workflowId } from '../db/rows';
import { admit } from '../support/admit';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
let relay: Database;
beforeAll(async () => {
  t = await testDatabase();
  relay = await t.open({ role: 'throughline_relay' });
});
afterAll(() => t?.close());

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);
const inside = <T>(work: (tx: Tx) => Promise<T>, workspaceId = t.workspaceId) =>
  t.db.inWorkspace(workspaceId, work);

/** Does the chore once; what it told. */
async function keep(settings: Config['keep']): Promise<Record<string, unknown>[]> {
  const told: Record<string, unknown>[] = [];
  const log = { info: (fields: Record<string, unknown>) => void told.push(fields) };
  const chore = retention({
    ...{ outbox: relay, db: t.db, keep: settings, log: log as unknown as Logger },
  });
  await chore.run(null, new AbortController().signal);
  return told;
}

interface Passage {
  readonly workflow: string;
  readonly contact: string;
  /** How many days ago it ended; under way without it. */
  readonly ended?: number;
}

/** Somebody's passage, with a step, a call and a message that are as old as its end. */
async function passage(tx: Tx, { workflow, contact, ended }: Passage): Promise<EnrollmentRow> {
  const entry = { workflowId: workflow, contactId: contact, variables: { plan: 'pro' } };
  const row = await admit(tx, { ...entry, at: daysAgo(1_000) });
  const at = { enrollmentId: row.id, nodeId: 'call', visit: 1 };
  const when = daysAgo(ended ?? 900);
  await memoStep(tx, {
    ...{ ...at, nodeType: 'webhook', status: 'completed', startedAt: when, endedAt: when },
  });
  const effectKey = `${row.id}:call:1`;
  await claimEffect(tx, { ...at, effectKey, kind: 'webhook', status: 'done' });
  await delivery(tx, { contactId: contact, enrollmentId: row.id, effectKey, claimedAt: when });
  if (ended !== undefined) await closeEnrollment(tx, row.id, { status: 'completed', at: when });
  return row;
}

const leftOf = async (id: string) => {
  const [left] = await t.admin`
    select (select count(*)::int from steps where enrollment_id = ${id}) as steps,
      (select count(*)::int from effects where enrollment_id = ${id}) as effects,
      (select count(*)::int from deliveries where enrollment_id = ${id}) as messages,
      (select count(*)::int from enrollments where id = ${id}) as rows`;
  return left;
};
/** Their ids say when they were made: messages of before have older ones. */
const ageMessages = () =>
  t.admin`update deliveries set id = overlay(id::text placing '01000000' from 1 for 8)::uuid`;

test('nothing is deleted unless a deployment says so', async () => {
  const row = await inside(async (tx) =>
    passage(tx, { workflow: await workflowId(tx), contact: await contactId(tx), ended: 999 }),
  );
  await ageMessages();
  expect(await keep({})).toEqual([]);
  expect(await leftOf(row.id)).toEqual({ steps: 1, effects: 1, messages: 1, rows: 1 });
});

test('of enrollments that ended long ago the details go, and the rows that no rule of entry needs', async () => {
  const other = await t.newWorkspace();
  for (const workspaceId of [t.workspaceId, other]) {
    const rows = await inside(async (tx) => {
      const workflow = await workflowId(tx);
      const contact = await contactId(tx);
      const one = await passage(tx, { workflow, contact, ended: 50 });
      const two = await passage(tx, { workflow, contact, ended: 40 });
      const young = await passage(tx, { workflow, contact: await contactId(tx), ended: 20 });
      const open = await passage(tx, { workflow, contact: await contactId(tx) });
      return { one, two, young, open, workflow, contact };
    }, workspaceId);
    expect(await keep({ enrollmentDays: 30 })).toMatchObject([
      { event: 'retention.done', messages: 0, eventMonths: 0 },
    ]);
    const untouched = { steps: 1, effects: 1, messages: 1, rows: 1 };
    expect(await leftOf(rows.one.id)).toEqual({ ...untouched, steps: 0, effects: 0, rows: 0 });
    expect(await leftOf(rows.two.id)).toEqual({ ...untouched, steps: 0, effects: 0 });
    expect(await leftOf(rows.young.id)).toEqual(untouched);
    expect(await leftOf(rows.open.id)).toEqual(untouched);
    const emptied = await inside((tx) => getEnrollment(tx, rows.two.id), workspaceId);
    expect(emptied).toMatchObject({ status: 'completed', variables: {}, number: 2 });
    expect(emptied?.forgottenAt).toBeInstanceOf(Date);
    // Whoever enters again goes on counting: a number names a Temporal workflow.
    const next = await inside(
      (tx) => passage(tx, { workflow: rows.workflow, contact: rows.contact }),
      workspaceId,
    );
    expect(next.number).toBe(3);
    expect(await keep({ enrollmentDays: 30 })).toEqual([]);
  }
});

test('who may enter once is not let in again, and a limit counts all', async () => {
  const { once, limited, contact } = await inside(async (tx) => {
    const workflow = await workflowId(tx, { allowMultiple: false });
    const counting = await workflowId(tx, { limit: 2 });
    const person = await contactId(tx);
    await passage(tx, { workflow, contact: person, ended: 50 });
    await passage(tx, { workflow: counting, contact: person, ended: 50 });
    await passage(tx, { workflow: counting, contact: person, ended: 40 });
    return { once: workflow, limited: counting, contact: person };
  });
  await keep({ enrollmentDays: 30 });
  const enter = (workflow: string) => inside((tx) => passage(tx, { workflow, contact }));
  await expect(enter(once)).rejects.toThrow('already_entered');
  await expect(enter(limited)).rejects.toThrow('limit_reached');
});

test('messages go with the age of their claims, but not those of somebody under way', async () => {
  await t.admin`delete from deliveries`;
  const rows = await inside(async (tx) => {
    const workflow = await workflowId(tx);
    const old = await passage(tx, { workflow, contact: await contactId(tx), ended: 50 });
    const young = await passage(tx, { workflow, contact: await contactId(tx), ended: 20 });
    const open = await passage(tx, { workflow, contact: await contactId(tx) });
    return { old, young, open };
  });
  await ageMessages();
  expect(await keep({ messageDays: 30 })).toMatchObject([{ messages: 1, enrollments: 0 }]);
  expect(await leftOf(rows.old.id)).toMatchObject({ messages: 0, steps: 1 });
  expect(await leftOf(rows.young.id)).toMatchObject({ messages: 1 });
  expect(await leftOf(rows.open.id)).toMatchObject({ messages: 1 });
});

describe('events', () => {
  const parts = async () =>
    (
      await t.admin`select relname as name from pg_class
        where relname in ('events_2019_01', 'events_2019_02', 'events_2019_03') and relkind = 'r' order by 1`
    ).map((row) => String(row['name']));
  const eventIn = (tx: Tx, contact: string, month: string) =>
    recordEvent(tx, {
      ...{ contactId: contact, type: 'cart.paid' },
      ...{ occurredAt: new Date(month), receivedAt: new Date(month) },
    });

  test('go by whole months, but for one that let somebody in who is under way', async () => {
    await t.admin.begin(async (admin) => {
      await admin`set local role throughline_owner`;
      for (const month of ['2019-01-01', '2019-02-01', '2019-03-01'])
        await admin`select throughline.ensure_event_partition(${month}::date)`;
    });
    const trigger = await inside(async (tx) => {
      const contact = await contactId(tx);
      await eventIn(tx, contact, '2019-01-15T00:00:00Z');
      const { event } = await eventIn(tx, contact, '2019-02-15T00:00:00Z');
      const workflow = await workflowId(tx);
      const row = await passage(tx, { workflow, contact });
      await tx
        .update(enrollments)
        .set({ triggerEventId: event.id })
        .where(eq(enrollments.id, row.id));
      return { eventId: event.id, enrollmentId: row.id };
    });
    const age = (Date.now() - Date.parse('2019-03-20T00:00:00Z')) / DAY;
    expect(await keep({ eventDays: age })).toMatchObject([{ eventMonths: 1 }]);
    expect(await parts()).toEqual(['events_2019_02', 'events_2019_03']);
    await inside((tx) =>
      closeEnrollment(tx, trigger.enrollmentId, { status: 'completed', at: new Date() }),
    );
    expect(await keep({ eventDays: age })).toMatchObject([{ eventMonths: 1 }]);
    expect(await parts()).toEqual(['events_2019_03']);
    expect(await t.admin`select 1 from events where id = ${trigger.eventId}`).toHaveLength(0);
    await relay.sql`select throughline.maintain()`;
  });

  test('are dropped by the relay alone', async () => {
    const chore = retention({
      ...{ outbox: t.db, db: t.db, keep: { eventDays: 30 } },
      log: {} as unknown as Logger,
    });
    const run = chore.run(newId(), new AbortController().signal);
    await expect(run).rejects.toMatchObject({ code: '42501' });
  });
});
