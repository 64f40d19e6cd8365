/**
 * Looks for what an erasure forgets, in tables of tomorrow too: every column of every table that names a contact or an
 * enrollment is given a text about her, unless it is said here that it can hold none. Nothing of that may be left.
 */
import { randomUUID } from 'node:crypto';
import { newId } from '../../src/ids';
import { tablesHolding } from '../support/tables-holding';
import { startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.post('/workflows', waiting('journey'));
  await api.post('/workflows/journey/activate');
  await api.post('/templates', { key: 'hello', subject: 'Hi', text: '{{ contact.firstName }}' });
});
afterAll(() => api.close());

/** Columns that hold ids, codes and what a definition says: nothing of a person can come there. */
const SAY_NOTHING: Readonly<Record<string, readonly string[]>> = {
  commands: ['type', 'status', 'reason', 'requested_by'],
  deliveries: [
    ...['effect_key', 'node_id', 'channel', 'provider', 'purpose', 'topic', 'template', 'status'],
    ...['reason', 'message_id', 'resolution'],
  ],
  effects: ['effect_key', 'node_id', 'kind', 'status', 'reason', 'resolution'],
  enrollments: [
    ...['workflow_key', 'status', 'current_node_ids', 'waiting_for', 'variant', 'goal_id'],
    ...['reason', 'trigger_key', 'caused_by', 'error', 'resume_state'],
    ...['temporal_workflow_id', 'temporal_run_id'],
  ],
  job_people: ['status', 'reason'],
  steps: ['node_id', 'node_type', 'status', 'port'],
  stuck_enrollments: ['reason'],
};

const NAMES_HER = ['contact_id', 'enrollment_id'];
const TEXTS = ['text', 'jsonb', 'ARRAY'];

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** The columns of tables that name a contact or an enrollment; of partitions those of the whole. */
async function columnsAboutPeople(): Promise<ReadonlyMap<string, readonly Column[]>> {
  const columns = await api.admin<Column[]>`
    select table_name as table, column_name as column, data_type as type
    from information_schema.columns join pg_class on relname = table_name
    where table_schema = 'public' and relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p') and not relispartition
    order by 1, 2`;
  const tables = new Set(
    columns.filter(({ column }) => NAMES_HER.includes(column)).map(({ table }) => table),
  );
  return new Map(
    ['contacts', ...tables].map((name) => [name, columns.filter(({ table }) => table === name)]),
  );
}

interface Person {
  readonly id: string;
  readonly enrollmentId: string;
}

/** Somebody of whom each of those tables has a row. */
async function person(): Promise<Person> {
  const { body: contact } = await api.post('/contacts', { externalId: randomUUID() });
  const { body: enrollment } = await api.post('/workflows/journey/enrollments', {
    contactId: contact.id,
  });
  await api.post('/events', { contactId: contact.id, type: 'cart.left', id: randomUUID() });
  await api.post('/lists', { key: 'members' });
  await api.post('/lists/members/members', { contacts: [{ contactId: contact.id }] });
  await api.post('/templates/hello/test', { to: 'x@example.com', contactId: contact.id });
  await api.post(`/enrollments/${enrollment.id}/pause`);
  await api.post('/workflows/journey/enrollments/bulk', { contactIds: [contact.id] });
  const { admin, workspaceId } = api;
  const [id, at] = [enrollment.id as string, new Date()];
  await admin`insert into assignments (workspace_id, experiment, contact_id, port, assigned_at)
    values (${workspaceId}, ${newId()}, ${contact.id}, 'a', ${at})`;
  await admin`insert into deliveries
    (workspace_id, id, effect_key, enrollment_id, node_id, visit, contact_id, channel, purpose, status)
    values (${workspaceId}, ${newId()}, ${`${id}:mail:1`}, ${id}, 'mail', 1, ${contact.id}, 'email', 'marketing', 'sent')`;
  await admin`insert into effects
    (workspace_id, effect_key, enrollment_id, node_id, visit, kind, status, claimed_at)
    values (${workspaceId}, ${`${id}:hook:1`}, ${id}, 'hook', 1, 'webhook', 'done', ${at})`;
  await admin`insert into steps
    (workspace_id, enrollment_id, node_id, visit, node_type, status, started_at)
    values (${workspaceId}, ${id}, 'pause', 1, 'wait', 'waiting', ${at})`;
  await admin`insert into stuck_enrollments (workspace_id, enrollment_id, reason, found_at)
    values (${workspaceId}, ${id}, 'step_open', ${at})`;
  return { id: contact.id as string, enrollmentId: id };
}

/** Writes the text wherever something about her could stand; how many rows of the table are hers. */
async function plant(
  { id, enrollmentId }: Person,
  [table, columns]: readonly [string, readonly Column[]],
  text: string,
): Promise<number> {
  const values: Readonly<Record<string, string>> = {
    text: `a.code: ${text}`,
    jsonb: JSON.stringify({ name: text }),
    ARRAY: `{${text}}`,
  };
  const changes = columns
    .filter(({ column, type }) => TEXTS.includes(type) && !SAY_NOTHING[table]?.includes(column))
    .map(({ column, type }) => `"${column}" = '${values[type]}'`);
  const [named] = NAMES_HER.filter((name) => columns.some(({ column }) => column === name));
  const whose = named === undefined ? 'id' : named;
  const hers = named === 'enrollment_id' ? enrollmentId : id;
  const set = changes.length === 0 ? `${whose} = ${whose}` : changes.join(', ');
  return (await api.admin.unsafe(`update ${table} set ${set} where ${whose} = '${hers}'`)).count;
}

test('nothing is left of what any table that names her can say', async () => {
  const her = await person();
  const text = `kanarie${randomUUID().replaceAll('-', '')}`;
  const about = await columnsAboutPeople();
  expect(about.size).toBeGreaterThan(10);
  const without: string[] = [];
  for (const table of about) if ((await plant(her, table, text)) === 0) without.push(table[0]);
  // Make her a row in each of these, in `person` above.
  expect(without).toEqual([]);
  const holding = await tablesHolding(api.admin, text);
  // These have no column that could say something.
  expect([...about.keys()].filter((table) => !holding.includes(table))).toEqual([
    'list_members',
    'stuck_enrollments',
  ]);
  expect((await api.delete(`/contacts/${her.id}`)).status).toBe(200);
  expect(await tablesHolding(api.admin, text)).toEqual([]);
});

test('no stored answer of a request that is sent again tells of her', async () => {
  const text = `kanarie${randomUUID().replaceAll('-', '')}`;
  const email = `${text}@example.com`;
  const contact = { email, firstName: text };
  const { body: made } = await api.post('/contacts', contact).set('Idempotency-Key', newId());
  const variables = { name: text };
  const order = { contactId: made.id, variables, key: text };
  const { body: enrollment } = await api.post('/workflows/journey/enrollments', order);
  const state = JSON.stringify({ cursors: [{ node: 'pause' }] });
  await api.admin`update enrollments set status = 'failed', ended_at = now(),
    resume_state = ${state}::jsonb where id = ${enrollment.id}`;
  const ask = { contactId: made.id };
  const posts: [string, object][] = [
    ['/workflows/journey/test', ask],
    ['/workflows/test', { definition: waiting('other'), ...ask }],
    ['/workflows/test', { definition: waiting('other'), contact }],
    ['/templates/hello/preview', ask],
    ['/suppressions', { address: email }],
    [`/enrollments/${enrollment.id}/retry`, {}],
    [`/enrollments/${enrollment.id}/cancel`, { reason: `asked for by ${text}` }],
    ['/lists/members/members', { contacts: [{ email }] }],
    ['/events', { email, type: 'a.b', properties: { name: text } }],
  ];
  for (const [path, body] of posts) {
    const { status } = await api.post(path, body).set('Idempotency-Key', newId());
    expect([path, status < 300]).toEqual([path, true]);
  }
  expect(await tablesHolding(api.admin, text)).toContain('idempotency_keys');
  expect((await api.delete(`/contacts/${made.id}`)).status).toBe(200);
  expect(await tablesHolding(api.admin, text)).toEqual([]);
});

test('what somebody wrote when he cancelled her journey is forgotten, and other reasons stay', async () => {
  const text = `kanarie${randomUUID().replaceAll('-', '')}`;
  const reasons = [`She is ${text}`, 'terminated in Temporal'];
  const [ended, terminated] = [await person(), await person()];
  for (const [index, { enrollmentId }] of [ended, terminated].entries())
    await api.admin`update enrollments set status = 'cancelled', ended_at = now(),
      reason = ${reasons[index] ?? ''} where id = ${enrollmentId}`;
  await api.admin`insert into commands
    (workspace_id, id, enrollment_id, type, input, status, requested_by, requested_at)
    values (${api.workspaceId}, ${newId()}, ${ended.enrollmentId}, 'cancel',
      ${api.admin.json({ reason: reasons[0] ?? '' })}, 'applied', 'test', now())`;
  for (const { id } of [ended, terminated]) await api.delete(`/contacts/${id}`);
  const reasonOf = async ({ enrollmentId }: Person) =>
    (await api.get(`/enrollments/${enrollmentId}`)).body.reason;
  expect(await reasonOf(ended)).toBe('operator');
  expect(await reasonOf(terminated)).toBe('terminated in Temporal');
  expect(await tablesHolding(api.admin, text)).toEqual([]);
});

test('an address that mails went to before is forgotten by name, and stays suppressed', async () => {
  const { id, enrollmentId } = await person();
  const address = `before-${randomUUID()}@example.com`;
  await api.admin`update deliveries set to_address = ${address} where enrollment_id = ${enrollmentId}`;
  await api.post('/suppressions', { address });
  await api.delete(`/contacts/${id}`);
  expect(await tablesHolding(api.admin, address)).toEqual([]);
  const { body } = await api.get(`/suppressions?address=${address}`);
  expect(body.data).toMatchObject([{ address: null, reason: 'manual' }]);
});
