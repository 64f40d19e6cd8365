import { newId } from '../../src/ids';
import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const person = async (externalId: string) =>
  (await api.post('/contacts', { externalId, email: `${externalId}@example.com` })).body
    .id as string;

const eventsOf = async (contactId: string) => {
  const { body } = await api.get(`/contacts/${contactId}/events`);
  return body.data
    .filter(({ type }: { type: string }) => type.startsWith('list.'))
    .map(({ type, properties }: { type: string; properties: object }) => [type, properties]);
};

test('a list is made once, found by id and key, renamed and deleted, and each act is noted', async () => {
  const made = await api.post('/lists', { key: 'newsletter', name: 'Newsletter' });
  expect(made.status).toBe(201);
  const { id } = made.body;
  expect(made.headers.location).toBe(`/api/v1/lists/${id}`);
  expectProblem(await api.post('/lists', { key: 'newsletter' }), 409, 'list.key_taken');
  expect((await api.get(`/lists/${id}`)).body).toEqual({ ...made.body, memberCount: 0 });
  expect((await api.get('/lists/newsletter')).body.id).toBe(id);
  const renamed = await api.patch('/lists/newsletter', { name: 'Letters' });
  expect(renamed.body).toEqual({ ...made.body, name: 'Letters' });
  expect((await api.delete(`/lists/${id}`)).body).toEqual(renamed.body);
  expectProblem(await api.get('/lists/newsletter'), 404, 'list.not_found');
  expectProblem(await api.delete('/lists/newsletter'), 404, 'list.not_found');
  const { body } = await api.get(`/audit?subjectId=${id}`);
  expect(body.data.map(({ action }: { action: string }) => action)).toEqual([
    ...['list.delete', 'list.rename', 'list.create'],
  ]);
});

test('many are put on a list and taken off, with an event for each who really was', async () => {
  const [ada, bo, cy] = [await person('ada'), await person('bo'), await person('cy')];
  await api.post('/lists', { key: 'vip' });
  const nobody = newId();
  const contacts = [
    { contactId: ada },
    { externalId: 'bo' },
    { email: 'CY@example.com' },
    { contactId: nobody },
    { externalId: 'ada' },
  ];
  const added = await api.post('/lists/vip/members', { contacts });
  expect([added.status, added.body]).toEqual([
    200,
    {
      ...{ added: 3, unchanged: 1, rejected: 1 },
      results: [{ index: 3, code: 'contact.not_found', message: expect.any(String) }],
    },
  ]);
  const again = await api.post('/lists/vip/members', { contacts: contacts.slice(0, 2) });
  expect(again.body).toEqual({ added: 0, unchanged: 2, rejected: 0, results: [] });
  expect((await api.get('/lists/vip')).body.memberCount).toBe(3);

  const first = (await api.get('/lists/vip/members?limit=2')).body;
  const next = (await api.get(`/lists/vip/members?limit=2&cursor=${first.nextCursor}`)).body;
  const members = [...first.data, ...next.data];
  expect(members.map(({ contactId }) => contactId)).toEqual([cy, bo, ada]);
  expect(members[2]).toEqual({
    ...{ contactId: ada, externalId: 'ada', email: 'ada@example.com' },
    addedAt: expect.any(String),
  });
  expect(next.nextCursor).toBeNull();

  const removed = await api.post('/lists/vip/members/remove', { contacts });
  expect(removed.body).toMatchObject({ removed: 3, unchanged: 1, rejected: 1 });
  const none = await api.post('/lists/vip/members/remove', { contacts: [{ contactId: bo }] });
  expect(none.body).toEqual({ removed: 0, unchanged: 1, rejected: 0, results: [] });
  expect(await eventsOf(ada)).toEqual([
    ['list.left', { list: 'vip' }],
    ['list.entered', { list: 'vip' }],
  ]);
  const { body } = await api.get(`/audit?subjectId=${(await api.get('/lists/vip')).body.id}`);
  expect(body.data).toMatchObject([
    { action: 'list.members_removed', detail: { count: 3 } },
    { action: 'list.members_added', detail: { count: 3 } },
    { action: 'list.create' },
  ]);
});

test('a thousand go on a list at once, and two such calls about the same people both end well', async () => {
  const ids = Array.from({ length: 1_000 }, () => newId());
  await api.admin`
    insert into contacts (workspace_id, id) select ${api.workspaceId}, unnest(${ids}::uuid[])`;
  await api.post('/lists', { key: 'crowd' });
  const contacts = ids.map((contactId) => ({ contactId }));
  const answers = await Promise.all([
    api.post('/lists/crowd/members', { contacts }),
    api.post('/lists/crowd/members', { contacts: contacts.toReversed() }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers.map(({ body }) => body.added).toSorted((a, b) => a - b)).toEqual([0, 1_000]);
  const more = await api.post('/lists/crowd/members', { contacts: [...contacts, contacts[0]] });
  expectProblem(more, 422, 'request.invalid');
}, 60_000);

test('who is erased is on no list any more, and on none again', async () => {
  const id = await person('gone');
  await api.post('/lists', { key: 'short' });
  await api.post('/lists/short/members', { contacts: [{ contactId: id }] });
  await api.delete(`/contacts/${id}`);
  expect((await api.get('/lists/short/members')).body.data).toEqual([]);
  const again = await api.post('/lists/short/members', { contacts: [{ contactId: id }] });
  expect(again.body).toMatchObject({ added: 0, rejected: 1 });
});

test('a list that a node has made is a list like others', async () => {
  const id = await person('noded');
  const node = { id: 'on', type: 'add_to_list', data: { list: 'by node' } };
  const edges = [{ source: 'on', target: 'end' }];
  await api.post('/lists', { key: 'by node' });
  const made = await api.post('/lists/by%20node/members', { contacts: [{ contactId: id }] });
  expect(made.body.added).toBe(1);
  const condition = { key: 'l', name: 'L', trigger: { type: 'manual' }, nodes: [node], edges };
  const { body } = await api.post('/workflows/test', { definition: condition, contactId: id });
  expect(body.steps).toMatchObject([
    { nodeId: 'on', reason: expect.stringMatching(/^list\.unchanged/) },
  ]);
});

test.each([
  [{}, 'key'],
  [{ key: ' ' }, 'key'],
  [{ key: '0190b6c2-0000-7000-8000-000000000000' }, 'key'],
  [{ key: 'x', name: '' }, 'name'],
  [{ key: 'x', members: [] }, 'members'],
])('%j makes no list', async (body, path) => {
  const refused = await api.post('/lists', body);
  expectProblem(refused, 422, 'request.invalid');
  expect(refused.body.issues).toMatchObject([{ path }]);
});

test.each([{}, { contacts: [] }, { contacts: [{}] }, { contacts: [{ id: 'x' }] }])(
  '%j puts nobody on a list',
  async (body) => {
    await api.post('/lists', { key: 'strict' });
    expectProblem(await api.post('/lists/strict/members', body), 422, 'request.invalid');
  },
);

test("reading and writing take a scope each, and another workspace's lists are none", async () => {
  const id = await person('mine');
  const { body: list } = await api.post('/lists', { key: 'mine' });
  const contacts = [{ contactId: id }];
  await api.post('/lists/mine/members', { contacts });
  const reading = await api.keyWith(['contacts:read']);
  expect((await api.get('/lists/mine/members', reading)).status).toBe(200);
  expectProblem(await api.post('/lists', { key: 'no' }, reading), 403, 'auth.forbidden');

  const { key } = api.other;
  for (const wanted of [list.id, 'mine']) {
    const at = `/lists/${wanted}`;
    expectProblem(await api.get(at, key), 404, 'list.not_found');
    expectProblem(await api.get(`${at}/members`, key), 404, 'list.not_found');
    expectProblem(await api.patch(at, { name: 'theirs' }, key), 404, 'list.not_found');
    expectProblem(await api.post(`${at}/members`, { contacts }, key), 404, 'list.not_found');
    expectProblem(await api.post(`${at}/members/remove`, { contacts }, key), 404, 'list.not_found');
    expectProblem(await api.delete(at, key), 404, 'list.not_found');
  }
  expect((await api.get('/lists', key)).body.data).toEqual([]);
  expect((await api.post('/lists', { key: 'mine' }, key)).status).toBe(201);
  const theirs = await api.post('/lists/mine/members', { contacts }, key);
  expect(theirs.body).toMatchObject({ added: 0, rejected: 1 });
  expect((await api.get('/lists/mine')).body.memberCount).toBe(1);
});
