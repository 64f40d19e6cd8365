/** The step row is the memo: what was answered once is answered again, whatever has changed since. */
import { DatabaseError } from '../../src/db/failure';
import { createFactActivities } from '../../activities/index';
import type { FactActivities } from '../../activities/contract';
import { createSmtpChannel } from '../../src/channels/smtp';
import { patchContact, upsertContact } from '../../src/db/contacts';
import { cancelEnrollment } from '../../src/db/cancel-enrollment';
import type { Tx } from '../../src/db/client';
import { setPosition } from '../../src/db/enrollments';
import { eraseContact } from '../../src/db/erase-contact';
import { findEvents } from '../../src/db/events';
import { enterStep, getStep, listSteps } from '../../src/db/steps';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { CLOSED } from '../../src/journey/goals';
import { indexGraph } from '../../src/journey/graph';
import type { Evaluators } from '../../src/journey/facts';
import type { EndedVisit } from '../../src/journey/runtime';
import { admit } from '../support/admit';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { deliveryOf, sendCase, sender } from '../support/sends';
import { startFaultyMailServer } from '../support/smtp';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const AT = new Date('2026-03-01T09:00:00Z').getTime();
const UNWATCHED = { reached: [], armed: [] };
const isPro = [{ field: 'plan', operator: 'equals', value: 'pro' }];
const definition = define({
  nodes: {
    ask: ['condition', { condition: isPro }],
    tag: ['add_tag', { tag: 'pro' }],
    pause: ['wait', { for: '1 day' }],
    other: ['wait', { for: '2 days' }],
  },
  edges: ['ask:true -> tag', 'tag -> pause', 'ask:false -> other'],
  goals: [{ id: 'paid', event: 'cart.paid' }],
});

/** An enrollment at the start of the journey, and the activities as the worker builds them. */
async function atStart(evaluators: Evaluators = createEvaluators()) {
  const { workflowId, enrollmentId, contactId } = await t.db.inWorkspace(
    t.workspaceId,
    async (tx) => {
      const key = `w-${newId()}`;
      const workflow = await createWorkflow(tx, { key, name: 'Test', draft: {} });
      await publishVersion(tx, {
        ...{ workflowId: workflow.id, definition, contentHash: 'h' },
        ...{ listensTo: [], triggers: [] },
      });
      const { contact } = await upsertContact(tx, {
        externalId: newId(),
        attributes: { plan: 'pro' },
      });
      const entry = { workflowId: workflow.id, contactId: contact.id };
      const { id: enrollmentId } = await admit(tx, { ...entry, at: new Date(AT) });
      return { ...entry, enrollmentId };
    },
  );
  const { advance, findEvent, look, finish } = createFactActivities({
    db: t.db,
    evaluators,
    loadGraph: async () => indexGraph(definition),
  });
  const graph = { workspaceId: t.workspaceId, workflowId, version: 1, hash: 'h' };
  const subject = { workspaceId: t.workspaceId, enrollmentId, graph };
  return {
    enrollmentId,
    contactId,
    advance: (more: Partial<Parameters<FactActivities['advance']>[0]> = {}) =>
      advance({
        ...{ ...subject, ended: [], from: { node: 'ask', visit: 1 }, visits: [], at: AT },
        watch: UNWATCHED,
        ...more,
      }),
    look: () => look({ ...subject, at: AT, watch: UNWATCHED }),
    findEvent: () =>
      findEvent({
        ...{ ...subject, at: AT, node: 'pause', visit: 1, from: AT, to: AT },
        ...{ deliveryKey: null, consumed: [], memory: {} },
      }),
    finish: () =>
      finish({
        ...{ ...subject, at: AT, ended: [], status: 'completed' },
        ...{ goalId: null, reason: null, error: null, resume: null, watch: UNWATCHED },
      }),
  };
}

const change = (contactId: string, patch: Parameters<typeof patchContact>[2]) =>
  t.db.inWorkspace(t.workspaceId, (tx) => patchContact(tx, contactId, patch));
const stepsOf = (enrollmentId: string) =>
  t.db.inWorkspace(t.workspaceId, async (tx) => (await listSteps(tx, enrollmentId, {})).data);

test('decisions taken again answer what is stored, though the contact has changed in between', async () => {
  const it = await atStart();
  const first = await it.advance();
  expect(first).toEqual({
    taken: [
      { node: 'ask', visit: 1, port: 'true', reason: 'condition.true' },
      { node: 'tag', visit: 1, port: 'next', reason: 'tag.added' },
    ],
    watch: { exit: null, goals: [], armed: [], changesAt: null },
  });
  const stored = await stepsOf(it.enrollmentId);
  await change(it.contactId, { attributes: { plan: 'free' }, tags: [] });
  expect(await it.advance()).toEqual(first);
  expect(await stepsOf(it.enrollmentId)).toEqual(stored);
  const rows = await t.db.inWorkspace(t.workspaceId, (tx) =>
    findEvents(tx, { contactId: it.contactId, types: ['contact.tag_added'] }, 10),
  );
  expect(rows).toHaveLength(1);
  const [contact] = await t.admin`select tags from contacts where id = ${it.contactId}`;
  expect(contact).toEqual({ tags: [] });
});

test('a decision in the book is not judged again', async () => {
  let judged = 0;
  const evaluators = createEvaluators();
  const it = await atStart({
    ...evaluators,
    condition: async (group, facts) => {
      judged += 1;
      return evaluators.condition(group, facts);
    },
  });
  await it.advance();
  expect(judged).toBe(1);
  await it.advance();
  expect(judged).toBe(1);
});

test('a decision that failed half-way is taken as if for the first time', async () => {
  let failures = 1;
  const evaluators = createEvaluators();
  const it = await atStart({
    ...evaluators,
    condition: async (group, facts) => {
      if (failures-- > 0) throw new TypeError(`Cannot judge ${facts.contact.externalId}.`);
      return evaluators.condition(group, facts);
    },
  });
  await expect(it.advance()).rejects.toMatchObject({
    type: 'internal.error',
    message: 'internal.error (TypeError)',
    nonRetryable: false,
  });
  expect(await stepsOf(it.enrollmentId)).toEqual([]);
  await change(it.contactId, { attributes: { plan: 'free' } });
  expect((await it.advance()).taken).toMatchObject([{ node: 'ask', port: 'false' }]);
});

test('of ten advances at once all answer the same, and the tag is added once', async () => {
  const it = await atStart();
  const answers = await Promise.all(Array.from({ length: 10 }, () => it.advance()));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await stepsOf(it.enrollmentId)).toHaveLength(3);
});

test('the first end of a visit stays, and its successor starts when it first started', async () => {
  const it = await atStart();
  await it.advance();
  const ended: EndedVisit = {
    ...{ node: 'pause', visit: 1, at: AT + 1, status: 'completed', port: 'next' },
    reason: 'wait.elapsed',
  };
  await it.advance({ ended: [ended], from: { node: 'other', visit: 1 }, at: AT + 1 });
  await it.advance({
    ended: [{ ...ended, at: AT + 9, status: 'failed', port: 'error', reason: 'other' }],
    from: { node: 'other', visit: 1 },
    at: AT + 9,
  });
  const steps = await stepsOf(it.enrollmentId);
  expect(steps.slice(2)).toMatchObject([
    { nodeId: 'pause', port: 'next', reason: 'wait.elapsed', endedAt: new Date(AT + 1) },
    { nodeId: 'other', startedAt: new Date(AT + 1), endedAt: null },
  ]);
});

test('a mail that is rendered again is the stored one, though the contact has changed in between', async () => {
  const server = await startFaultyMailServer();
  const channel = createSmtpChannel({ url: server.url });
  const of = await sendCase(t.db, t.workspaceId, { text: 'Dear {{ first_name }}' });
  const send = sender(t.db, channel);
  server.recipientCode = 451;
  await expect(send(of)).rejects.toMatchObject({ type: 'email.refused_retryable' });
  const claimed = await deliveryOf(t.db, of);
  await change(of.contactId, { firstName: 'Somebody else', email: 'else@example.com' });
  server.recipientCode = null;
  expect(await send(of)).toMatchObject({ outcome: 'sent' });
  expect(await send(of)).toMatchObject({ outcome: 'sent' });
  expect(server.mails).toMatchObject([{ to: [claimed.toAddress] }]);
  expect(server.mails[0]?.raw).toContain('Dear Ada');
  const { request, requestHash } = await deliveryOf(t.db, of);
  expect({ request, requestHash }).toEqual({
    request: claimed.request,
    requestHash: claimed.requestHash,
  });
  channel.close();
  await server.stop();
});

test('about somebody who was erased every activity says that it is over, and writes nothing', async () => {
  const it = await atStart();
  await it.advance();
  await t.db.inWorkspace(t.workspaceId, (tx) => eraseContact(tx, it.contactId, new Date()));
  const erased = await stepsOf(it.enrollmentId);
  expect(await it.advance()).toEqual({ taken: [], watch: CLOSED });
  expect(await it.look()).toEqual(CLOSED);
  expect(await it.findEvent()).toBeNull();
  expect(await it.finish()).toEqual({ status: 'cancelled', goalId: null });
  expect(await stepsOf(it.enrollmentId)).toEqual(erased);
});

test('an advance that meets an end from outside enters nothing, whichever of the two comes first', async () => {
  const first = await atStart();
  const cancel = (tx: Tx, id: string) =>
    cancelEnrollment(tx, id, { reason: 'removed', at: new Date(AT) });
  let advancing: ReturnType<typeof first.advance> | undefined;
  await t.db.inWorkspace(t.workspaceId, async (tx) => {
    await cancel(tx, first.enrollmentId);
    advancing = first.advance();
    await waitsForALock();
  });
  expect(await advancing).toEqual({ taken: [], watch: CLOSED });
  expect(await stepsOf(first.enrollmentId)).toEqual([]);

  const second = await atStart();
  const step = { enrollmentId: second.enrollmentId, nodeId: 'other', visit: 1 };
  const position = { currentNodeIds: ['other'], waitUntil: null, waitingFor: null } as const;
  let cancelling: Promise<void> | undefined;
  await t.db.inWorkspace(t.workspaceId, async (tx) => {
    await setPosition(tx, second.enrollmentId, { ...position, status: 'waiting' });
    cancelling = t.db.inWorkspace(t.workspaceId, (other) => cancel(other, second.enrollmentId));
    await waitsForALock();
    await enterStep(tx, { ...step, nodeType: 'wait', at: new Date(AT) });
  });
  await cancelling;
  expect(await stepsOf(second.enrollmentId)).toMatchObject([{ status: 'cancelled' }]);
});

const waitsForALock = () =>
  eventually('a transaction waits for another', async () => {
    const waiting = await t.admin`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    return waiting.length > 0;
  });

test('an execution from before a retry neither moves nor ends the enrollment', async () => {
  const it = await atStart();
  await t.admin`update enrollments set retries = 1 where id = ${it.enrollmentId}`;
  expect(await it.advance()).toEqual({ taken: [], watch: CLOSED });
  expect(await it.finish()).toEqual({ status: 'completed', goalId: null });
  const [row] =
    await t.admin`select ended_at, status from enrollments where id = ${it.enrollmentId}`;
  expect(row).toEqual({ ended_at: null, status: 'running' });
  expect((await it.advance({ retries: 1 })).taken).toHaveLength(2);
});

test('an enrollment whose row is gone ends as it was going to', async () => {
  const it = await atStart();
  await t.admin`delete from enrollments where id = ${it.enrollmentId}`;
  expect(await it.advance()).toEqual({ taken: [], watch: CLOSED });
  expect(await it.finish()).toEqual({ status: 'completed', goalId: null });
  const step = { enrollmentId: it.enrollmentId, nodeId: 'ask', visit: 1 };
  expect(await t.db.inWorkspace(t.workspaceId, (tx) => getStep(tx, step))).toBeNull();
});

test('a database that fails is told by its code alone', async () => {
  const it = await atStart({
    ...createEvaluators(),
    condition: () => {
      throw new DatabaseError('57P01', 'PostgreSQL answered something about ada@example.com');
    },
  });
  await expect(it.advance()).rejects.toMatchObject({
    type: 'service.unavailable',
    message: 'service.unavailable (DatabaseError 57P01)',
  });
});
