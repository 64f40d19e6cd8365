import { ThroughlineClient } from '../../src/client/index';
import { startApi, type TestApi, waiting } from '../http/api';

let api: TestApi;
let client: ThroughlineClient;
beforeAll(async () => {
  api = await startApi();
  client = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
});
afterAll(() => api.close());

const YAML = `key: tips
name: Tips
trigger: { type: manual }
steps:
  - { id: settle, type: wait, config: { for: 7 days } }
`;

test('imports a text, exports it in any form, and takes it out of use', async () => {
  const { workflows } = client;
  expect(await workflows.import(YAML)).toMatchObject({ key: 'tips', revision: 1 });
  const text = await workflows.export('tips', { form: 'steps' });
  expect(text).toContain('steps:\n  - id: settle\n');
  expect(JSON.parse(await workflows.export('tips', { format: 'json' }))).toMatchObject({
    nodes: [{ id: 'settle' }],
  });
  expect(await workflows.create(YAML.replace('key: tips', 'key: other'))).toMatchObject({
    key: 'other',
  });
  expect(await workflows.archive('tips')).toMatchObject({ status: 'archived' });
});

test('changes, replaces and publishes the draft that was read, and no other', async () => {
  const { workflows } = client;
  const { revision } = await workflows.create(waiting('read'));
  const changed = await workflows.change('read', { name: 'Mine' }, { revision });
  expect(changed).toMatchObject({ name: 'Mine', revision: 2 });
  const refused = { code: 'workflow.draft_changed', status: 412 };
  await expect(workflows.change('read', { name: 'Late' }, { revision })).rejects.toMatchObject(
    refused,
  );
  await expect(workflows.import(waiting('read'), { revision })).rejects.toMatchObject(refused);
  await expect(workflows.activate('read', {}, { revision })).rejects.toMatchObject(refused);
  expect(await workflows.activate('read', {}, changed)).toMatchObject({ version: 1 });
  expect(await workflows.import(waiting('read'), changed)).toMatchObject({ revision: 3 });
  await expect(workflows.import(waiting('nowhere'), { revision })).rejects.toMatchObject({
    code: 'workflow.not_found',
  });
});

test('runs a draft and a text on virtual time', async () => {
  const { workflows } = client;
  await workflows.create(waiting('tried'));
  const report = await workflows.test('tried', { contact: { firstName: 'Ada' } });
  expect(report).toMatchObject({ status: 'completed', steps: [{ nodeId: 'pause' }] });
  const { steps } = await workflows.testDefinition(YAML, { startAt: '2026-03-01T08:00:00Z' });
  expect(steps).toMatchObject([{ nodeId: 'settle', endedAt: '2026-03-08T08:00:00.000Z' }]);
});

test('begins with a journey of the library, and deletes it', async () => {
  const { library, workflows } = client;
  const keys = (await library.list()).data.map(({ key }) => key);
  expect(keys).toContain('abandoned-cart');
  expect(await library.get('abandoned-cart')).toContain('name: ');
  const { revision } = await library.instantiate('abandoned-cart', { key: 'my-cart' });
  await expect(workflows.remove('my-cart', { revision: 9 })).rejects.toMatchObject({
    ...{ code: 'workflow.draft_changed', problem: { status: 412, code: 'workflow.draft_changed' } },
  });
  expect(await workflows.remove('my-cart', { revision })).toMatchObject({ key: 'my-cart' });
  await expect(workflows.get('my-cart')).rejects.toMatchObject({ code: 'workflow.not_found' });
});
