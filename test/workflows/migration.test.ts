/**
 * Many people who wait are moved to another version while the worker is killed. How many: MIGRATED_PEOPLE, 200
 * unless told; where it is given, the figures are printed.
 */
import type { Tx } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import { getJob, startCommandJob } from '../../src/db/jobs';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { createLogger } from '../../src/log';
import { createEnrollments } from '../../src/temporal/enrollments';
import { createJobs } from '../../src/temporal/jobs';
import { type Relay, startRelay } from '../../src/temporal/relay';
import { admit } from '../support/admit';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type TestNamespace, testNamespace } from '../support/namespace';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { endPrograms, type Program, startProgram } from '../support/program';

const GIVEN = process.env['MIGRATED_PEOPLE'];
const PEOPLE = Number(GIVEN ?? 200);
const PER_SECOND = 50;
/** How many are admitted at once. */
const WAVE = 50;
const MONTH_MS = 30 * 86_400_000;
const PATIENCE_MS = 120_000 + PEOPLE * 200;

let database: TestDatabase;
let temporal: TestNamespace;
let relay: Relay | null = null;
beforeAll(async () => {
  [database, temporal] = await Promise.all([testDatabase(), testNamespace()]);
  const { db } = database;
  relay = startRelay({
    ...{ outbox: await database.open({ role: 'throughline_relay' }), db },
    enrollments: createEnrollments(temporal.client, db),
    jobs: createJobs(temporal.client),
    ...{ evaluators: createEvaluators(), leaseMs: 5_000, pollMs: 25 },
    log: createLogger('test', 'silent'),
  });
});
afterAll(async () => {
  await relay?.stop();
  await endPrograms();
  await Promise.all([database?.close(), temporal?.close()]);
});

const inside = <T>(work: (tx: Tx) => Promise<T>) =>
  database.db.inWorkspace(database.workspaceId, work);

async function startWorker(): Promise<Program> {
  const worker = startProgram('src/worker.ts', {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    SMTP_URL: 'smtp://127.0.0.1:1',
  });
  await worker.logged('worker.ready');
  return worker;
}

/** Publishes a version in which half of the people wait for a month or so, and half on a node of that name. */
const publish = (workflowId: string, wait: number, other: string) =>
  inside((tx) => {
    const definition = define({
      nodes: {
        which: ['condition', { condition: [{ type: 'tag', operator: 'includes', value: 'odd' }] }],
        long: ['wait', { for: wait }],
        [other]: ['wait', { for: '40 days' }],
      },
      edges: [`which:true -> ${other}`, 'which:false -> long'],
    });
    const version = { workflowId, definition, contentHash: newId(), listensTo: [], triggers: [] };
    return publishVersion(tx, version);
  });

/** Lets everybody in, no faster than the worker can follow. */
async function admitAll(workflowId: string): Promise<void> {
  for (let n = 0; n < PEOPLE; n += WAVE) {
    const wave = Array.from({ length: Math.min(WAVE, PEOPLE - n) }, (_, index) => n + index);
    await Promise.all(wave.map((person) => admitOne(workflowId, person)));
    await counted('wait', n + wave.length, waiting);
  }
}

const admitOne = (workflowId: string, person: number) =>
  inside(async (tx) => {
    const tags = person % 2 === 1 ? ['odd'] : [];
    const { contact } = await upsertContact(tx, { externalId: `person-${person}`, tags });
    await admit(tx, { workflowId, contactId: contact.id, at: new Date() });
  });

/** Waits until so many are counted, for as long as there are more and more of them. */
async function counted(what: string, enough: number, count: () => Promise<number>): Promise<void> {
  let so = 0;
  while (so < enough)
    so = await eventually(`of ${enough} more than ${so} ${what}`, async () => {
      const now = await count();
      return now > so ? now : null;
    });
}

async function having(table: 'enrollments' | 'commands', status: string): Promise<number> {
  const { admin } = database;
  const [row] = await admin<{ count: number }[]>`
    select count(*)::int from ${admin(table)} where status = ${status}`;
  return row?.count ?? 0;
}

const waiting = () => having('enrollments', 'waiting');
const applied = () => having('commands', 'applied');

test(
  'a worker killed in the middle of a migration: everybody is moved, and nobody twice',
  async () => {
    const first = await startWorker();
    const workflowId = await inside(async (tx) => {
      return (await createWorkflow(tx, { key: 'journey', name: 'Journey', draft: {} })).id;
    });
    await publish(workflowId, MONTH_MS, 'old');
    await admitAll(workflowId);
    await publish(workflowId, MONTH_MS - 1_000, 'new');

    const begunAt = Date.now();
    const { id: jobId } = await inside((tx) =>
      startCommandJob(tx, {
        workflowId,
        command: { type: 'migrate', input: { version: 2, map: { old: 'new' } } },
        selection: { version: 1 },
        perSecond: PER_SECOND,
        createdBy: 'test',
      }),
    );
    await counted('are moved', PEOPLE / 5, applied);
    await first.end('SIGKILL');
    const [moved, job] = [await applied(), await inside((tx) => getJob(tx, jobId))];
    expect(moved).toBeLessThan(PEOPLE);
    expect(job?.ordered).toBeLessThan(PEOPLE);

    const second = await startWorker();
    const againAt = Date.now();
    await counted('are moved', PEOPLE, applied);
    const endedAt = Date.now();
    await eventually('the job is done', async () => {
      const now = await inside((tx) => getJob(tx, jobId));
      return now?.status === 'done' && now.ordered === PEOPLE && now.total === PEOPLE;
    });
    await counted('wait', PEOPLE, waiting);
    await expectMoved();
    await second.end('SIGKILL');
    if (GIVEN !== undefined) print({ begunAt, againAt, endedAt, moved });
  },
  PATIENCE_MS,
);

async function expectMoved(): Promise<void> {
  const { admin, workspaceId } = database;
  const people = await admin`
    select version, status, current_node_ids as nodes, count(*)::int from enrollments
    where workspace_id = ${workspaceId} group by 1, 2, 3 order by 3`;
  expect([...people]).toEqual([
    { version: 2, status: 'waiting', nodes: ['long'], count: Math.ceil(PEOPLE / 2) },
    { version: 2, status: 'waiting', nodes: ['new'], count: Math.floor(PEOPLE / 2) },
  ]);
  const orders = await admin`
    select status, count(*)::int, count(distinct enrollment_id)::int as people, max(number) as last
    from commands group by 1`;
  expect([...orders]).toEqual([{ status: 'applied', count: PEOPLE, people: PEOPLE, last: 1 }]);
  const visits = await admin`
    select node_id as node, status, max(visit) as visit, count(*)::int from steps
    where node_id <> 'which' group by 1, 2 order by 1`;
  expect([...visits]).toMatchObject([
    { node: 'long', visit: 1, count: Math.ceil(PEOPLE / 2) },
    { node: 'new', visit: 1, count: Math.floor(PEOPLE / 2) },
    { node: 'old', visit: 1, status: 'cancelled', count: Math.floor(PEOPLE / 2) },
  ]);
  const waits = await admin`
    select distinct extract(epoch from e.wait_until - s.started_at)::float8 * 1000 as length
    from enrollments e join steps s on s.enrollment_id = e.id and s.node_id = 'long'`;
  expect(waits.map(({ length }) => Math.round(length as number))).toEqual([MONTH_MS - 1_000]);
  await eventually('each has one workflow that runs', async () => {
    const { count } = await temporal.client.workflow.count(
      'WorkflowType = "enrollment" and ExecutionStatus = "Running"',
    );
    return count === PEOPLE;
  });
}

interface Times {
  readonly begunAt: number;
  readonly againAt: number;
  readonly endedAt: number;
  readonly moved: number;
}

function print({ begunAt, againAt, endedAt, moved }: Times): void {
  const seconds = (from: number) => (endedAt - from) / 1_000;
  const figures = {
    people: PEOPLE,
    orderedPerSecond: PER_SECOND,
    movedBeforeTheKill: moved,
    seconds: Math.round(seconds(begunAt)),
    perSecond: Math.round(PEOPLE / seconds(begunAt)),
    perSecondAfterTheKill: Math.round((PEOPLE - moved) / seconds(againAt)),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
