/** Operators at the API, people on real servers: each command, refusals, late and absent workers, retries. */
import { sql } from 'drizzle-orm';
import { ThroughlineError } from '../../src/client/index';
import type { EnrollmentHandle } from '../../src/client/index';
import { createEnrollments } from '../../src/temporal/enrollments';
import { admit } from '../support/admit';
import { define, sketched } from '../support/define';
import { eventually } from '../support/eventually';
import { type ReceivingServer, startReceivingServer } from '../support/http';
import { type Journeys, startJourneys } from '../support/journeys';
import { serveJourneys } from '../support/journeys-api';

let world: Journeys;
let api: Awaited<ReturnType<typeof serveJourneys>>;
let receiver: ReceivingServer;
beforeAll(async () => {
  world = await startJourneys();
  [api, receiver] = await Promise.all([serveJourneys(world), startReceivingServer()]);
});
afterAll(async () => {
  await api?.close();
  await receiver?.close();
  await world?.close();
});

const month: readonly [string, object] = ['wait', { for: '30 days' }];
const tag = (name: string): readonly [string, object] => ['add_tag', { tag: name }];

async function active(key: string, nodes: Parameters<typeof sketched>[0]['nodes']): Promise<void> {
  await api.client.workflows.create(sketched({ key, nodes }));
  await api.client.workflows.activate(key);
}

async function enroll(workflow: string): Promise<EnrollmentHandle> {
  const { id: contactId } = await world.contact();
  return api.client.enroll(workflow, { contactId });
}

const standsOn = (id: string, node: string) =>
  eventually(`${id} stands on ${node}`, async () =>
    (await world.steps(id)).some((step) => step.nodeId === node && step.endedAt === null),
  );

async function refusal(of: Promise<unknown>): Promise<Pick<ThroughlineError, 'code' | 'reason'>> {
  const error: unknown = await of.catch((thrown: unknown) => thrown);
  if (error instanceof ThroughlineError) return { code: error.code, reason: error.reason };
  throw new Error(`Expected a refusal, got ${JSON.stringify(error)}.`);
}

const actsOn = async (id: string) =>
  (await api.auditOf(id)).map(({ action, detail }) => {
    const { status, reason } = detail as { status: string; reason: string | null };
    return [String(action).replace('enrollment.', ''), status, reason];
  });

test('an operator pauses, resumes, jumps, skips and cancels, and is told why not', async () => {
  await active('steered', { first: month, second: month, third: month });
  const her = await enroll('steered');
  await standsOn(her.id, 'first');
  expect(await her.pause({ clock: 'freeze' })).toMatchObject({ id: her.id, status: 'paused' });
  expect(await refusal(her.pause())).toEqual({
    code: 'command.refused',
    reason: 'command.already_paused',
  });
  expect(await her.resume()).toMatchObject({ status: 'waiting', currentNodeIds: ['first'] });
  expect(await her.jump({ to: 'second' })).toMatchObject({ id: her.id });
  await standsOn(her.id, 'second');
  expect(await her.skip()).toMatchObject({ id: her.id });
  await standsOn(her.id, 'third');
  expect(await refusal(her.migrate({ version: 2 }))).toMatchObject({
    reason: 'command.no_such_version',
  });
  expect(await her.cancel({ reason: 'moved away' })).toMatchObject({
    status: 'cancelled',
    reason: 'moved away',
  });
  expect(await refusal(her.resume())).toMatchObject({ reason: 'command.ended' });
  expect(await actsOn(her.id)).toEqual([
    ['resume', 'refused', 'command.ended'],
    ['cancel', 'applied', null],
    ['migrate', 'refused', 'command.no_such_version'],
    ['skip', 'applied', null],
    ['jump', 'applied', null],
    ['resume', 'applied', null],
    ['pause', 'refused', 'command.already_paused'],
    ['pause', 'applied', null],
  ]);
  const { data } = await api.client.enrollments.commands(her.id);
  expect(data.map(({ type }) => type).slice(0, 2)).toEqual(['resume', 'cancel']);
});

test('commands that are given at once are all judged, each once', async () => {
  await active('hasty', { first: month });
  const her = await enroll('hasty');
  await standsOn(her.id, 'first');
  const answers = await Promise.allSettled([her.pause(), her.pause(), her.pause(), her.pause()]);
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const acts = await actsOn(her.id);
  expect(acts).toHaveLength(4);
  expect(acts.filter(([, status]) => status === 'refused')).toHaveLength(3);
});

test('a command is not lost when it comes before the start', async () => {
  const workflowId = await world.publish(define({ nodes: { first: month } }));
  const { id: contactId } = await world.contact();
  const enrollment = await world.db.inWorkspace(world.workspaceId, async (tx) => {
    const row = await admit(tx, { workflowId, contactId, at: new Date() });
    await tx.execute(sql`delete from outbox where payload ->> 'enrollmentId' = ${row.id}`);
    return row;
  });
  expect(await api.client.enrollments.pause(enrollment.id)).toMatchObject({ status: 'pending' });
  await eventually('the relay has rung for nobody', async () => {
    const [bell] = await world.admin`
      select 1 from outbox where payload ->> 'enrollmentId' = ${enrollment.id} and attempts > 1`;
    return bell !== undefined;
  });
  await world.enrollments.start(enrollment);
  await eventually(
    'she is paused',
    async () => (await world.row(enrollment.id))?.status === 'paused',
  );
});

test('a node that failed is tried again once its receiver is repaired, with one further call', async () => {
  receiver.answer = (response) => void response.writeHead(400).end();
  await active('repaired', {
    before: tag('before'),
    ask: ['http_request', { url: `${receiver.url}/coupons`, body: { percent: 10 } }],
    after: tag('after'),
  });
  const her = await enroll('repaired');
  const failed = await her.result();
  expect(failed).toMatchObject({ status: 'failed', error: { nodeId: 'ask' } });
  const calls = receiver.calls.length;
  expect(calls).toBe(1);
  receiver.answer = (response) => void response.end('{}');
  const again = await her.retry();
  expect(again).toMatchObject({
    error: null,
    endedAt: null,
    temporal: {
      workflowId: `${failed.temporal.workflowId}/retry-1`,
      runId: expect.any(String),
    },
  });
  expect(await her.result()).toMatchObject({ status: 'completed', error: null, reason: null });
  expect(receiver.calls).toHaveLength(calls + 1);
  expect(new Set(receiver.calls.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
  expect(
    (await world.steps(her.id)).map(({ nodeId, visit, status }) => [nodeId, visit, status]),
  ).toEqual([
    ['before', 1, 'completed'],
    ['ask', 1, 'failed'],
    ['ask', 2, 'completed'],
    ['after', 1, 'completed'],
  ]);
  expect(await refusal(her.retry())).toMatchObject({ reason: 'command.not_failed' });
});

test('she can be steered after a retry, whatever was refused before it', async () => {
  receiver.answer = (response) => void response.writeHead(400).end();
  await active('again', {
    first: month,
    ask: ['http_request', { url: receiver.url }],
    last: month,
  });
  const her = await enroll('again');
  await standsOn(her.id, 'first');
  await her.pause();
  await her.resume();
  await her.skip();
  await her.result();
  await refusal(her.pause());
  receiver.answer = (response) => void response.end('{}');
  await her.retry();
  await standsOn(her.id, 'last');
  expect(await her.pause()).toMatchObject({ status: 'paused', currentNodeIds: ['last'] });
  expect(await her.cancel()).toMatchObject({ status: 'cancelled' });
});

test('without a worker a command is pending, and applied when one comes', async () => {
  const journeysQueue = `nobody-${world.workspaceId}`;
  const elsewhere = createEnrollments(world.client, world.db, { journeysQueue });
  const workflowId = await world.publish(define({ nodes: { first: month } }));
  const { id: contactId } = await world.contact();
  const enrollment = await world.db.inWorkspace(world.workspaceId, async (tx) => {
    const row = await admit(tx, { workflowId, contactId, at: new Date() });
    await tx.execute(sql`delete from outbox where payload ->> 'enrollmentId' = ${row.id}`);
    return row;
  });
  await elsewhere.start(enrollment);
  const { enrollments } = api.client;
  const answer = await enrollments.pause(enrollment.id);
  expect(answer).toEqual({ status: 'pending', commandId: expect.any(String) });
  await world.replaceWorkers({ journeysQueue });
  await eventually(
    'she is paused',
    async () => (await world.row(enrollment.id))?.status === 'paused',
  );
  const { data } = await enrollments.commands(enrollment.id);
  expect(data).toMatchObject([{ type: 'pause', status: 'applied' }]);
});
