import { newId } from '../../src/ids';
import { sketched } from '../support/define';
import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const NODES = {
  pause: ['wait', { for: '1 hour' }, { name: 'An hour' }],
  mail: ['send_email', { subject: 'Hi {{ first_name }}', text: 'Hello' }],
} as const;

async function active(key: string, enrollment: object = {}): Promise<void> {
  await api.post('/workflows', sketched({ key, nodes: NODES, settings: { enrollment } }));
  expect((await api.post(`/workflows/${key}/activate`)).status).toBe(200);
}

const contact = async (fields: object = {}) =>
  (await api.post('/contacts', { email: `${newId()}@example.com`, ...fields })).body.id as string;

async function asked(key: string, contactId: string, more = '') {
  const { status, body } = await api.get(
    `/workflows/${key}/eligibility?contactId=${contactId}${more}`,
  );
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as Record<string, unknown>;
}

const enroll = async (key: string, contactId: string, more: object = {}) =>
  (await api.post(`/workflows/${key}/enrollments`, { contactId, ...more })).body.id as string;

test('who would be let in is told the version, the first node, and what would follow', async () => {
  await active('open');
  const id = await contact({ firstName: 'Ada' });
  const answer = await asked('open', id);
  expect(answer).toMatchObject({
    ...{ workflowKey: 'open', contactId: id, allowed: true, reason: null, until: null },
    sentence: 'She would enter version 1 of "Journey" and begin at "An hour" (wait 1 hour).',
    ...{ version: 1, isCanary: false, replaces: [] },
    firstNodes: [{ nodeId: 'pause', nodeType: 'wait', label: 'An hour' }],
    next: {
      status: 'completed',
      steps: [{ nodeId: 'pause' }, { nodeId: 'mail', status: 'completed' }],
      sends: [{ nodeId: 'mail', channel: 'email', subject: 'Hi Ada' }],
    },
  });
  expect(await asked('open', id)).toMatchObject({ allowed: true });
  expect((await api.get(`/contacts/${id}/enrollments`)).body.data).toEqual([]);
  const { body } = await api.get(`/contacts/${id}/events`);
  expect(body.data.map(({ type }: { type: string }) => type)).toEqual(['contact.created']);
});

test('who would be refused is told why, from when on not, and what to do', async () => {
  await active('once', { limit: 1, window: '1 day' });
  const id = await contact();
  const enrollmentId = await enroll('once', id);
  expect(await asked('once', id)).toMatchObject({
    ...{ allowed: false, reason: 'already_active', next: null, version: 1 },
    sentence: expect.stringContaining('The contact is in this workflow.'),
  });
  await api.admin`update enrollments set ended_at = now(), status = 'completed' where id = ${enrollmentId}`;
  const { body } = await api.get(`/enrollments/${enrollmentId}`);
  const until = new Date(Date.parse(body.startedAt as string) + 86_400_000).toISOString();
  expect(await asked('once', id)).toMatchObject({
    ...{ allowed: false, reason: 'limit_reached', until },
    sentence: expect.stringContaining(`Try again from ${until} on.`),
  });
  const isPro = [{ field: 'plan', operator: 'equals', value: 'pro' }];
  await active('choosy', { entryWhen: isPro });
  expect(await asked('choosy', id)).toMatchObject({
    ...{ allowed: false, reason: 'entry_condition', detail: expect.stringContaining('plan') },
  });
  const refusals = await api.admin`
    select 1 from events where contact_id = ${id} and type = 'enrollment.blocked'`;
  expect(refusals).toHaveLength(0);
});

test('of a workflow that nobody may enter it says so', async () => {
  await api.post('/workflows', sketched({ key: 'draft', nodes: NODES }));
  const id = await contact();
  expect(await asked('draft', id)).toMatchObject({
    ...{ allowed: false, reason: 'workflow_not_active', version: null, firstNodes: [], next: null },
    sentence: 'The workflow is not active. Activate it first.',
  });
});

test('it says whom the entry would replace, and asks for the key that is given', async () => {
  await active('anew', { whenActive: 'restart' });
  const id = await contact();
  const enrollmentId = await enroll('anew', id);
  expect(await asked('anew', id)).toMatchObject({
    ...{ allowed: true, replaces: [enrollmentId] },
    sentence: expect.stringContaining('1 enrollment of hers would be cancelled for that.'),
  });
  expect((await api.get(`/enrollments/${enrollmentId}`)).body.endedAt).toBeNull();
  await active('beside', { whenActive: 'parallel' });
  await enroll('beside', id, { key: 'a' });
  expect(await asked('beside', id, '&key=a')).toMatchObject({ reason: 'already_active' });
  expect(await asked('beside', id, '&key=b')).toMatchObject({ allowed: true });
});

test('of a canary it says what she would draw', async () => {
  await active('tried');
  const later = sketched({
    key: 'tried',
    nodes: { ...NODES, pause: ['wait', { for: '2 hours' }] },
  });
  await api.patch('/workflows/tried', { nodes: (later as { nodes: object[] }).nodes });
  await api.post('/workflows/tried/activate', { canary: { share: 50 } }).expect(200);
  for (let person = 0; person < 6; person += 1) {
    const id = await contact();
    const { version, isCanary, sentence } = await asked('tried', id);
    expect(isCanary).toBe(version === 2);
    expect(String(sentence).includes('tried on a share of people')).toBe(isCanary);
    const enrollment = (await api.get(`/enrollments/${await enroll('tried', id)}`)).body;
    expect(enrollment.version).toBe(version);
  }
});

test("another workspace's workflows and contacts are none", async () => {
  await active('ours');
  const id = await contact();
  const { key } = api.other;
  const path = `/workflows/ours/eligibility?contactId=${id}`;
  expectProblem(await api.get(path, key), 404, 'workflow.not_found');
  await api.post('/workflows', sketched({ key: 'ours', nodes: NODES }), key);
  expectProblem(await api.get(path, key), 404, 'contact.not_found');
  expectProblem(await api.get('/workflows/ours/eligibility'), 422, 'request.invalid');
});
