import { ThroughlineClient } from '../../src/client/index';
import { startApi, type TestApi, waiting } from '../http/api';

let api: TestApi;
let client: ThroughlineClient;
beforeAll(async () => {
  api = await startApi();
  client = await ThroughlineClient.connect({ address: api.address, apiKey: api.key });
  await client.workflows.create(waiting('journey'));
  await client.workflows.activate('journey', { changelog: 'First.' });
  for (const email of ['ada@example.com', 'bob@example.com'])
    await client.enroll('journey', { contact: { email } });
});
afterAll(() => api.close());

test('counts, orders and steers commands for many', async () => {
  const order = { type: 'cancel', where: { version: 1 } } as const;
  expect(await client.workflows.countForMany('journey', order)).toBe(2);
  const job = await client.workflows.orderForMany('journey', { ...order, perSecond: 1 });
  expect(job).toMatchObject({ status: 'running', total: 2, command: { type: 'cancel' } });
  expect((await client.jobs.pause(job.id)).status).toBe('paused');
  expect((await client.jobs.resume(job.id)).status).toBe('running');
  expect((await client.jobs.cancel(job.id)).status).toBe('cancelled');
  expect(await client.jobs.get(job.id)).toMatchObject({ status: 'cancelled', ordered: 0 });
  expect((await client.jobs.list({ limit: 1 })).data).toMatchObject([{ id: job.id }]);
});

test('plans a migration and orders it', async () => {
  await api.patch('/workflows/journey', { name: 'Another name' });
  await client.workflows.activate('journey', { changelog: 'Second.' });
  const plan = await client.workflows.planMigration('journey', { to: 2 });
  expect(plan).toMatchObject({ to: 2, totals: { people: 2 } });
  const job = await client.workflows.migrate('journey', { to: 2, hash: plan.hash });
  expect(job).toMatchObject({ command: { type: 'migrate', input: { version: 2 } }, total: 2 });
});

test('lets many people in, and tells who would enter and who was refused', async () => {
  const { id } = await client.contacts.upsert({ email: 'cy@example.com' });
  await client.lists.create({ key: 'many' });
  await client.lists.addMembers('many', [{ contactId: id }]);
  const forecast = await client.workflows.forecastMany('journey', { list: 'many' });
  expect(forecast).toMatchObject({ total: 1, wouldEnter: 1, wouldNot: 0, complete: true });
  const filter = { operator: 'AND', conditions: [{ field: 'email', operator: 'exists' }] };
  expect((await client.workflows.forecastMany('journey', { filter })).reasons).toEqual({
    already_active: 2,
  });
  const csv = 'email\nnobody\ndee@example.com\n';
  const job = await client.workflows.enrollMany('journey', { csv, perSecond: 7 });
  expect(job).toMatchObject({ type: 'enrollments', total: 2, refused: 1, perSecond: 7 });
  expect(await client.jobs.refused(job.id)).toMatchObject({
    data: [{ position: 2, reason: 'row.invalid' }],
    nextCursor: null,
  });
});
