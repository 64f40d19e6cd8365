import { startEntryJob } from '../../src/db/entry-job';
import { enterNext } from '../../src/db/entry-batch';
import type { Entrants } from '../../src/db/entry-job';
import { addToList, getList } from '../../src/db/lists';
import { type JobRow, getJob } from '../../src/db/jobs';
import type { Tx } from '../../src/db/client';
import { upsertContact } from '../../src/db/contacts';
import { createEvaluators } from '../../src/evaluate/evaluators';
import { conditionGroup } from '../../src/journey/condition';
import { newId } from '../../src/ids';
import { testDatabase, type TestDatabase } from '../support/postgres';
import * as rows from './rows';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t?.close());

const judge = createEvaluators().condition;
const inside = <T>(work: (tx: Tx) => Promise<T>) => t.db.inWorkspace(t.workspaceId, work);
/** On a busy machine a second may be over before its turns are. */
const LONG_MS = 60_000;
const batch = (jobId: string, by = judge, longestMs = LONG_MS) =>
  enterNext(t.db, { workspaceId: t.workspaceId, jobId }, by, longestMs);

/** All that a job has to do; how it stands then. */
async function whole(jobId: string, by = judge) {
  let status = await batch(jobId, by);
  while (status === 'running') status = await batch(jobId, by);
  return status;
}

async function started(entrants: Entrants, perSecond = 1_000, settings = {}): Promise<JobRow> {
  const workflowId = await inside((tx) => rows.workflowId(tx, settings));
  return inside((tx) => startEntryJob(tx, { workflowId, entrants, perSecond, createdBy: 'test' }));
}

const people = (count: number) =>
  inside(async (tx) => {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) ids.push(await rows.contactId(tx));
    return ids;
  });

const named = (ids: readonly string[]): Entrants => ({
  selection: { contactIds: ids.length },
  people: ids.map((contactId, index) => ({ position: index + 1, contactId })),
  refused: [],
});

const enteredBy = async ({ id }: JobRow): Promise<string[]> => {
  const found = await t.admin<{ contact: string }[]>`
    select contact_id as contact from enrollments where caused_by = ${`job:${id}`} order by 1`;
  return found.map(({ contact }) => contact);
};

test('two workers with the same job let nobody in twice, and leave nobody out', async () => {
  const ids = await people(12);
  await inside(async (tx) => {
    for (const id of ids) await addToList(tx, id, 'both', new Date());
  });
  const list = await inside((tx) => getList(tx, 'both'));
  const both = { selection: { list: { id: list?.id ?? '', key: 'both' } } };
  for (const entrants of [both, named(ids)]) {
    const job = await started(entrants, 1_000, { whenActive: 'parallel', allowMultiple: true });
    await Promise.all([whole(job.id), whole(job.id), whole(job.id)]);
    expect(await enteredBy(job)).toEqual(ids.toSorted());
    expect(await inside((tx) => getJob(tx, job.id))).toMatchObject({
      ...{ status: 'done', ordered: 12, applied: 12, reasons: {} },
    });
  }
});

test('a batch that fails in the middle goes on behind the last turn', async () => {
  const ids = await people(4);
  const job = await started(named(ids), 1_000, {
    entryWhen: conditionGroup.parse([{ field: 'nothing', operator: 'not_exists' }]),
  });
  let turns = 0;
  const failing: typeof judge = async (group, facts) => {
    turns += 1;
    if (turns === 3) throw new Error('The worker is gone.');
    return judge(group, facts);
  };
  await expect(whole(job.id, failing)).rejects.toThrow('The worker is gone.');
  expect(await inside((tx) => getJob(tx, job.id))).toMatchObject({ ordered: 2, applied: 2 });
  expect(await whole(job.id, failing)).toBe('done');
  expect(await enteredBy(job)).toEqual(ids.toSorted());
});

test('a second that is over ends a batch behind a turn, and the next goes on', async () => {
  const job = await started(named(await people(3)));
  for (const entered of [1, 2, 3]) {
    expect(await batch(job.id, judge, 0)).toBe('running');
    expect(await enteredBy(job)).toHaveLength(entered);
  }
  expect(await batch(job.id, judge, 0)).toBe('done');
});

test('it waits for journeys to begin, but not for ever', async () => {
  const ids = await people(5);
  const job = await started(named(ids), 1);
  for (const _ of ids) await batch(job.id);
  expect(await enteredBy(job)).toHaveLength(2);
  // One of them is taken up by a worker.
  await t.admin`
    update enrollments set current_node_ids = '{n}' where id =
      (select id from enrollments where caused_by = ${`job:${job.id}`} limit 1)`;
  await batch(job.id);
  await batch(job.id);
  expect(await enteredBy(job)).toHaveLength(3);
  // The others are from long ago.
  await t.admin`
    update enrollments set id = ('0000' || substr(id::text, 5))::uuid where caused_by = ${`job:${job.id}`}`;
  await batch(job.id);
  expect(await enteredBy(job)).toHaveLength(4);
});

test('what is wrong with one person is told of her, and the others enter', async () => {
  const [fine = ''] = await people(1);
  const attributes = { plan: 'x' };
  const input = (contact: object) => ({ contact: { ...contact, attributes } });
  const job = await started({
    selection: { csv: { rows: 3 } },
    people: [
      { position: 2, input: input({ externalId: 'a', email: 'a@example.com' }) },
      // Another process has made the two contacts since the file was read.
      { position: 3, input: input({ externalId: 'b', email: 'c@example.com' }) },
      { position: 4, input: input({ id: fine }) },
    ],
    refused: [{ position: 5, contactId: null, reason: 'row.invalid', detail: 'email: no.' }],
  });
  await inside((tx) => upsertContact(tx, { externalId: 'b' }));
  await inside((tx) => upsertContact(tx, { email: 'c@example.com' }));
  expect(await whole(job.id)).toBe('done');
  expect(await inside((tx) => getJob(tx, job.id))).toMatchObject({
    ...{ total: 4, ordered: 4, applied: 2 },
    reasons: { 'row.invalid': 1, 'contact.conflict': 1 },
  });
});

test('a filter goes through more people than are looked at at once, whatever the rate', async () => {
  await t.admin`
    insert into contacts (workspace_id, id, external_id, attributes, created_at)
    select ${t.workspaceId}, gen_random_uuid(), 'many-' || n, jsonb_build_object('n', n % 100), now() - interval '1 hour'
    from generate_series(1, 1200) n`;
  const filter = conditionGroup.parse([
    { field: 'n', operator: 'equals', value: 7 },
    { field: 'externalId', operator: 'starts_with', value: 'many-' },
  ]);
  for (const perSecond of [5, 1_000]) {
    const job = await started({ selection: { filter } }, perSecond);
    await t.admin`update contacts set created_at = now() + interval '1 hour' where external_id = 'many-7'`;
    const begin = () => t.admin`
      update enrollments set current_node_ids = '{n}' where caused_by = ${`job:${job.id}`}`;
    while ((await batch(job.id)) === 'running') await begin();
    const done = await inside((tx) => getJob(tx, job.id));
    expect(done).toMatchObject({ status: 'done', applied: 11 });
    expect(done?.ordered).toBe((done?.applied ?? 0) + (done?.passedOver ?? 0));
    await t.admin`update contacts set created_at = now() - interval '1 hour' where external_id = 'many-7'`;
    expect(done?.total).toBe(1 + (done?.ordered ?? 0));
  }
});

test('a job that is gone, paused or cancelled does nothing', async () => {
  expect(await batch(newId())).toBeNull();
  const job = await started(named(await people(1)));
  for (const status of ['paused', 'cancelled'] as const) {
    await t.admin`update jobs set status = ${status} where id = ${job.id}`;
    expect(await batch(job.id)).toBe(status);
  }
  expect(await enteredBy(job)).toEqual([]);
});
