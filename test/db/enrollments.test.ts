import {
  closeEnrollment,
  getEnrollment,
  listEnrollments,
  markStarted,
  openEnrollmentsListening,
  setPosition,
} from '../../src/db/enrollments';
import { findEvent } from '../../src/db/events';
import { admit } from '../support/admit';
import { fileDatabase } from '../support/file-database';
import * as rows from './rows';

const { instant } = rows;
const t = fileDatabase();
const { inside } = t;
let contactId: string;
let workflowId: string;
beforeEach(async () => {
  contactId = await inside(rows.contactId);
  workflowId = await inside(rows.workflowId);
});

const admitted = () =>
  inside((tx) => admit(tx, { workflowId, contactId, at: instant('08:00:00') }));
const close = (id: string, more: object = {}) =>
  inside((tx) =>
    closeEnrollment(tx, id, { status: 'completed', at: instant('09:00:00'), ...more }),
  );

test('the first close wins and is told once as an event', async () => {
  const { id } = await admitted();
  const ends = await Promise.all([
    close(id, { status: 'goal_reached', goalId: 'paid' }),
    close(id, { status: 'cancelled', reason: 'operator' }),
  ]);
  expect(ends[0]).toEqual(ends[1]);
  const event = await inside((tx) => findEvent(tx, { contactId, types: ['enrollment.ended'] }));
  expect(event).toMatchObject({
    properties: {
      enrollmentId: id,
      workflowKey: ends[0]?.workflowKey,
      status: ends[0]?.status,
      goalId: ends[0]?.goalId ?? null,
    },
    causedBy: `enrollment:${id}`,
    depth: 1,
  });
  expect(
    await t.admin`select 1 from events where type = 'enrollment.ended' and contact_id = ${contactId}`,
  ).toHaveLength(1);
});

test('an enrollment ends no earlier than it began, however late the fact is that ends it', async () => {
  const { id, startedAt } = await admitted();
  expect(await close(id, { at: instant('07:00:00') })).toMatchObject({ endedAt: startedAt });
  const event = await inside((tx) => findEvent(tx, { contactId, types: ['enrollment.ended'] }));
  expect(event?.occurredAt).toEqual(startedAt);
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
  const second = await admitted();
  const list = async (filter: object) =>
    (await inside((tx) => listEnrollments(tx, filter, {}))).data.map((row) => row.id);
  expect(await list({ contactId })).toEqual([second.id, first.id]);
  expect(await list({ workflowId, status: 'completed' })).toEqual([first.id]);
});
