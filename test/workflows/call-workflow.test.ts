/** One workflow and another, on real servers: entering, waiting for the end, restarting, removing. */
import { admitEnrollment } from '../../src/db/admission';
import type { Tx } from '../../src/db/client';
import { type EnrollmentRow, listEnrollments } from '../../src/db/enrollments';
import { setWorkflowStatus } from '../../src/db/workflow-changes';
import { getWorkflow } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import type { Definition } from '../../src/journey/definition';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';

let world: Journeys;
beforeAll(async () => {
  world = await startJourneys();
});
afterAll(() => world?.close());

const inside = <T>(work: (tx: Tx) => Promise<T>) => world.db.inWorkspace(world.workspaceId, work);

const done: readonly [string] = ['end'];
const month: readonly [string, object] = ['wait', { for: '30 days' }];

/** Publishes a workflow that others call, and says under which key. */
async function target(definition: Definition): Promise<{ id: string; key: string }> {
  const id = await world.publish(definition);
  const workflow = await inside((tx) => getWorkflow(tx, id));
  return { id, key: workflow?.key ?? '' };
}

const caller = (workflow: string, more: object = {}) =>
  define({ nodes: { call: ['call_workflow', { workflow, ...more }], after: done } });

async function start(
  definition: Definition,
  options: Parameters<Journeys['enroll']>[2] = {},
): Promise<EnrollmentRow> {
  const contact = await world.contact();
  return world.enroll(await world.publish(definition), contact.id, options);
}

/** Her enrollments in a workflow, once there are so many. */
const childrenOf = (workflowId: string, { contactId }: EnrollmentRow, count = 1) =>
  eventually(`she is in the other workflow ${count} times`, async () => {
    const rows = await inside((tx) => listEnrollments(tx, { workflowId, contactId }, {}));
    return rows.data.length === count ? rows.data.toReversed() : null;
  });

const standsOn = (id: string, node: string) =>
  eventually(`${node} is open`, async () =>
    (await world.steps(id)).some((step) => step.nodeId === node && step.endedAt === null),
  );

/** How the call ended, once the whole journey has. */
async function callOf({ id }: EnrollmentRow) {
  const row = await world.ended(id);
  const [call] = await world.steps(id);
  return { status: row.status, port: call?.port, reason: call?.reason, output: call?.output };
}

const enter = (workflowId: string, contactId: string, more: object = {}) =>
  inside((tx) =>
    admitEnrollment(tx, {
      ...{ workflowId, contactId, at: new Date(), judge: createEvaluators().condition },
      ...more,
    }),
  );

test.each([
  ['one history', {}],
  ['a fresh history at every task', { historyLimit: 3 }],
])('the caller goes on when the other completes, in %s', async (_how, options) => {
  const { id, key } = await target(define({ nodes: { it: ['wait', { for: 300 }] } }));
  const parent = await start(caller(key, { variables: { from: 'me' } }), options);
  const [child] = await childrenOf(id, parent);
  expect(await callOf(parent)).toEqual({
    ...{ status: 'completed', port: 'next', reason: 'enrollment.completed' },
    output: { enrollmentId: child?.id, status: 'completed' },
  });
  expect(child).toMatchObject({ variables: { from: 'me' }, depth: 1 });
});

test('the caller hears of an end that comes before its wait begins', async () => {
  const { key } = await target(define({ nodes: { it: done } }));
  expect(await callOf(await start(caller(key)))).toMatchObject({ port: 'next' });
});

test('the caller leaves by the status of the other', async () => {
  const goals = [{ id: 'paid', event: 'cart.paid' }];
  const { id, key } = await target(define({ nodes: { it: month }, goals }));
  const parent = await start(caller(key));
  const [child] = await childrenOf(id, parent);
  await standsOn(child?.id ?? '', 'it');
  await world.event(parent.contactId, 'cart.paid');
  expect(await callOf(parent)).toMatchObject({ status: 'completed', port: 'goal_reached' });
});

test('the caller takes "blocked" when she is not let in', async () => {
  const { id, key } = await target(define({ nodes: { it: month } }));
  await inside((tx) => setWorkflowStatus(tx, id, 'paused'));
  const parent = await start(caller(key));
  expect(await callOf(parent)).toEqual({
    ...{ status: 'completed', port: 'blocked' },
    reason: 'enrollment.blocked.workflow_not_active',
    output: { reason: 'workflow_not_active' },
  });
});

test('the caller goes on when the time is up, and the other stays', async () => {
  const { id, key } = await target(define({ nodes: { it: month } }));
  const parent = await start(caller(key, { timeout: '1s' }));
  const [child] = await childrenOf(id, parent);
  expect(await callOf(parent)).toMatchObject({ port: 'timed_out', reason: 'wait.timed_out' });
  expect(child?.endedAt).toBeNull();
});

test('a restart ends the old execution, tells its caller, and begins a new one', async () => {
  const settings = { enrollment: { whenActive: 'restart' } };
  const { id, key } = await target(define({ nodes: { it: month }, settings }));
  const parent = await start(caller(key));
  const [old] = await childrenOf(id, parent);
  await standsOn(old?.id ?? '', 'it');
  // As late as an event that the relay brings belatedly: before the call began.
  expect(await enter(id, parent.contactId, { at: new Date(Date.now() - 60_000) })).toHaveProperty(
    'enrollment',
  );
  const execution = world.client.workflow.getHandle(old?.temporalWorkflowId ?? '');
  expect(await execution.result()).toEqual({ status: 'cancelled', goalId: null });
  expect(await callOf(parent)).toMatchObject({ port: 'cancelled' });
  const [, fresh] = await childrenOf(id, parent, 2);
  await standsOn(fresh?.id ?? '', 'it');
});

test('different keys run side by side, and one of them can be removed', async () => {
  const settings = { enrollment: { whenActive: 'parallel' } };
  const { id, key } = await target(define({ nodes: { it: month }, settings }));
  const into = (more: object): readonly [string, object] => [
    'enroll_in_workflow',
    { workflow: key, ...more },
  ];
  const parent = await start(
    define({
      nodes: {
        a: into({ key: 'a' }),
        b: into({ key: 'b' }),
        again: into({ key: 'a' }),
        pause: ['wait_for_event', { event: 'cart.paid', timeout: '1 day' }],
        remove: ['remove_from_workflow', { workflow: key, key: 'a' }],
        twice: ['remove_from_workflow', { workflow: key, key: 'a' }],
      },
    }),
  );
  await standsOn(parent.id, 'pause');
  const [one, two] = await childrenOf(id, parent, 2);
  for (const child of [one, two]) await standsOn(child?.id ?? '', 'it');
  await world.event(parent.contactId, 'cart.paid');
  await world.ended(parent.id);
  const ports = (await world.steps(parent.id)).map(({ nodeId, port }) => `${nodeId}:${port}`);
  expect(ports).toEqual([
    ...['a:next', 'b:next', 'again:blocked', 'pause:received', 'remove:next', 'twice:blocked'],
  ]);
  const execution = world.client.workflow.getHandle(one?.temporalWorkflowId ?? '');
  expect(await execution.result()).toEqual({ status: 'cancelled', goalId: null });
  expect(await childrenOf(id, parent, 2)).toMatchObject([
    { key: 'a', status: 'cancelled', reason: 'removed' },
    { key: 'b', status: 'waiting' },
  ]);
});

test('a workflow that calls itself again and again is cut, and every caller hears of its end', async () => {
  const settings = { enrollment: { whenActive: 'parallel' } };
  const key = 'calls-itself';
  const itself = define({
    key,
    nodes: { call: ['call_workflow', { workflow: key, key: '{{ enrollment.id }}' }] },
    settings,
  });
  const id = await world.publish(itself);
  await world.admin`update workflows set key = ${key} where id = ${id}`;
  const contact = await world.contact();
  const first = await world.enroll(id, contact.id);
  expect(await callOf(first)).toMatchObject({ status: 'completed', port: 'next' });
  const all = await childrenOf(id, first, 17);
  expect(all.map(({ depth }) => depth)).toEqual(Array.from({ length: 17 }, (_, depth) => depth));
  expect(await callOf(all.at(-1) ?? first)).toMatchObject({
    output: { reason: 'caused_by_itself' },
  });
});
