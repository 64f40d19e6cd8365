/** A file of people enters by a job while the worker is killed: everybody gets in, and nobody twice. */
import { addToList, getList } from '../../src/db/lists';
import type { Tx } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import { startEntryJob, type Entrants } from '../../src/db/entry-job';
import { getJob } from '../../src/db/jobs';
import { createWorkflow, publishVersion } from '../../src/db/workflows';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { newId } from '../../src/ids';
import { createLogger } from '../../src/log';
import { createEnrollments } from '../../src/temporal/enrollments';
import { createJobs } from '../../src/temporal/jobs';
import { type Relay, startRelay } from '../../src/temporal/relay';
import { define } from '../support/define';
import { eventually } from '../support/eventually';
import { type TestNamespace, testNamespace } from '../support/namespace';
import { testDatabase, type TestDatabase } from '../support/postgres';
import { endPrograms, type Program, startProgram } from '../support/program';

const PEOPLE = 60;
const PER_SECOND = 20;

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

/** A workflow that lets everybody in as often as she comes. */
const publish = () =>
  inside(async (tx) => {
    const { id: workflowId } = await createWorkflow(tx, { key: 'many', name: 'Many', draft: {} });
    const definition = define({
      nodes: { rest: ['wait', { for: '40 days' }] },
      settings: { enrollment: { whenActive: 'parallel', allowMultiple: true } },
    });
    const version = { workflowId, definition, contentHash: newId(), listensTo: [], triggers: [] };
    await publishVersion(tx, version);
    return workflowId;
  });

const rows = (): Entrants => ({
  selection: { csv: { rows: PEOPLE } },
  people: Array.from({ length: PEOPLE }, (_, n) => {
    return { position: n + 2, input: { contact: { externalId: `row-${n}` } } };
  }),
  refused: [],
});

const onAList = (): Promise<Entrants> =>
  inside(async (tx) => {
    for (let n = 0; n < PEOPLE; n += 1) {
      const { contact } = await upsertContact(tx, { externalId: `listed-${n}` });
      await addToList(tx, contact.id, 'crowd', new Date());
    }
    const list = await getList(tx, 'crowd');
    return { selection: { list: { id: list?.id ?? '', key: 'crowd' } } };
  });

test('a worker killed in the middle of two jobs: everybody enters, and nobody twice', async () => {
  const first = await startWorker();
  const workflowId = await publish();
  const jobs: string[] = [];
  for (const entrants of [rows(), await onAList()]) {
    const order = { workflowId, entrants, perSecond: PER_SECOND, createdBy: 'test' };
    jobs.push((await inside((tx) => startEntryJob(tx, order))).id);
  }
  const stand = () => inside((tx) => Promise.all(jobs.map((id) => getJob(tx, id))));
  await eventually('both have let somebody in', async () =>
    (await stand()).every((job) => (job?.applied ?? 0) > 0),
  );
  await first.end('SIGKILL');
  expect((await stand()).some((job) => job?.status === 'running')).toBe(true);

  const second = await startWorker();
  for (const wanted of [1, 2, 3].map((third) => (PEOPLE * third) / 3))
    await eventually(`each has let ${wanted} in`, async () =>
      (await stand()).every((job) => (job?.applied ?? 0) >= wanted),
    );
  await eventually('both are done', async () =>
    (await stand()).every((job) => job?.status === 'done' && job.ordered === PEOPLE),
  );
  const entered = await database.admin`
    select caused_by as by, count(*)::int, count(distinct contact_id)::int as people
    from enrollments group by 1`;
  const each = jobs.map((id) => ({ by: `job:${id}`, count: PEOPLE, people: PEOPLE }));
  expect([...entered].toSorted((a, b) => (a['by'] < b['by'] ? -1 : 1))).toEqual(each);
  await eventually('each has one workflow that runs', async () => {
    const { count } = await temporal.client.workflow.count(
      'WorkflowType = "enrollment" and ExecutionStatus = "Running"',
    );
    return count === 2 * PEOPLE;
  });
  await second.end('SIGKILL');
}, 240_000);
