/**
 * Every route, those of tomorrow included, asked with the key of another workspace for everything that this one has:
 * none answers with anything of it, and not one row of it changes.
 */
import type { Response } from 'supertest';
import { claimDelivery } from '../../src/db/deliveries';
import type { Method } from '../../src/http/route';
import { routes } from '../../src/http/routes/index';
import { startApi, type TestApi, waiting } from './api';

let api: TestApi;
/** What can stand for `:id` and the like, by the noun that an address begins with. */
let names: Readonly<Record<string, readonly string[]>>;
/** What a query can name. */
let filters: Readonly<Record<string, string>>;
/** What must be in no answer. */
let secrets: readonly string[];

beforeAll(async () => {
  api = await startApi();
  const { body: contact } = await api.post('/contacts', {
    ...{ externalId: 'ada-id', email: 'ada@example.com', firstName: 'Canary' },
  });
  const { body: workflow } = await api.post('/workflows', waiting('secret-flow'));
  await api.post('/workflows/secret-flow/activate');
  const order = { contactId: contact.id };
  const { body: enrollment } = await api.post('/workflows/secret-flow/enrollments', order);
  await api.post('/events', { contactId: contact.id, type: 'secret.event' });
  const { body: job } = await api.post('/workflows/secret-flow/enrollments/commands', {
    ...{ type: 'cancel', where: {} },
  });
  const { body: suppression } = await api.post('/suppressions', { address: 'ada@example.com' });
  const { body: list } = await api.post('/lists', { key: 'secret-list' });
  await api.post('/lists/secret-list/members', { contacts: [order] });
  await api.post('/variables', { name: 'secret_variable', value: 'Canary' });
  const { body: key } = await api.post('/api-keys', { name: 'Canary', scopes: ['events:write'] });
  const { body: template } = await api.post('/templates', {
    ...{ key: 'secret-template', subject: 'Canary', text: 'Canary' },
  });
  const message = await api.db.inWorkspace(api.workspaceId, (tx) =>
    claimDelivery(tx, {
      ...{ effectKey: `${enrollment.id}:mail:1`, enrollmentId: enrollment.id, nodeId: 'mail' },
      ...{ visit: 1, contactId: contact.id, channel: 'email', purpose: 'marketing' },
      ...{ status: 'sent', toAddress: 'ada@example.com', subject: 'Canary' },
    }),
  );
  names = {
    messages: [message?.id ?? ''],
    contacts: [contact.id],
    workflows: [workflow.id, 'secret-flow'],
    enrollments: [enrollment.id],
    jobs: [job.id],
    suppressions: [suppression.id],
    lists: [list.id, 'secret-list'],
    variables: ['secret_variable'],
    'api-keys': [key.id],
    templates: [template.id, 'secret-template'],
  };
  filters = {
    ...{ contactId: contact.id, enrollmentId: enrollment.id, subjectId: workflow.id },
    ...{ email: 'ada@example.com', externalId: 'ada-id', address: 'ada@example.com' },
    ...{ type: 'secret.event' },
  };
  const ids = Object.values(names).flat();
  secrets = [...ids.filter((id) => id !== 'secret-flow'), 'Canary', 'ada@example.com', 'ada-id'];
  if (ids.some((id) => typeof id !== 'string'))
    throw new Error(`Not made: ${JSON.stringify(names)}`);
});
afterAll(() => api.close());

/** Bodies that would be taken if the names in them were known; an empty object for all others. */
const bodies = (): Readonly<Record<string, unknown>> => {
  const contactId = filters['contactId'] ?? '';
  const contacts = [{ contactId }, { email: 'ada@example.com' }];
  return {
    recordEvents: { contactId, type: 'a.b', createContact: true },
    enroll: { contactId },
    addMembers: { contacts },
    removeMembers: { contacts },
    renameList: { name: 'Theirs' },
    replaceTemplate: { subject: 'Theirs', text: 'Theirs' },
    sendTestMail: { to: 'mallory@example.com' },
    changeContact: { firstName: 'Mallory' },
    changeWorkflow: { name: 'Theirs' },
    orderForMany: { type: 'cancel', where: {} },
    enrollMany: { list: 'secret-list' },
    testWorkflow: { contactId },
    jumpEnrollment: { to: 'pause' },
    migrateEnrollment: { version: 1 },
    planMigration: { to: 1 },
    migrate: { to: 1 },
    changeCanary: { share: 50 },
  };
};

/** Routes whose names are not of any workspace. */
const SHARED = new Set(['library']);

interface Asked {
  readonly label: string;
  readonly method: Method;
  readonly path: string;
  readonly body: unknown;
}

function requests(): Asked[] {
  return routes.flatMap(({ method, path, operationId }) => {
    const noun = path.split('/')[1] ?? '';
    if (!path.includes(':') || SHARED.has(noun)) return [];
    const known = names[noun];
    if (known === undefined)
      throw new Error(`${path}: put something of the noun "${noun}" into this sweep.`);
    return known.map((name) => {
      const asks = operationId === 'getEligibility' ? `?contactId=${filters['contactId']}` : '';
      const filled = path
        .replace(':version', '1')
        .replace(/:\w+/, encodeURIComponent(name))
        .replace(':testId', name);
      const label = `${method.toUpperCase()} ${filled}`;
      return { label, method, path: filled + asks, body: bodies()[operationId] ?? {} };
    });
  });
}

const send = ({ method, path, body }: Asked): PromiseLike<Response> =>
  method === 'get' || method === 'delete'
    ? api[method](path, api.other.key)
    : api[method](path, body, api.other.key);

/** All rows of a workspace, table by table, but for when its keys were used. */
async function rowsOf(workspaceId: string): Promise<Record<string, string>> {
  const tables = await api.admin<{ name: string }[]>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'workspace_id'
      and table_name not like 'events\\_%' order by 1`;
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = await api.admin.unsafe(
      `select coalesce(string_agg(line, chr(10) order by line), '') as text from
        (select (to_jsonb(t) - 'last_used_at')::text as line from ${name} t where workspace_id = $1) lines`,
      [workspaceId],
    );
    found[name] = String(rows[0]?.['text']);
  }
  return found;
}

function expectNothingOf(label: string, { status, text }: Response): void {
  const told = secrets.filter((secret) => text.includes(secret) && !label.includes(secret));
  expect({ label, status, told }).toEqual({ label, status, told: [] });
}

test('no address that names something of another workspace answers, and nothing changes', async () => {
  const before = [await rowsOf(api.workspaceId), await rowsOf(api.other.workspaceId)];
  const answered: unknown[] = [];
  for (const asked of requests()) {
    const answer = await send(asked);
    expectNothingOf(asked.label, answer);
    const { code = '' } = answer.body as { code?: string };
    if (answer.status !== 404 || !code.endsWith('.not_found'))
      answered.push([asked.label, answer.status, answer.body]);
  }
  expect(answered).toEqual([]);
  expect([await rowsOf(api.workspaceId), await rowsOf(api.other.workspaceId)]).toEqual(before);
});

test('no list of another workspace has anything of this one, whatever is asked for', async () => {
  const lists = routes.filter(({ method, path }) => method === 'get' && !path.includes(':'));
  expect(lists.length).toBeGreaterThan(10);
  for (const { path, query } of lists) {
    const taken = Object.entries(filters).filter(([name]) => query && name in query.shape);
    const questions = [
      '',
      ...taken.map(([name, value]) => `?${name}=${encodeURIComponent(value)}`),
    ];
    for (const question of questions) {
      const answer = await api.get(path + question, api.other.key);
      expect([path + question, answer.status]).toEqual([path + question, 200]);
      expectNothingOf(path + question, answer);
    }
  }
});

test('what names people in a body finds nobody of another workspace', async () => {
  const { key } = api.other;
  await api.post('/workflows', waiting('theirs'), key);
  await api.post('/workflows/theirs/activate', {}, key);
  await api.post('/lists', { key: 'theirs' }, key);
  const before = await rowsOf(api.workspaceId);
  const { contactId = '' } = filters;
  const refused = [
    await api.post('/workflows/theirs/enrollments', { contactId }, key),
    await api.post('/workflows/theirs/test', { contactId }, key),
    await api.get(`/workflows/theirs/eligibility?contactId=${contactId}`, key),
  ];
  expect(refused.map(({ body }) => body.code)).toEqual(Array(3).fill('contact.not_found'));
  const contacts = [{ contactId }, { externalId: 'ada-id' }, { email: 'ada@example.com' }];
  const onList = await api.post('/lists/theirs/members', { contacts }, key);
  expect(onList.body).toMatchObject({ added: 0, rejected: 3 });
  const events = contacts.map((who) => ({ ...who, type: 'a.b' }));
  const told = await api.post('/events', events, key);
  expect(told.body).toMatchObject({ accepted: 0, rejected: 3 });
  const where = { enrollmentIds: names['enrollments'] };
  const order = { type: 'cancel', where, dryRun: true };
  const { body } = await api.post('/workflows/theirs/enrollments/commands', order, key);
  expect(body).toEqual({ count: 0 });
  expect(await rowsOf(api.workspaceId)).toEqual(before);
});
