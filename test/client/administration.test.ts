import { ThroughlineClient } from '../../src/client/index';
import { startApi, type TestApi } from '../http/api';

let api: TestApi;
let client: ThroughlineClient;
beforeAll(async () => {
  api = await startApi();
  client = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
});
afterAll(() => api.close());

test('makes a key that works, rotates and revokes it', async () => {
  const made = await client.keys.create({ name: 'shop', scopes: ['contacts:read'] });
  const apiKey = made.key ?? '';
  const narrow = await ThroughlineClient.connect({ address: api.address, apiKey });
  expect((await narrow.contacts.list()).data).toEqual([]);
  const rotated = await client.keys.rotate(made.id, { overlapSeconds: 60 });
  expect(await client.keys.get(made.id)).toMatchObject({ replacedBy: rotated.id });
  expect(await client.keys.revoke(made.id)).toMatchObject({ status: 'revoked' });
  await expect(narrow.contacts.list()).rejects.toMatchObject({ code: 'auth.invalid' });
  const { data } = await client.keys.list();
  expect(data.map(({ id }) => id).slice(0, 2)).toEqual([rotated.id, made.id]);
});

test('makes a list, puts people on it, takes them off, and deletes it', async () => {
  const list = await client.lists.create({ key: 'our / list' });
  const { id: contactId } = await client.contacts.upsert({ externalId: 'ada' });
  expect(await client.lists.addMembers(list.key, [{ externalId: 'ada' }])).toMatchObject({
    added: 1,
  });
  expect((await client.lists.members(list.key)).data).toMatchObject([{ contactId }]);
  expect(await client.lists.get(list.id)).toMatchObject({ memberCount: 1 });
  expect(await client.lists.removeMembers(list.key, [{ contactId }])).toMatchObject({ removed: 1 });
  expect(await client.lists.rename(list.key, 'Ours')).toMatchObject({ name: 'Ours' });
  expect(await client.lists.remove(list.key)).toMatchObject({ id: list.id });
  expect((await client.lists.list()).data).toEqual([]);
});

test('sets, reads and removes a variable', async () => {
  const variable = { name: 'shop', value: { city: 'Berlin' } };
  expect(await client.variables.set(variable.name, variable.value)).toEqual(variable);
  expect(await client.variables.get('shop')).toEqual(variable);
  expect((await client.variables.list()).data).toEqual([variable]);
  expect(await client.variables.remove('shop')).toEqual(variable);
  expect((await client.variables.list()).data).toEqual([]);
});

test('changes a contact, and reads who did what', async () => {
  const { id } = await client.contacts.upsert({ externalId: 'bo', firstName: 'Bo', tags: ['vip'] });
  const changed = await client.contacts.change(id, {
    firstName: null,
    attributes: { plan: 'pro' },
  });
  expect(changed).toMatchObject({ firstName: null, attributes: { plan: 'pro' }, tags: ['vip'] });
  await client.contacts.erase(id);
  const { data } = await client.audit.list({ subjectId: id });
  expect(data).toMatchObject([{ action: 'contact.erased', subjectId: id }]);
});
