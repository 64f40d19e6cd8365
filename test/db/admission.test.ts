import { type Admission, admitEnrollment } from '../../src/db/admission';
import { patchContact } from '../../src/db/contacts';
import { closeEnrollment, getEnrollment } from '../../src/db/enrollments';
import { type EventInput, findEvents, recordEvent } from '../../src/db/events';
import { addToList } from '../../src/db/lists';
import { enterStep, listSteps } from '../../src/db/steps';
import { setWorkflowStatus } from '../../src/db/workflow-changes';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { conditionGroup } from '../../src/journey/condition';
import type { Way } from '../../src/journey/rate-limit';
import { fileDatabase } from '../support/file-database';
import * as rows from './rows';

const { instant } = rows;
const t = fileDatabase();
const { inside } = t;
let contactId: string;
let workflowId: string;
beforeEach(async () => {
  contactId = await inside(rows.contactId);
  workflowId = await workflow();
});

const workflow = (settings: object = {}) => inside((tx) => rows.workflowId(tx, settings));
const admit = (more: Partial<Admission> = {}) =>
  inside((tx) =>
    admitEnrollment(tx, {
      ...{ workflowId, contactId, at: instant('08:00:00') },
      judge: createEvaluators().condition,
      ...more,
    }),
  );
async function admitted(more: Partial<Admission> = {}) {
  const answer = await admit(more);
  if ('blocked' in answer) throw new Error(answer.blocked);
  return answer.enrollment;
}
const close = (id: string, at = instant('09:00:00')) =>
  inside((tx) => closeEnrollment(tx, id, { status: 'completed', at }));
const blockedEvents = () =>
  inside((tx) => findEvents(tx, { contactId, types: ['enrollment.blocked'] }, 100));
const event = (more: Partial<EventInput> = {}) =>
  inside(async (tx) => {
    const times = { occurredAt: instant('07:00:00'), receivedAt: instant('07:00:00') };
    return (await recordEvent(tx, { contactId, type: 'cart.abandoned', ...times, ...more })).event;
  });
const outbox = (id: string) =>
  t.admin`select kind from outbox where payload ->> 'enrollmentId' = ${id} order by sequence`;

test('of twenty concurrent entries of one contact one wins, and one start is left for the relay', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => admit()));
  const won = answers.flatMap((answer) => ('enrollment' in answer ? [answer.enrollment] : []));
  expect(won).toHaveLength(1);
  expect(
    answers.filter((answer) => 'blocked' in answer && answer.blocked === 'already_active'),
  ).toHaveLength(19);
  expect(await outbox(won[0]?.id ?? '')).toEqual([{ kind: 'start' }]);
});

test('of twenty concurrent entries no more win than the limit allows', async () => {
  workflowId = await workflow({ whenActive: 'parallel', limit: 3, window: 3_600_000 });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => admit({ key: `k${i}` })));
  expect(answers.filter((answer) => 'enrollment' in answer)).toHaveLength(3);
  expect(await admit({ key: 'later' })).toEqual({
    blocked: 'limit_reached',
    until: instant('09:00:00'),
  });
  expect(await admitted({ key: 'later', at: instant('09:00:00') })).toMatchObject({ number: 4 });
});

test('parallel entries with keys of their own get numbers without gaps', async () => {
  workflowId = await workflow({ whenActive: 'parallel' });
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => admitted({ key: `k${i}` })),
  );
  expect(answers.map((row) => row.number).sort((a, b) => a - b)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
  expect(await admit({ key: 'k3' })).toEqual({ blocked: 'already_active' });
});

test('who is inside is refused where nothing else is said, whatever the key', async () => {
  await admitted({ key: 'a' });
  expect(await admit({ key: 'b' })).toEqual({ blocked: 'already_active' });
});

test('an enrollment carries the version, and a workflow id without personal data', async () => {
  const row = await admitted({ variables: { cartId: 7 } });
  expect(row).toMatchObject({
    ...{ version: 1, number: 1, status: 'running', causedBy: null, depth: 0 },
    ...{ variables: { cartId: 7 }, startedAt: instant('08:00:00'), endedAt: null },
  });
  expect(row.temporalWorkflowId).toBe(`journey/${t.workspaceId}/${row.workflowKey}/${contactId}/1`);
});

test('who was here before enters again unless everybody enters once', async () => {
  await close((await admitted()).id);
  expect(await admitted()).toMatchObject({ number: 2 });
  workflowId = await workflow({ allowMultiple: false });
  await close((await admitted()).id);
  expect(await admit()).toEqual({ blocked: 'already_entered' });
});

describe('the rate limit of a trigger', () => {
  const hourly = (max: number) => ({ rateLimit: { max, per: 3_600_000 } });
  const at = (time: string) => ({ at: instant(time) });
  const by = async (way: Way, time: string) => {
    const { id } = await event({ type: 'cart.left' });
    return { triggerEventId: id, ways: [way], ...at(time) };
  };
  const left = (max: number) => ({ triggerKey: 'cart.left#1', ...hourly(max) });

  test('refuses who came through it too often, and the event says until when', async () => {
    workflowId = await workflow({ whenActive: 'restart' });
    const entered = await admitted(await by(left(2), '08:00:00'));
    expect(entered).toMatchObject({ triggerKey: 'cart.left#1' });
    await admitted(await by(left(2), '08:10:00'));
    const until = instant('09:00:00');
    const entry = await by(left(2), '08:59:59');
    expect(await admit(entry)).toEqual({ blocked: 'rate_limited', until });
    expect(await blockedEvents()).toMatchObject([
      {
        properties: { reason: 'rate_limited', until: until.toISOString() },
        causedBy: `event:${entry.triggerEventId}`,
      },
    ]);
    expect(await admitted(await by(left(2), '09:00:00'))).toMatchObject({ number: 3 });
  });

  test('counts neither other ways in nor other people', async () => {
    workflowId = await workflow({ whenActive: 'restart' });
    await admitted(at('08:00:00'));
    await admitted(await by({ ...left(1), triggerKey: 'cart.left#2' }, '08:01:00'));
    await admitted({ contactId: await inside(rows.contactId), ...at('08:02:00') });
    expect(await admitted(await by(left(1), '08:03:00'))).toMatchObject({ number: 3 });
    expect(await admit(await by(left(1), '08:04:00'))).toMatchObject({ blocked: 'rate_limited' });
  });

  test('of a manual trigger speaks of everybody whom no event lets in', async () => {
    const manual = { type: 'manual', ...hourly(1) };
    workflowId = await inside((tx) =>
      rows.workflowId(tx, { whenActive: 'restart' }, [{ type: 'event', ...hourly(9) }, manual]),
    );
    await admitted(await by({ triggerKey: 'cart.left#1' }, '08:00:00'));
    expect(await admitted(at('08:01:00'))).toMatchObject({ triggerKey: null });
    expect(await admit(at('08:02:00'))).toEqual({
      blocked: 'rate_limited',
      until: instant('09:01:00'),
    });
    const enrolledBy = { id: newId(), depth: 0 };
    expect(await admit({ enrolledBy, ...at('08:03:00') })).toMatchObject({
      blocked: 'rate_limited',
    });
    await admitted(await by({ triggerKey: 'cart.left#1' }, '08:04:00'));
  });

  test('holds among twenty concurrent entries', async () => {
    workflowId = await workflow({ whenActive: 'parallel' });
    const entries = await Promise.all(Array.from({ length: 20 }, () => by(left(3), '08:00:00')));
    const answers = await Promise.all(entries.map((entry, i) => admit({ ...entry, key: `k${i}` })));
    expect(answers.filter((answer) => 'enrollment' in answer)).toHaveLength(3);
  });
});

test('who has just ended waits for the delay', async () => {
  workflowId = await workflow({ reEnrollmentDelay: 3_600_000 });
  await close((await admitted()).id, instant('08:30:00'));
  const until = instant('09:30:00');
  expect(await admit({ at: instant('09:29:59') })).toEqual({ blocked: 'too_soon', until });
  expect(await admitted({ at: until })).toMatchObject({ number: 2 });
});

test('a restart ends the old enrollment, leaves a bell for its workflow, and begins a new one', async () => {
  workflowId = await workflow({ whenActive: 'restart', allowMultiple: false });
  const old = await admitted();
  const step = { enrollmentId: old.id, nodeId: 'w', visit: 1, nodeType: 'wait' };
  await inside((tx) => enterStep(tx, { ...step, status: 'waiting', at: instant('08:00:00') }));
  const fresh = await admitted({ at: instant('08:10:00') });
  expect(fresh).toMatchObject({ number: 2, status: 'running' });
  expect(await inside((tx) => getEnrollment(tx, old.id))).toMatchObject({
    ...{ status: 'cancelled', reason: 'restarted', endedAt: instant('08:10:00') },
  });
  expect(await inside((tx) => listSteps(tx, old.id, {}))).toMatchObject({
    data: [{ status: 'cancelled' }],
  });
  expect(await outbox(old.id)).toEqual([{ kind: 'start' }, { kind: 'bell' }]);
  expect(await outbox(fresh.id)).toEqual([{ kind: 'start' }]);
  expect(await admitted({ at: instant('08:20:00') })).toMatchObject({ number: 3 });
});

test('of ten concurrent restarts each ends the one before, and the last stays', async () => {
  workflowId = await workflow({ whenActive: 'restart' });
  const entries = await Promise.all(Array.from({ length: 10 }, () => admitted()));
  const open = await t.admin`
    select id from enrollments where contact_id = ${contactId} and ended_at is null`;
  const last = entries.find((row) => row.number === 10);
  expect(open).toEqual([{ id: last?.id }]);
});

const entryWhen = (condition: object) => ({ entryWhen: conditionGroup.parse([condition]) });

describe('at the door', () => {
  const pro = { field: 'contact.plan', operator: 'equals', value: 'pro' };

  test('the contact is judged, and the refusal says what was found', async () => {
    workflowId = await workflow(entryWhen(pro));
    const detail = expect.stringContaining('plan');
    expect(await admit()).toEqual({ blocked: 'entry_condition', detail });
    expect(await blockedEvents()).toMatchObject([
      { properties: { reason: 'entry_condition', detail } },
    ]);
    await inside((tx) => patchContact(tx, contactId, { attributes: { plan: 'pro' } }));
    expect(await admitted()).toMatchObject({ number: 1 });
  });

  test('so are the lists she is on', async () => {
    workflowId = await workflow(
      entryWhen({ field: 'contact.lists', operator: 'includes', value: 'news' }),
    );
    expect(await admit()).toMatchObject({ blocked: 'entry_condition' });
    await inside((tx) => addToList(tx, contactId, 'news', instant('07:00:00')));
    expect(await admitted()).toMatchObject({ number: 1 });
  });

  test('so is what happened to her', async () => {
    const paid = { type: 'event', event: 'cart.paid', since: 'ever', within: '1 day' };
    workflowId = await workflow(entryWhen(paid));
    await event({ type: 'cart.paid', occurredAt: new Date('2026-02-27T08:00:00Z') });
    expect(await admit()).toMatchObject({ blocked: 'entry_condition' });
    await event({ type: 'cart.paid' });
    expect(await admitted()).toMatchObject({ number: 1 });
  });

  test('so are the event that triggers, and the variables brought along', async () => {
    workflowId = await workflow(
      entryWhen({ field: 'event.total', operator: 'greater_than', value: 10 }),
    );
    const small = await event({ properties: { total: 5 } });
    expect(await admit({ triggerEventId: small.id })).toMatchObject({ blocked: 'entry_condition' });
    const large = await event({ properties: { total: 50 } });
    expect(await admitted({ triggerEventId: large.id })).toMatchObject({ number: 1 });
    workflowId = await workflow(
      entryWhen({ field: 'variables.coupon', operator: 'equals', value: 'X' }),
    );
    expect(await admit()).toMatchObject({ blocked: 'entry_condition' });
    expect(await admitted({ variables: { coupon: 'X' } })).toMatchObject({ number: 1 });
  });

  test('nobody is judged whom a limit keeps out anyway, and a refusal restarts nothing', async () => {
    workflowId = await workflow({ whenActive: 'restart', ...entryWhen(pro) });
    await inside((tx) => patchContact(tx, contactId, { attributes: { plan: 'pro' } }));
    const { id } = await admitted();
    await inside((tx) => patchContact(tx, contactId, { attributes: { plan: 'free' } }));
    expect(await admit()).toMatchObject({ blocked: 'entry_condition' });
    expect(await inside((tx) => getEnrollment(tx, id))).toMatchObject({ endedAt: null });
    workflowId = await workflow(entryWhen({ ...pro, operator: 'not_equals' }));
    await admitted();
    const judge = () => Promise.reject(new Error('Nobody asks.'));
    expect(await admit({ judge })).toEqual({ blocked: 'already_active' });
  });
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
  const { id } = await event({ depth: 2 });
  const once = { triggerEventId: id };
  const entries = await Promise.all(Array.from({ length: 5 }, () => admitted(once)));
  expect(new Set(entries.map((row) => row.id)).size).toBe(1);
  expect(entries[0]).toMatchObject({ depth: 2, triggerEventId: id, causedBy: `event:${id}` });
  await close(entries[0]?.id ?? '');
  expect((await admitted(once)).id).toBe(entries[0]?.id);
});

test('every refusal is an event with its reason, that of one trigger event only once', async () => {
  await admitted();
  await admit();
  const { id } = await event({ depth: 3 });
  await admit({ triggerEventId: id });
  await admit({ triggerEventId: id });
  const properties = { workflowId, workflowKey: expect.any(String), reason: 'already_active' };
  expect(await blockedEvents()).toMatchObject([
    { properties, causedBy: null, depth: 1 },
    { properties, causedBy: `event:${id}`, depth: 4 },
  ]);
});

test('a chain of causes is cut, whether by events or by enrollments', async () => {
  const deepest = await event({ depth: 16 });
  const row = await admitted({ triggerEventId: deepest.id });
  expect(row.depth).toBe(16);
  const { id, depth } = row;
  workflowId = await workflow();
  expect(await admit({ enrolledBy: { id, depth } })).toEqual({ blocked: 'caused_by_itself' });
  const tooDeep = await event({ depth: 17 });
  expect(await admit({ triggerEventId: tooDeep.id })).toEqual({ blocked: 'caused_by_itself' });
  expect(await blockedEvents()).toMatchObject([
    { causedBy: `enrollment:${id}`, depth: 18 },
    { causedBy: `event:${tooDeep.id}`, depth: 18 },
  ]);
  expect(await admitted({ enrolledBy: { id, depth: 15 } })).toMatchObject({
    ...{ depth: 16, causedBy: `enrollment:${id}` },
  });
});
