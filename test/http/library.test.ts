import { listJourneys } from '../../src/library/journeys';
import { expectProblem, startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const instantiate = (journey: string, body?: object) =>
  api.post(`/library/${journey}/instantiate`, body);

describe('the library', () => {
  test('lists every journey with what it is for', async () => {
    const { status, body } = await api.get('/library');
    expect(status).toBe(200);
    expect(body).toEqual({ data: listJourneys(), nextCursor: null });
    expect(body.data).toContainEqual({
      key: 'double-opt-in',
      name: 'Double opt-in',
      description: expect.stringContaining('confirm'),
      nodes: expect.any(Number),
      tests: expect.any(Number),
    });
  });

  test('is listed in parts like everything else', async () => {
    const keys: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await api.get(`/library?limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(body.data.length).toBeLessThanOrEqual(4);
      keys.push(...body.data.map(({ key }: { key: string }) => key));
      cursor = body.nextCursor as string | null;
    }
    expect(keys).toEqual(listJourneys().map(({ key }) => key));
    expectProblem(await api.get('/library?cursor=%20'), 422, 'request.invalid');
  });

  test('gives the text of one, which can be stored as it is', async () => {
    const got = await api.get('/library/win-back');
    expect(got.status).toBe(200);
    expect(got.headers['content-type']).toBe('application/yaml; charset=utf-8');
    expect(got.text).toMatch(/^key: win-back\n/);
    expect(got.text).toContain('\ntests:\n');
    const stored = await api
      .post('/workflows/import')
      .set('Content-Type', 'application/yaml')
      .send(got.text);
    expect(stored.status).toBe(201);
    expect(stored.body).toMatchObject({ key: 'win-back', warnings: [] });
  });

  test('has no journey of another name, and leads to no other file', async () => {
    expectProblem(await api.get('/library/wellcome'), 404, 'journey.not_found');
    expectProblem(await api.get('/library/..%2Fpackage'), 404, 'journey.not_found');
    expectProblem(await api.get('/library/constructor'), 404, 'journey.not_found');
    expectProblem(await instantiate('wellcome'), 404, 'journey.not_found');
  });
});

describe('a journey of the library that is instantiated', () => {
  test('is a draft that can be activated as it is', async () => {
    const { status, body, headers } = await instantiate('welcome');
    expect(status).toBe(201);
    expect(body).toMatchObject({ key: 'welcome', name: 'Welcome', status: 'draft', warnings: [] });
    expect(headers['location']).toBe(`/api/v1/workflows/${body.id}`);
    expect(headers['etag']).toBe('"1"');
    const { body: active } = await api.post('/workflows/welcome/activate').expect(200);
    expect(active).toMatchObject({ status: 'active', version: 1 });
  });

  test('takes another name and key, so that there may be several', async () => {
    const named = await instantiate('birthday', { name: 'Birthday, shop in Bonn' });
    expect(named.body).toMatchObject({
      key: 'birthday-shop-in-bonn',
      name: 'Birthday, shop in Bonn',
    });
    const keyed = await instantiate('birthday', { key: 'birthday-b' });
    expect(keyed.body).toMatchObject({ key: 'birthday-b', name: 'Birthday' });
    expect(keyed.body.definition).toMatchObject({ key: 'birthday-b', name: 'Birthday' });
    const both = await instantiate('birthday', { key: 'b3', name: 'Third' });
    expect(both.body).toMatchObject({ key: 'b3', name: 'Third' });
  });

  test('is refused where its key is taken, or what was given is wrong', async () => {
    await instantiate('feedback').expect(201);
    expectProblem(await instantiate('feedback'), 409, 'workflow.key_taken');
    const badKey = await instantiate('feedback', { key: 'No Slug' });
    expectProblem(badKey, 422, 'request.invalid');
    expect(badKey.body.issues).toMatchObject([{ path: 'key' }]);
    const unknown = await instantiate('feedback', { nam: 'x' });
    expect(unknown.body.issues).toMatchObject([{ path: 'nam', suggestion: 'name' }]);
  });

  test('makes one workflow for one Idempotency-Key', async () => {
    const once = () => instantiate('onboarding').set('Idempotency-Key', 'once');
    const { body } = await once().expect(201);
    const again = await once().expect(201);
    expect(again.body.id).toBe(body.id);
  });

  test('needs a key that may write workflows', async () => {
    const key = await api.keyWith(['workflows:read']);
    expect((await api.get('/library', key)).status).toBe(200);
    const refused = await api.post('/library/welcome/instantiate', { key: 'w2' }, key);
    expectProblem(refused, 403, 'auth.forbidden');
  });
});
