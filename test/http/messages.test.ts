import { claimDelivery, markUnknown } from '../../src/db/deliveries';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('messages are listed by enrollment, contact and fate, the newest first', async () => {
  await api.post('/workflows', waiting('mailing'));
  await api.post('/workflows/mailing/activate');
  const [ada, bo] = await Promise.all(['ada', 'bo'].map(claimed));
  if (!ada || !bo) throw new Error('Nobody was enrolled.');
  await api.db.inWorkspace(api.workspaceId, (tx) => markUnknown(tx, bo.id, 'interrupted'));
  const ids = async (query: string) =>
    (await api.get(`/messages?${query}`)).body.data.map(({ id }: { id: string }) => id);
  expect(await ids('')).toEqual([ada.id, bo.id].sort().reverse());
  expect(await ids(`enrollmentId=${ada.enrollmentId}`)).toEqual([ada.id]);
  expect(await ids(`contactId=${bo.contactId}`)).toEqual([bo.id]);
  const { body } = await api.get('/messages?status=unknown');
  expect(body.data).toEqual([
    {
      ...{ id: bo.id, enrollmentId: bo.enrollmentId, contactId: bo.contactId },
      ...{ nodeId: 'welcome', visit: 1, channel: 'email', purpose: 'marketing' },
      ...{ topic: null, template: null },
      ...{ status: 'unknown', reason: 'interrupted', to: 'bo@example.com', subject: 'Hello' },
      ...{ messageId: '<bo@example.com>', attempt: 1, answer: null, resolution: null },
      receipt: null,
      ...{ claimedAt: bo.claimedAt?.toISOString(), sentAt: null, resolvedAt: null },
    },
  ]);
  expect((await api.get(`/messages/${bo.id}`)).body).toEqual(body.data[0]);
  expectProblem(await api.get(`/messages/${bo.enrollmentId}`), 404, 'message.not_found');
  expectProblem(await api.get('/messages/none'), 404, 'message.not_found');
  expectProblem(await api.get(`/messages/${bo.id}`, api.other.key), 404, 'message.not_found');
  const [first] = (await api.get('/messages?limit=1')).body.data;
  const { nextCursor } = (await api.get('/messages?limit=1')).body;
  expect([first.id, ...(await ids(`cursor=${nextCursor}`))]).toEqual(
    [ada.id, bo.id].sort().reverse(),
  );
  expectProblem(await api.get('/messages?status=lost'), 422, 'request.invalid');
  expect((await api.get('/messages', api.other.key)).body.data).toEqual([]);
});

async function claimed(name: string) {
  const contact = { email: `${name}@example.com` };
  const { body } = await api.post('/workflows/mailing/enrollments', { contact });
  const { body: enrollment } = await api.get(`/enrollments/${body.id}`);
  return api.db.inWorkspace(api.workspaceId, (tx) =>
    claimDelivery(tx, {
      ...{ effectKey: `${body.id}:welcome:1`, enrollmentId: body.id, nodeId: 'welcome', visit: 1 },
      ...{ contactId: enrollment.contactId, channel: 'email', provider: 'smtp' },
      ...{ purpose: 'marketing', status: 'claimed', toAddress: contact.email, subject: 'Hello' },
      messageId: `<${name}@example.com>`,
    }),
  );
}
