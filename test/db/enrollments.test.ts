import type { Tx } from '../../src/db/client';
import {
  admitEnrollment,
  closeEnrollment,
  type Admission,
  getEnrollment,
  listEnrollments,
  markStarted,
  openEnrollmentsListening,
  setPosition,
} from '../../src/db/enrollments';
import { findEvent, recordEvent } from '../../src/db/events';
import { setWorkflowStatus } from '../../src/db/workflow-changes';
import { newId } from '../../src/ids';
import { testDatabase, type TestDatabase } from '../support/postgres';
import * as rows from './rows';

const { instant } = rows;
let t: TestDatabase;
let contactId: string;
let workflowId: string;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());
beforeEach(async () => {
  contactId = await inside(rows.contactId);
  workflowId = await inside(rows.workflowId);
});

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);
const admit = (more: Partial<Admission> = {}) =>
  inside((tx) =>
    admitEnrollment(tx, {
      workflowId,
      contactId,
      at: instant('08:00:00'),
      allowMultiple: false,
      ...more,
    }),
  );
async function admitted(more: Partial<Admission> = {}) {
  const answer = await admit(more);
  if ('blocked' in answer) throw new Error(answer.blocked);
  return answer.enrollment;
}
const close = (id: string, more: object = {}) =>
  inside((tx) =>
    closeEnrollment(tx, id, { status: 'completed', at: instant('09:00:00'), ...more }),
  );

test('of twenty concurrent entries of one contact one wins, and one start is left for the relay', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => admit()));
  const won = answers.flatMap((answer) => ('enrollment' in answer ? [answer.enrollment] : []));
  expect(won).toHaveLength(1);
  expect(
    answers.filter((answer) => 'blocked' in answer && answer.blocked === 'already_active'),
  ).toHaveLength(19);
  expect(
    await t.admin`select 1 from outbox where kind = 'start' and payload ->> 'enrollmentId' = ${won[0]?.id ?? ''}`,
  ).toHaveLength(1);
});

test('parallel entries with keys of their own get numbers without gaps', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => admitted({ allowMultiple: true, key: `k${i}` })),
  );
  expect(answers.map((row) => row.number).sort((a, b) => a - b)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
  expect(await admit({ allowMultiple: true, key: 'k3' })).toEqual({ blocked: 'already_active' });
});

test('an enrollment carries the version, and a workflow id without personal data', async () => {
  const row = await admitted({ variables: { cartId: 7 } });
  expect(row).toMatchObject({
    version: 1,
    number: 1,
    status: 'running',
    variables: { cartId: 7 },
    startedAt: instant('08:00:00'),
    endedAt: null,
  });
  expect(row.temporalWorkflowId).toBe(`journey/${t.workspaceId}/${row.workflowKey}/${contactId}/1`);
});

test('who was here before enters again only where that is allowed', async () => {
  await close((await admitted()).id);
  expect(await admit()).toEqual({ blocked: 'already_entered' });
  expect(await admitted({ allowMultiple: true })).toMatchObject({ number: 2 });
});

test('a workflow that is paused or was never published lets nobody in', async () => {
  await inside((tx) => setWorkflowStatus(tx, workflowId, 'paused'));
  expect(await admit()).toEqual({ blocked: 'workflow_not_active' });
});

test('workflows and contacts that do not exist, also of another workspace, are not found', async () => {
  await expect(admit({ workflowId: newId() })).rejects.toMatchObject({
    code: 'workflow.not_found',
  });
  await expect(admit({ contactId: newId() })).rejects.toMatchObject({ code: 'contact.not_found' });
  const foreign = await t.db.inWorkspace(await t.newWorkspace(), rows.contactId);
  await expect(admit({ contactId: foreign })).rejects.toMatchObject({ code: 'contact.not_found' });
});

test('the same trigger event enters once, however often the relay comes back with it', async () => {
  const trigger = await inside((tx) =>
    recordEvent(tx, {
      contactId,
      type: 'cart.abandoned',
      occurredAt: instant('07:00:00'),
      receivedAt: instant('07:00:00'),
      depth: 2,
    }),
  );
  const once = { triggerEventId: trigger.event.id, allowMultiple: true };
  const entries = await Promise.all(Array.from({ length: 5 }, () => admitted(once)));
  expect(new Set(entries.map((row) => row.id)).size).toBe(1);
  expect(entries[0]).toMatchObject({ depth: 2, triggerEventId: trigger.event.id });
  await close(entries[0]?.id ?? '');
  expect((await admitted(once)).id).toBe(entries[0]?.id);
});

test('the first close wins and is told once as an event', async () => {
  const { id } = await admitted();
  const ends = await Promise.all([
    close(id, { status: 'goal_reached', goalId: 'paid' }),
    close(id, { status: 'cancelled', reason: 'operator' }),
  ]);
  expect(ends[0]).toEqual(ends[1]);
  const event = await inside((tx) => findEvent(tx, { contactId, types: ['enrollment.ended'] }));
  expect(event).toMatchObject({
    properties: { enrollmentId: id, status: ends[0]?.status },
    causedBy: `enrollment:${id}`,
    depth: 1,
  });
  expect(
    await t.admin`select 1 from events where type = 'enrollment.ended' and contact_id = ${contactId}`,
  ).toHaveLength(1);
});

test('a position is noted while the enrollment is open, and not afterwards', async () => {
  const { id } = await admitted();
  const wait = {
    currentNodeIds: ['w'],
    waitUntil: instant('12:00:00'),
    waitingFor: 'Wait 4 hours',
    status: 'waiting' as const,
  };
  await inside((tx) => setPosition(tx, id, wait));
  expect(await inside((tx) => getEnrollment(tx, id))).toMatchObject(wait);
  await close(id);
  await inside((tx) => setPosition(tx, id, wait));
  expect(await inside((tx) => getEnrollment(tx, id))).toMatchObject({
    status: 'completed',
    currentNodeIds: [],
    waitUntil: null,
  });
});

test('the first run stays the one that was noted', async () => {
  const { id } = await admitted();
  await inside((tx) => markStarted(tx, id, 'run-1'));
  await inside((tx) => markStarted(tx, id, 'run-2'));
  expect((await inside((tx) => getEnrollment(tx, id)))?.temporalRunId).toBe('run-1');
});

test('every open enrollment whose version listens is rung, and no other', async () => {
  const { id } = await admitted();
  const listening = async (type: string) =>
    (await inside((tx) => openEnrollmentsListening(tx, contactId, type))).map((row) => row.id);
  expect(await listening('cart.paid')).toEqual([id]);
  expect(await listening('cart.viewed')).toEqual([]);
  await close(id);
  expect(await listening('cart.paid')).toEqual([]);
});

test('enrollments are listed by contact, workflow and status', async () => {
  const first = await admitted();
  await close(first.id);
  const second = await admitted({ allowMultiple: true });
  const list = async (filter: object) =>
    (await inside((tx) => listEnrollments(tx, filter, {}))).data.map((row) => row.id);
  expect(await list({ contactId })).toEqual([second.id, first.id]);
  expect(await list({ workflowId, status: 'completed' })).toEqual([first.id]);
});
