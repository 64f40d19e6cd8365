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
