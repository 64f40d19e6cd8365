import { ThroughlineClient } from '../../src/client/index';
import { startApi, type TestApi } from '../http/api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('suppresses an address, finds it and lets it go', async () => {
  const client = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
  const added = await client.suppressions.add({ address: 'ada@example.com' });
  expect(added).toMatchObject({ address: 'ada@example.com', reason: 'manual' });
  expect(await client.suppressions.get(added.id)).toEqual(added);
  expect((await client.suppressions.list({ address: 'ADA@example.com' })).data).toEqual([added]);
  expect(await client.suppressions.remove(added.id)).toEqual(added);
  expect((await client.suppressions.list()).data).toEqual([]);
});
