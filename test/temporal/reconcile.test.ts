import type { Client } from '@temporalio/client';
import { type EnrollmentRow, getEnrollment } from '../../src/db/enrollments';
import { createEnrollments } from '../../src/temporal/enrollments';
import { reconcilePage, type ReconcileOptions, reconciliation } from '../../src/temporal/reconcile';
import type { Database } from '../../src/db/client';
import { newId } from '../../src/ids';
import { createLogger } from '../../src/log';
import { ENROLLMENT_WORKFLOW } from '../../workflows/messages';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type Journeys, startJourneys } from '../support/journeys';

let world: Journeys;
let outbox: Database;
let started: string[];
beforeAll(async () => {
  world = await startJourneys();
  outbox = await world.open({ role: 'throughline_relay' });
});
afterAll(() => world?.close());
beforeEach(async () => {
  started = [];
  // Every test looks at its own rows.
  await world.admin`update enrollments set ended_at = now(), status = 'exited' where ended_at is null`;
});

const waiting = define({
  nodes: { mail: ['send_email', { subject: 'Hi', text: 'Hi' }], pause: ['wait', { for: '30d' }] },
});
const quick = define({ nodes: { mail: ['send_email', { subject: 'Hi', text: 'Hi' }] } });

const options = (): ReconcileOptions => ({
  outbox,
  db: world.db,
  client: world.client,
  enrollments: {
    start: async (row) => {
      started.push(row.id);
      return { runId: 'started' };
    },
  },
  log: createLogger('test', 'silent'),
  graceMs: -1_000,
});

const reconcile = () => reconcilePage(options(), null);
const row = async (id: string): Promise<EnrollmentRow> => {
  const found = await world.db.inWorkspace(world.workspaceId, (tx) => getEnrollment(tx, id));
  if (found === null) throw new Error(`There is no enrollment ${id}.`);
  return found;
};
const handleOf = ({ temporalWorkflowId }: EnrollmentRow) =>
  world.client.workflow.getHandle(temporalWorkflowId);

/** Somebody who stands at the wait of 30 days. */
async function whoWaits(): Promise<EnrollmentRow> {
  const contact = await world.contact();
  const { id } = await world.enroll(await world.publish(waiting), contact.id);
  return eventually('it waits', async () => {
    const current = await row(id);
    return current.currentNodeIds[0] === 'pause' ? current : null;
  });
}

/** A row whose execution is made by hand, and played by nobody. */
async function byHand(how: 'complete' | 'fail' | 'time_out'): Promise<EnrollmentRow> {
  const { id, temporalWorkflowId: before } = await whoWaits();
  await world.client.workflow.getHandle(before).terminate();
  const workflowId = `${before}/by-hand`;
  await world.admin`update enrollments set temporal_workflow_id = ${workflowId} where id = ${id}`;
  const taskQueue = newId();
  const handle = await world.client.workflow.start(ENROLLMENT_WORKFLOW, {
    workflowId,
    taskQueue,
    args: [],
    ...(how === 'time_out' ? { workflowExecutionTimeout: '1s' } : {}),
  });
  if (how !== 'time_out') await answerTask(taskQueue, how);
  await handle.result().catch(() => undefined);
  return row(id);
}

async function answerTask(taskQueue: string, how: 'complete' | 'fail'): Promise<void> {
  const { connection, options: of } = world.client;
  const identity = 'test';
  const { namespace } = of;
  const { taskToken } = await connection.withDeadline(Date.now() + 20_000, () =>
    connection.workflowService.pollWorkflowTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      identity,
    }),
  );
  const command =
    how === 'complete'
      ? { commandType: 4, completeWorkflowExecutionCommandAttributes: {} }
      : { commandType: 5, failWorkflowExecutionCommandAttributes: { failure: { message: 'no' } } };
  await connection.workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    identity,
    commands: [command],
  });
}

async function reset(of: EnrollmentRow): Promise<string> {
  const { events } = await handleOf(of).fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await handleOf(of).describe();
  const answer = await world.client.workflowService.resetWorkflowExecution({
    namespace: world.client.options.namespace,
    workflowExecution: { workflowId: of.temporalWorkflowId, runId },
    workflowTaskFinishEventId: first?.eventId ?? null,
    reason: 'test',
    requestId: newId(),
  });
  return answer.runId;
}

const endedEvents = async (id: string) => [
  ...(await world.admin`
    select properties ->> 'status' as status from events
    where type = 'enrollment.ended' and properties ->> 'enrollmentId' = ${id}`),
];

/** Visibility lags: it may still list as running what has ended. */
const closed = (id: string) =>
  eventually(`${id} is closed`, async () => {
    await reconcile();
    const current = await row(id);
    return current.endedAt ? current : null;
  });

test('a terminated execution closes its row, as the operator meant it, once', async () => {
  const enrollment = await whoWaits();
  const other = await whoWaits();
  await handleOf(enrollment).terminate('by hand');
  const { closeTime } = await handleOf(enrollment).describe();
  expect(await closed(enrollment.id)).toMatchObject({
    status: 'cancelled',
    reason: 'terminated in Temporal',
    error: null,
    endedAt: closeTime,
    currentNodeIds: [],
    waitUntil: null,
  });
  await reconcile();
  expect(await endedEvents(enrollment.id)).toEqual([{ status: 'cancelled' }]);
  const steps = await world.steps(enrollment.id);
  expect(steps.map(({ nodeId, status }) => [nodeId, status])).toEqual([
    ['mail', 'completed'],
    ['pause', 'cancelled'],
  ]);
  expect(await row(other.id)).toEqual(other);
});

test('a cancelled execution closes its row', async () => {
  const { id } = await whoWaits();
  await handleOf(await row(id)).cancel();
  expect(await closed(id)).toMatchObject({
    status: 'cancelled',
    reason: 'cancelled in Temporal',
  });
});

test.each([
  ['fail', 'enrollment.execution_failed'],
  ['time_out', 'enrollment.execution_timed_out'],
  ['complete', 'enrollment.execution_unrecorded'],
] as const)('an execution that did %s without telling fails its row: %s', async (how, code) => {
  const { id } = await byHand(how);
  expect(await closed(id)).toMatchObject({ status: 'failed', error: { code } });
  expect(await endedEvents(id)).toEqual([{ status: 'failed' }]);
});

test('a row that was never started is started, once the relay has had its time', async () => {
  const { id } = await whoWaits();
  await world.admin`
    update enrollments set temporal_run_id = null, temporal_workflow_id = 'journey/never' where id = ${id}`;
  await reconcilePage({ ...options(), graceMs: 60_000 }, null);
  expect(started).toEqual([]);
  await reconcile();
  expect(started).toEqual([id]);
});

test('an execution that is gone fails its row, but not where Temporal knows nobody', async () => {
  const { id } = await whoWaits();
  await world.admin`update enrollments set temporal_workflow_id = 'journey/gone' where id = ${id}`;
  await reconcile();
  expect(await row(id)).toMatchObject({ status: 'waiting', endedAt: null });
  const known = await whoWaits();
  await reconcile();
  expect(await row(id)).toMatchObject({
    status: 'failed',
    error: { code: 'enrollment.execution_lost' },
  });
  expect(await row(known.id)).toEqual(known);
});

test('a run that was reset goes on under its new id, and sends nothing twice', async () => {
  const enrollment = await whoWaits();
  const runId = await reset(enrollment);
  await eventually('the row has the new run', async () => {
    await reconcile();
    return (await row(enrollment.id)).temporalRunId === runId;
  });
  await eventually('the new run waits', async () => {
    const { events } = await handleOf(enrollment).fetchHistory();
    return events?.some((event) => event.timerStartedEventAttributes);
  });
  expect(await row(enrollment.id)).toMatchObject({ status: 'waiting', endedAt: null });
  expect(await world.deliveries(enrollment.id)).toMatchObject([{ status: 'sent', attempt: 1 }]);
});

test('an end is final: a run that is reset afterwards sends nothing and changes nothing', async () => {
  const contact = await world.contact();
  const { id } = await world.enroll(await world.publish(quick), contact.id);
  const before = await world.ended(id);
  await handleOf(before).result();
  await reset(before);
  await handleOf(before).result();
  await reconcile();
  expect(await row(id)).toEqual(before);
  expect(await endedEvents(id)).toEqual([{ status: 'completed' }]);
  const mails = world.catcher.messages().filter((mail) => mail.to === contact.email);
  expect(mails).toHaveLength(1);
});

test('rows of all workspaces are compared page by page, and a place is kept', async () => {
  const enrollment = await whoWaits();
  const place = { workspaceId: enrollment.workspaceId, id: enrollment.id };
  await handleOf(enrollment).terminate();
  await reconcilePage(options(), place);
  expect((await row(enrollment.id)).endedAt).toBeNull();
  const chore = reconciliation(options());
  const { signal } = new AbortController();
  await eventually('it is closed', async () => {
    expect(await chore.run(null, signal)).toBeNull();
    return (await row(enrollment.id)).endedAt;
  });
});

test('an execution that the relay starts is found by the reconciler', async () => {
  const { id } = await whoWaits();
  const workflowId = `journey/${newId()}`;
  await world.admin`
    update enrollments set temporal_run_id = null, temporal_workflow_id = ${workflowId} where id = ${id}`;
  const enrollments = createEnrollments(world.client, world.db, { journeysQueue: newId() });
  await reconcilePage({ ...options(), enrollments }, null);
  const { temporalRunId } = await row(id);
  expect((await world.client.workflow.getHandle(workflowId).describe()).runId).toBe(temporalRunId);
});

test('one that was tried again since its page was read is left to its new execution', async () => {
  const before = await whoWaits();
  await handleOf(before).terminate();
  const { connection, workflow } = world.client;
  async function* list(query: Parameters<typeof workflow.list>[0]) {
    await world.admin`
      update enrollments set temporal_workflow_id = temporal_workflow_id || '/retry-1', retries = 1
      where id = ${before.id}`;
    yield* workflow.list(query);
  }
  const getHandle = (id: string) => workflow.getHandle(id);
  const client = { connection, workflow: { list, getHandle } } as unknown as Client;
  await reconcilePage({ ...options(), client }, null);
  expect(await row(before.id)).toMatchObject({ endedAt: null, status: 'waiting' });
});
