/** Entering and leaving other workflows: what was done once is answered again, and never done twice. */
import { createEnrollInWorkflow } from '../../activities/enroll-in-workflow';
import { createRemoveFromWorkflow } from '../../activities/remove-from-workflow';
import type { FactDeps } from '../../activities/deps';
import type { Tx } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import { closeEnrollment, listEnrollments } from '../../src/db/enrollments';
import { eraseContact } from '../../src/db/erase-contact';
import { findEvents, recordEvent } from '../../src/db/events';
import { lockEffect } from '../../src/db/effects';
import { createWorkflow, loadVersion, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import type { Definition } from '../../src/journey/definition';
import { EvaluationFailed, type Evaluators } from '../../src/journey/facts';
import { indexGraph } from '../../src/journey/graph';
import { admit } from '../support/admit';
import { define } from '../support/define';
import { testDatabase, type TestDatabase } from '../support/postgres';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);
const START = new Date('2026-03-01T08:00:00Z');
const AT = START.getTime() + 3_600_000;

const publish = (definition: Definition) =>
  inside(async (tx) => {
    const { key, name } = definition;
    const { id: workflowId } = await createWorkflow(tx, { key, name, draft: definition });
    const version = { workflowId, definition, contentHash: 'h' };
    await publishVersion(tx, { ...version, listensTo: [], triggers: [] });
    return workflowId;
  });
const target = async (enrollment: object = {}, key = `w-${newId()}`) => {
  const nodes = { pause: ['wait', { for: '1 day' }] } as const;
  return { key, id: await publish(define({ key, nodes, settings: { enrollment } })) };
};

/** An enrollment that stands at its node `it`, and the activities as the worker builds them. */
async function standing(type: string, data: object, evaluators: Evaluators = createEvaluators()) {
  const definition = define({
    key: `w-${newId()}`,
    nodes: { it: [type, data] },
    goals: [{ id: 'paid', event: 'cart.paid' }],
  });
  const workflowId = await publish(definition);
  const parent = await inside(async (tx) => {
    const { contact } = await upsertContact(tx, { externalId: newId(), firstName: 'Ada' });
    const variables = { orderId: 7 };
    return admit(tx, { workflowId, contactId: contact.id, at: START, variables });
  });
  const deps: FactDeps = {
    ...{ db: t.db, evaluators },
    loadGraph: async (ref) => {
      const row = await inside((tx) => loadVersion(tx, ref.workflowId, ref.version));
      return indexGraph(row?.definition as unknown as Definition);
    },
  };
  const graph = { workspaceId: t.workspaceId, workflowId, version: 1, hash: 'h' };
  const input = (visit: number) => ({
    ...{ workspaceId: t.workspaceId, enrollmentId: parent.id, graph, node: 'it', visit, at: AT },
    watch: { reached: [], armed: [] },
  });
  const [enroll, remove] = [createEnrollInWorkflow(deps), createRemoveFromWorkflow(deps)];
  return {
    parent,
    enroll: (visit = 1) => enroll(input(visit)),
    remove: (visit = 1) => remove(input(visit)),
    enrollments: (workflow: string) =>
      inside(async (tx) => {
        const filter = { workflowId: workflow, contactId: parent.contactId };
        return (await listEnrollments(tx, filter, {})).data.toReversed();
      }),
    blocked: () =>
      inside((tx) =>
        findEvents(tx, { contactId: parent.contactId, types: ['enrollment.blocked'] }, 100),
      ),
    effect: () => inside((tx) => lockEffect(tx, `${parent.id}:it:1`)),
  };
}

const data = (workflow: string, more: object = {}) => ({
  workflow,
  variables: { order: '{{ variables.orderId }}', nested: { name: '{{ first_name }}' }, fixed: 10 },
  key: 'order-{{ variables.orderId }}',
  ...more,
});

test('she is let in with what the node renders, one deeper than the enrollment that did it', async () => {
  const { id, key } = await target();
  const it = await standing('enroll_in_workflow', data(key));
  const result = await it.enroll();
  const [child] = await it.enrollments(id);
  expect(result).toEqual({ outcome: 'enrolled', enrollmentId: child?.id });
  expect(child).toMatchObject({
    ...{ key: 'order-7', variables: { order: 7, nested: { name: 'Ada' }, fixed: 10 } },
    ...{ startedAt: new Date(AT), depth: 1, causedBy: `enrollment:${it.parent.id}` },
  });
});

test('of ten attempts at once all answer the same enrollment; a later visit is another matter', async () => {
  const { id, key } = await target({ whenActive: 'restart' });
  const it = await standing('enroll_in_workflow', { workflow: key });
  const answers = await Promise.all(Array.from({ length: 10 }, () => it.enroll()));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await it.enrollments(id)).toHaveLength(1);
  await it.enroll(2);
  expect(await it.enrollments(id)).toMatchObject([{ reason: 'restarted' }, { endedAt: null }]);
  expect(await it.enroll()).toEqual(answers[0]);
});

test('a database that fails behind the enrollment has let nobody in, and tried again one is', async () => {
  const { id, key } = await target();
  const it = await standing('enroll_in_workflow', data(key));
  await t.admin.unsafe(`
    create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'no' using errcode = '57014'; end $$;
    create trigger refuse before update on effects for each row
      when (new.enrollment_id = '${it.parent.id}') execute function refuse()`);
  await expect(it.enroll()).rejects.toMatchObject({ type: 'service.unavailable' });
  expect(await it.enrollments(id)).toEqual([]);
  expect(await it.effect()).toBeNull();
  await t.admin.unsafe('drop trigger refuse on effects; drop function refuse()');
  expect(await it.enroll()).toMatchObject({ outcome: 'enrolled' });
  expect(await it.enrollments(id)).toHaveLength(1);
});

test('a refusal stays a refusal, and is told once', async () => {
  const { id, key } = await target();
  const it = await standing('call_workflow', { workflow: key });
  const inTheWay = await inside((tx) =>
    admit(tx, { workflowId: id, contactId: it.parent.contactId, at: START }),
  );
  const refused = { outcome: 'blocked', reason: 'already_active' };
  expect(await it.enroll()).toEqual(refused);
  await inside((tx) => closeEnrollment(tx, inTheWay.id, { status: 'completed', at: START }));
  expect(await it.enroll()).toEqual(refused);
  expect(await it.blocked()).toMatchObject([
    {
      properties: { workflowKey: key, reason: 'already_active' },
      ...{ causedBy: `enrollment:${it.parent.id}`, depth: 2 },
    },
  ]);
});

test('a workflow that enrolls into itself is cut, with an explanation', async () => {
  const { id, key } = await target({ whenActive: 'parallel' });
  const it = await standing('enroll_in_workflow', { workflow: key });
  await t.admin`update enrollments set depth = 16 where id = ${it.parent.id}`;
  expect(await it.enroll()).toEqual({ outcome: 'blocked', reason: 'caused_by_itself' });
  expect(await it.enrollments(id)).toEqual([]);
  expect(await it.blocked()).toMatchObject([{ properties: { reason: 'caused_by_itself' } }]);
});

test.each([
  ['a workflow that does not exist', { workflow: 'nowhere' }, 'workflow.not_found'],
  ['a key that renders to nothing', { key: '{{ variables.nothing }}' }, 'enrollment.bad_key'],
])('%s is a permanent failure that the row explains', async (_what, more, code) => {
  const { id, key } = await target();
  const it = await standing('enroll_in_workflow', data(key, more));
  for (let attempt = 1; attempt < 3; attempt += 1)
    await expect(it.enroll()).rejects.toMatchObject({ type: code, nonRetryable: true });
  expect(await it.enrollments(id)).toEqual([]);
  expect(await it.effect()).toMatchObject({
    ...{ kind: 'enroll_in_workflow', status: 'failed', reason: code },
    response: { detail: expect.any(String) },
  });
});

test('a template that takes too long is rendered again, and given up in the end', async () => {
  let slow = 1;
  const evaluators = createEvaluators();
  const { id, key } = await target();
  const tired: Evaluators = {
    ...evaluators,
    value: async (template, facts) => {
      if (slow-- > 0) throw new EvaluationFailed('template.limit', 'It takes too long.');
      return evaluators.value(template, facts);
    },
  };
  const it = await standing('enroll_in_workflow', data(key), tired);
  expect(await it.enroll()).toMatchObject({ outcome: 'enrolled' });
  slow = 3;
  await expect(it.enroll(2)).rejects.toMatchObject({ type: 'template.limit', nonRetryable: true });
  expect(await it.enrollments(id)).toHaveLength(1);
});

describe.each(['enroll', 'remove'] as const)('%s does nothing', (what) => {
  const type = `${what}_${what === 'enroll' ? 'in' : 'from'}_workflow`;
  const nothing = (reason: string) =>
    what === 'enroll' ? { outcome: 'blocked', reason } : { removed: 0 };

  async function over(end: (it: Awaited<ReturnType<typeof standing>>) => Promise<unknown>) {
    const { id, key } = await target({ whenActive: 'parallel' });
    const it = await standing(type, { workflow: key });
    await inside((tx) =>
      admit(tx, { workflowId: id, contactId: it.parent.contactId, key: 'x', at: START }),
    );
    await end(it);
    const answer = await it[what]();
    return { answer, others: await it.enrollments(id) };
  }

  test('for an enrollment that is over', async () => {
    const { answer, others } = await over(({ parent }) =>
      inside((tx) => closeEnrollment(tx, parent.id, { status: 'cancelled', at: START })),
    );
    expect(answer).toEqual(nothing('enrollment_ended'));
    expect(others).toMatchObject([{ endedAt: null }]);
  });

  test('when a goal was reached', async () => {
    const { answer, others } = await over(({ parent: { contactId } }) =>
      inside((tx) => {
        const paid = { contactId, type: 'cart.paid', occurredAt: new Date(AT) };
        return recordEvent(tx, { ...paid, receivedAt: new Date(AT) });
      }),
    );
    expect(answer).toEqual(nothing('goal_reached'));
    expect(others).toMatchObject([{ endedAt: null }]);
  });

  test('about somebody who was erased', async () => {
    const { answer, others } = await over(({ parent }) =>
      inside((tx) => eraseContact(tx, parent.contactId, START)),
    );
    expect(answer).toEqual(nothing('contact_erased'));
    expect(others).toMatchObject([{ status: 'cancelled', reason: 'contact erased' }]);
  });
});

test('an answer that was stored is not told any more once she is erased', async () => {
  const { key } = await target();
  const it = await standing('enroll_in_workflow', data(key));
  await it.enroll();
  await inside((tx) => eraseContact(tx, it.parent.contactId, START));
  expect(await it.enroll()).toEqual({ outcome: 'blocked', reason: 'contact_erased' });
});

describe('removing', () => {
  async function withChildren(more: object = {}) {
    const { id, key } = await target({ whenActive: 'parallel' });
    const it = await standing('remove_from_workflow', { workflow: key, ...more });
    const { contactId } = it.parent;
    for (const child of ['order-7', 'order-8'])
      await inside((tx) => admit(tx, { workflowId: id, contactId, key: child, at: START }));
    return { ...it, children: () => it.enrollments(id) };
  }

  test('ends all of her enrollments there, rings their workflows, and answers the same again', async () => {
    const it = await withChildren();
    const answers = await Promise.all(Array.from({ length: 5 }, () => it.remove()));
    for (const answer of answers) expect(answer).toEqual({ removed: 2 });
    const end = { status: 'cancelled', reason: 'removed', endedAt: new Date(AT) };
    const children = await it.children();
    expect(children).toMatchObject([end, end]);
    for (const { id } of children) {
      const bells = await t.admin`
        select 1 from outbox where kind = 'bell' and payload ->> 'enrollmentId' = ${id}`;
      expect(bells).toHaveLength(1);
    }
    expect(await it.remove(2)).toEqual({ removed: 0 });
  });

  test('ends that of the key alone where one is given', async () => {
    const it = await withChildren({ key: 'order-{{ variables.orderId }}' });
    expect(await it.remove()).toEqual({ removed: 1 });
    expect(await it.children()).toMatchObject([
      { key: 'order-7', status: 'cancelled' },
      { key: 'order-8', endedAt: null },
    ]);
  });

  test('ends nobody else, and nothing for a key that renders to nothing', async () => {
    const it = await withChildren({ key: '{{ variables.nothing }}' });
    await expect(it.remove()).rejects.toMatchObject({ type: 'enrollment.bad_key' });
    expect(await it.children()).toMatchObject([{ endedAt: null }, { endedAt: null }]);
  });
});
