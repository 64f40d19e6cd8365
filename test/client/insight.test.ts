import { ThroughlineClient } from '../../src/client/index';
import { startApi, type TestApi, waiting } from '../http/api';

let api: TestApi;
let client: ThroughlineClient;
beforeAll(async () => {
  api = await startApi();
  client = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
  await client.workflows.create(waiting('journey'));
  await client.workflows.activate('journey');
});
afterAll(() => api.close());

test('asks about a person: her story, whether she may enter, her enrollments and events', async () => {
  const { id: contactId } = await client.contacts.upsert({ email: 'ada@example.com' });
  const before = await client.workflows.eligibility('journey', { contactId });
  expect(before).toMatchObject({ allowed: true, version: 1 });
  const { id } = await client.enroll('journey', { contactId });
  expect(await client.workflows.eligibility('journey', { contactId, key: 'k' })).toMatchObject({
    ...{ allowed: false, reason: 'already_active' },
  });
  const { workflows, story } = await client.contacts.explain(contactId, { workflow: 'journey' });
  expect(workflows).toMatchObject([{ workflowKey: 'journey', enrollments: 1 }]);
  expect(story).toMatchObject([{ kind: 'entered', enrollmentId: id }]);
  expect((await client.contacts.enrollments(contactId)).data).toMatchObject([{ id }]);
  expect((await client.contacts.events(contactId, { limit: 1 })).data).toMatchObject([
    { type: 'contact.created', contactId },
  ]);
});

test('asks for events and figures', async () => {
  const filter = { type: 'contact.created' };
  expect((await client.recorded.list({ ...filter, limit: 5 })).data).toMatchObject([filter]);
  expect(await client.recorded.counts(filter)).toMatchObject({ total: 1, types: [filter] });
  expect(await client.workflows.stats('journey', { version: 1 })).toMatchObject({
    ...{ version: 1, people: { total: 1, open: 1 } },
  });
});
