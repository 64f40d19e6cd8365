import request from 'supertest';
import { generateApiKey } from '../../src/db/api-keys';
import { newId } from '../../src/ids';
import { expectProblem, startApi, type TestApi, waiting } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('API keys', () => {
  test('a request without one, with a wrong one and with another scheme is refused', async () => {
    const missing = await request(api.address).get('/api/v1/contacts');
    expectProblem(missing, 401, 'auth.missing');
    expect(missing.headers['www-authenticate']).toContain('Bearer');
    for (const header of [
      `Bearer ${generateApiKey()}`,
      'Bearer x',
      `Basic ${api.key}`,
      `Bearer ${api.key}x`,
      'Bearer',
    ]) {
      expectProblem(
        await request(api.address).get('/api/v1/contacts').set('Authorization', header),
        401,
        'auth.invalid',
      );
    }
  });

  test('a key does what its scopes say', async () => {
    const events = await api.keyWith(['events:write']);
    expect(
      (await api.post('/events', { email: 'x@example.com', type: 'a.b' }, events)).status,
    ).toBe(202);
    expectProblem(await api.get('/events', events), 403, 'auth.forbidden');
    expectProblem(
      await api.post('/contacts', { email: 'x@example.com' }, events),
      403,
      'auth.forbidden',
    );
    const reading = await api.keyWith(['*:read']);
    expect((await api.get('/contacts', reading)).status).toBe(200);
    expectProblem(
      await api.post('/contacts', { email: 'x@example.com' }, reading),
      403,
      'auth.forbidden',
    );
  });

  test('the key is checked before the body is looked at', async () => {
    const response = await request(api.address)
      .post('/api/v1/contacts')
      .set('Content-Type', 'application/json')
      .send('{');
    expectProblem(response, 401, 'auth.missing');
  });
});

describe("another workspace's ids", () => {
  const ids = { contact: '', workflow: '', enrollment: '' };
  beforeAll(async () => {
    const contact = await api.post('/contacts', { email: 'eve@example.com' });
    const workflow = await api.post('/workflows', waiting('secret'));
    await api.post('/workflows/secret/activate');
    const enrollment = await api.post('/workflows/secret/enrollments', {
      contactId: contact.body.id,
    });
    Object.assign(ids, {
      contact: contact.body.id,
      workflow: workflow.body.id,
      enrollment: enrollment.body.id,
    });
  });

  test('answer exactly like ids that do not exist', async () => {
    const paths: [string, string, string][] = [
      ['/contacts/', ids.contact, 'contact.not_found'],
      ['/workflows/', ids.workflow, 'workflow.not_found'],
      ['/enrollments/', ids.enrollment, 'enrollment.not_found'],
    ];
    for (const [path, id, code] of paths) {
      const theirs = await api.get(path + id, api.other.key);
      const nobodys = await api.get(path + newId(), api.other.key);
      expectProblem(theirs, 404, code);
      expectProblem(nobodys, 404, code);
      expect(Object.keys(theirs.body)).toEqual(Object.keys(nobodys.body));
      expect((await api.get(path + id)).status).toBe(200);
    }
  });

  test('are not found by any route that takes one', async () => {
    const { key } = api.other;
    const calls: [Promise<request.Response>, string][] = [
      [api.get(`/contacts/${ids.contact}/enrollments`, key), 'contact.not_found'],
      [api.get(`/contacts/${ids.contact}/events`, key), 'contact.not_found'],
      [api.get(`/contacts/${ids.contact}/explain`, key), 'contact.not_found'],
      [api.get(`/workflows/${ids.workflow}/stats`, key), 'workflow.not_found'],
      [
        api.get(`/workflows/${ids.workflow}/eligibility?contactId=${ids.contact}`, key),
        'workflow.not_found',
      ],
      [api.patch(`/contacts/${ids.contact}`, { firstName: 'Mallory' }, key), 'contact.not_found'],
      [api.patch(`/workflows/${ids.workflow}`, { name: 'Mine' }, key), 'workflow.not_found'],
      [api.post(`/workflows/${ids.workflow}/activate`, {}, key), 'workflow.not_found'],
      [api.post(`/workflows/${ids.workflow}/pause`, {}, key), 'workflow.not_found'],
      [api.post(`/workflows/${ids.workflow}/archive`, {}, key), 'workflow.not_found'],
      [
        api.post(`/workflows/${ids.workflow}/enrollments`, { contactId: ids.contact }, key),
        'workflow.not_found',
      ],
      [api.get(`/workflows/secret/enrollments`, key), 'workflow.not_found'],
      [api.get(`/enrollments/${ids.enrollment}/steps`, key), 'enrollment.not_found'],
    ];
    for (const [call, code] of calls) expectProblem(await call, 404, code);
  });

  test('enroll nobody and record nothing', async () => {
    const { key } = api.other;
    await api.post('/workflows', waiting('ours'), key);
    await api.post('/workflows/ours/activate', {}, key);
    expectProblem(
      await api.post('/workflows/ours/enrollments', { contactId: ids.contact }, key),
      404,
      'contact.not_found',
    );
    const event = await api.post(
      '/events',
      { contactId: ids.contact, type: 'a.b', createContact: true },
      key,
    );
    expect(event.body).toMatchObject({
      accepted: 0,
      rejected: 1,
      results: [{ index: 0, code: 'contact.not_found' }],
    });
  });

  test('do not appear in lists, and the same key and address may be used again', async () => {
    const { key } = api.other;
    expect((await api.get('/contacts', key)).body.data).toEqual([]);
    expect((await api.get('/events', key)).body.data).toEqual([]);
    expect((await api.post('/workflows', waiting('secret'), key)).status).toBe(201);
    expect((await api.post('/contacts', { email: 'eve@example.com' }, key)).status).toBe(201);
  });
});
