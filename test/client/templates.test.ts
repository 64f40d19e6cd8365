import { ThroughlineClient } from '../../src/client/index';
import { startApi, type TestApi } from '../http/api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('stores a template, replaces what was read, looks at it, sends it to somebody and deletes it', async () => {
  const client = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
  const { templates } = client;
  const first = await templates.create({ key: 'hi', subject: 'Hi {{ first_name }}', text: 'x' });
  const read = { revision: first.version };
  const next = await templates.replace('hi', { subject: 'Bye {{ first_name }}', text: 'x' }, read);
  expect(next.version).toBe(2);
  const late = templates.replace('hi', { subject: 'Late', text: 'x' }, read);
  await expect(late).rejects.toMatchObject({ code: 'template.changed' });
  expect((await templates.get('hi', { version: 1 })).subject).toBe('Hi {{ first_name }}');
  expect((await templates.list()).data).toMatchObject([{ key: 'hi', version: 2 }]);
  const preview = await templates.preview('hi', { contact: { firstName: 'Ada' } });
  expect(preview).toMatchObject({ subject: 'Bye Ada', missing: [] });
  const mail = await templates.test('hi', { to: 'ada@example.com' });
  expect(await templates.trial('hi', mail.id)).toEqual(mail);
  expect(await templates.remove('hi')).toMatchObject({ id: first.id });
});
