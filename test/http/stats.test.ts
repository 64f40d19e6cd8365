import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../../src/db/client';
import { claimDelivery } from '../../src/db/deliveries';
import { type Closing, closeEnrollment } from '../../src/db/enrollments';
import { markEnds } from '../../src/db/fold';
import { countEffects, countPeople, countVariants, countVisits } from '../../src/db/stats';
import { type StepInput, memoStep } from '../../src/db/steps';
import { newId } from '../../src/ids';
import { effectKey } from '../../src/journey/state';
import { folding } from '../../src/temporal/fold';
import { sketched } from '../support/define';
import { eventually } from '../support/eventually';
import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const VARIANTS = [
  { port: 'a', weight: 1 },
  { port: 'b', weight: 1 },
];
const NODES = {
  which: ['split', { variants: VARIANTS }],
  pause: ['wait', { for: '1 day' }, { name: 'A day' }],
} as const;

async function active(key: string): Promise<void> {
  const edges = ['which:a -> pause', 'which:b -> pause'];
  const goals = [{ id: 'paid', event: 'cart.paid' }];
  await api.post('/workflows', sketched({ key, nodes: NODES, edges, goals }));
  expect((await api.post(`/workflows/${key}/activate`)).status).toBe(200);
}

const inside = <T>(work: (tx: Tx) => Promise<T>) => api.db.inWorkspace(api.workspaceId, work);

interface Passage {
  readonly port: string;
  readonly step?: Partial<StepInput>;
  readonly end?: Omit<Closing, 'at'> & { readonly seconds: number };
}

/** Somebody who was sent one way, stands or stood at the wait, and perhaps ended. */
async function passes(key: string, { port, step = {}, end }: Passage): Promise<string> {
  const contact = { externalId: newId() };
  const { body } = await api.post(`/workflows/${key}/enrollments`, { contact });
  const enrollmentId = body.id as string;
  const { body: row } = await api.get(`/enrollments/${enrollmentId}`);
  const startedAt = new Date(row.startedAt as string);
  await inside(async (tx) => {
    const visit = { enrollmentId, visit: 1, startedAt };
    await memoStep(tx, {
      ...{ ...visit, nodeId: 'which', nodeType: 'split', status: 'completed', port },
      endedAt: startedAt,
    });
    await memoStep(tx, {
      ...{ ...visit, nodeId: 'pause', nodeType: 'wait', status: 'waiting', ...step },
    });
    if (end === undefined) return;
    const { seconds, ...closing } = end;
    await closeEnrollment(tx, enrollmentId, {
      ...closing,
      at: new Date(startedAt.getTime() + seconds * 1_000),
    });
  });
  return enrollmentId;
}

const stats = async (key: string, query = '') => {
  const { status, body } = await api.get(`/workflows/${key}/stats${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as Record<string, unknown>;
};

test('a workflow that nobody entered has figures of nobody', async () => {
  await active('empty');
  const nobody = { entered: 0, waiting: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 };
  expect(await stats('empty')).toMatchObject({
    ...{ workflowKey: 'empty', version: null },
    people: { total: 0, open: 0, byGoal: [], retried: 0, byStatus: { running: 0, failed: 0 } },
    rates: { goal: null, failure: null, retry: null },
    durations: { count: 0, p50: null, p95: null },
    nodes: [
      { nodeId: 'which', nodeType: 'split', name: 'which', ...nobody, ports: {} },
      { nodeId: 'pause', nodeType: 'wait', name: 'A day', ...nobody, ports: {} },
    ],
    ...{ variants: [], effects: [] },
  });
});

test('people, nodes, variants and durations are counted', async () => {
  await active('counted');
  await passes('counted', { port: 'a' });
  await passes('counted', {
    port: 'a',
    step: { status: 'completed', port: 'next', endedAt: new Date() },
    end: { status: 'completed', seconds: 10 },
  });
  await passes('counted', {
    port: 'b',
    step: { status: 'cancelled', endedAt: new Date() },
    end: { status: 'goal_reached', goalId: 'paid', seconds: 20 },
  });
  await passes('counted', {
    port: 'b',
    step: { status: 'failed', port: 'error', endedAt: new Date() },
    end: { status: 'failed', seconds: 1_000 },
  });
  expect(await stats('counted')).toMatchObject({
    people: {
      ...{ total: 4, open: 1, byGoal: [{ goalId: 'paid', count: 1 }] },
      byStatus: { running: 1, completed: 1, goal_reached: 1, failed: 1, cancelled: 0 },
    },
    rates: { goal: 33.33, failure: 33.33 },
    durations: { count: 2, p50: 15, p95: 19.5 },
    nodes: [
      { nodeId: 'which', entered: 4, completed: 4, ports: { a: 2, b: 2 } },
      {
        ...{ nodeId: 'pause', entered: 4, waiting: 1, completed: 1, failed: 1, cancelled: 1 },
        ports: { next: 1, error: 1 },
      },
    ],
    variants: [
      { nodeId: 'which', port: 'a', people: 2, ended: 1, failed: 0, goalReached: 0, goalRate: 0 },
      { nodeId: 'which', port: 'b', people: 2, ended: 2, failed: 1, goalReached: 1, goalRate: 50 },
    ],
  });
});

test('messages and calls are counted by their fate, and how many were begun again', async () => {
  await active('mailing');
  const enrollmentId = await passes('mailing', { port: 'a' });
  const { contactId } = (await api.get(`/enrollments/${enrollmentId}`)).body as {
    contactId: string;
  };
  const mail = (nodeId: string, status: 'sent' | 'blocked') =>
    inside((tx) =>
      claimDelivery(tx, {
        ...{ effectKey: effectKey(enrollmentId, nodeId, 1), enrollmentId, nodeId, visit: 1 },
        ...{ contactId, channel: 'email', status, purpose: 'marketing' },
      }),
    );
  await mail('one', 'sent');
  const second = await mail('two', 'sent');
  await mail('three', 'blocked');
  await api.admin`update deliveries set attempt = 2 where id = ${second?.id ?? ''}`;
  expect(await stats('mailing')).toMatchObject({
    rates: { retry: 50 },
    effects: [
      { kind: 'message', status: 'blocked', count: 1, repeated: 0 },
      { kind: 'message', status: 'sent', count: 2, repeated: 1 },
    ],
  });
});

test('one version can be asked for', async () => {
  await active('versions');
  await passes('versions', { port: 'a' });
  await api.patch('/workflows/versions', { name: 'Another name' });
  await api.post('/workflows/versions/activate').expect(200);
  await passes('versions', { port: 'a' });
  await passes('versions', { port: 'b' });
  expect(await stats('versions')).toMatchObject({ version: null, people: { total: 3 } });
  expect(await stats('versions', '?version=1')).toMatchObject({
    ...{ version: 1, people: { total: 1 }, variants: [{ port: 'a', people: 1 }] },
    nodes: [{ entered: 1 }, { entered: 1 }],
  });
  expect(await stats('versions', '?version=2')).toMatchObject({
    ...{ people: { total: 2 }, nodes: [{ ports: { a: 1, b: 1 } }, { waiting: 2 }] },
  });
  const missing = await api.get('/workflows/versions/stats?version=9');
  expectProblem(missing, 404, 'workflow.version_not_found');
  expectProblem(await api.get('/workflows/versions/stats?version=x'), 422, 'request.invalid');
});

test("another workspace's workflow has none", async () => {
  await active('ours');
  expectProblem(await api.get('/workflows/ours/stats', api.other.key), 404, 'workflow.not_found');
});

test('figures are the same when what has ended was folded', async () => {
  await active('folded');
  await passes('folded', { port: 'a' });
  await passes('folded', { port: 'b', end: { status: 'completed', seconds: 12 } });
  await passes('folded', { port: 'b', end: { status: 'failed', seconds: 30 } });
  const { at: _, ...before } = await stats('folded');
  const relay = await api.open({ role: 'throughline_relay', max: 1 });
  await eventually('all is folded', async () => {
    await folding(relay).run(null, new AbortController().signal);
    return (await markEnds(relay)) === null;
  });
  expect(await api.admin`select from workflow_counts limit 1`).toHaveLength(1);
  const { at: __, ...after } = await stats('folded');
  expect(after).toEqual(before);
  expect(after).toMatchObject({ people: { total: 3, open: 1 }, durations: { p50: 12 } });
});

/** How PostgreSQL answers what the work asks. */
async function plansOf(work: (tx: Tx) => Promise<unknown>): Promise<string> {
  const lines: unknown[] = [];
  await inside(async (tx) => {
    const execute = async (query: SQL) => {
      const isQuestion = !JSON.stringify(query.queryChunks[0]).includes('set_config');
      if (!isQuestion) return tx.execute(query);
      const plan = await tx.execute(sql`explain (costs off) ${query}`);
      lines.push(...plan.map((row) => row['QUERY PLAN']));
      return [];
    };
    await work(Object.assign(Object.create(tx) as Tx, { execute }));
  });
  return lines.join('\n');
}

test('figures are counted by index, whatever the plan believes of what has ended since', async () => {
  await active('indexed');
  const { body } = await api.get('/workflows/indexed');
  const asked = { workflowId: body.id as string, version: null };
  const plans = [
    await plansOf((tx) => countVisits(tx, asked)),
    await plansOf((tx) => countEffects(tx, asked)),
    await plansOf((tx) => countPeople(tx, asked)),
    await plansOf((tx) => countVariants(tx, asked, ['which'])),
  ].join('\n');
  for (const index of ['steps_ended', 'steps_open', 'deliveries_figures', 'effects_figures'])
    expect(plans).toContain(index);
  expect(plans).not.toMatch(/Seq Scan on (steps|deliveries|effects|enrollments)/);
});
